"""A release on a CKAN portal: one dataset for each package.

Belongs here: what the portal should hold (``dataset``, ``resources``), asking and telling it
(``portal``), the tables a visitor sees (``preview``), the steps (``target``). Does not belong here:
what every target shares.

The dataset of the latest version carries the package's name; an older one carries its version in
its name and stays public. A new version is brought together in a private dataset of its own.
"""
