"""A release on a CKAN portal: one dataset for each package.

Belongs here: what the portal should hold (``datasets``), what it holds (``state``), its API
(``portal``), the table previews (``views``), the steps (``ckan_target``). Does not belong here: what
all targets share.

The dataset of the latest version has the package's name; an older one has its version in its name and
stays public. A new version is staged in a private dataset of its own. Datasets of other organizations,
or that this project did not publish, are never changed.
"""
