"""The project's graph, loaded by a real daemon: the calendar strikes when the test says; sensors look often.

A daemon loads its definitions again each minute, so they cannot choose the time themselves.
"""

import os

from assets.definitions import build_defs

defs = build_defs(yearly=os.environ["MADE_UP_CALENDAR"], interval=3)
