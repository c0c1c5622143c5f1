"""The static site: a release as pages that anyone can look at, with the evidence.

Belongs here: pages, charts, interface texts (``schemas/site.yaml``) and files. Does not belong here:
decisions about the data; a page shows what is in the release folder.
"""

from __future__ import annotations

from shenwan_data.site.generate import build_site, site_beside

__all__ = ["build_site", "site_beside"]
