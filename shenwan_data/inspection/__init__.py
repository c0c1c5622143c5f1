"""What the publisher looks at before a release: one report with everything that was read from it.

Belongs here: gathering the reading of one file and showing it on a terminal or as JSON. Does not
belong here: the reading itself (``figures``, ``indicators``), the site (``publish``).
"""
