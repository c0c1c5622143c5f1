"""The project's graph, loaded by a real daemon, with a calendar that strikes every minute."""

from assets.definitions import build_defs

defs = build_defs(yearly="* * * * *")
