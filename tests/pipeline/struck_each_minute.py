"""The project's graph, loaded by a real daemon: the calendar strikes each minute, sensors look often."""

from assets.definitions import build_defs

defs = build_defs(yearly="* * * * *", interval=5)
