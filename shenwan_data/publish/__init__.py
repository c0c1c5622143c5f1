"""From a release on disk to the places where people find it.

Belongs here: portals, stores, repositories, and the files that other portals accept. Does not
belong here: building the release, or judging it (``release``).

Every target goes the same way: ``plan`` (what differs, nothing written), ``stage`` (beside what the
public sees), ``verify`` (every byte read back), ``switch`` (the public sees it), ``record`` (what
the public sees now). ``publisher`` walks it; a target is one module or folder here.
"""
