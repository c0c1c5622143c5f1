"""From a release on disk to the places where people find it.

Belongs here: portals, stores, the static site. Does not belong here: building the release.
"""
