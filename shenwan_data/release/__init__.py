"""From observations to published files.

Belongs here: tables, their one schema, writers, packages, manifest, diff and validation. Does not
belong here: portals (``publish``), the meaning of a figure (``indicators``).
"""
