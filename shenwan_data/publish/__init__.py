"""Publishing a release: CKAN portals, stores, git repositories, exports.

Belongs here: targets, and the files that other sites accept. Does not belong here: building the
release, or checking it (``release``).

Every target has the same steps: ``plan`` (what differs, nothing written), ``stage`` (uploaded, not yet
public), ``verify`` (every byte read back), ``switch`` (made public), ``record`` (the public address).
``publisher`` runs them; a target is one module or folder here.
"""
