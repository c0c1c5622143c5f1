"""The project's graph, loaded by a real daemon: the calendar strikes once, soon; sensors look often."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from assets.definitions import build_defs

_SOON = datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(minutes=1, seconds=30)

defs = build_defs(yearly=f"{_SOON.minute} {_SOON.hour} * * *", interval=5)
