"""Releases on plain storage: a folder, SFTP, WebDAV, object storage that speaks S3.

Belongs here: the layout on a store and the few operations it needs of one. Does not belong here:
portals with a catalogue of their own (``ckan``) or repositories (``git``).
"""
