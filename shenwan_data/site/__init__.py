"""The static site: a release as pages that anyone can look at, with the evidence.

Belongs here: pages, charts, their words (``schemas/site.yaml``) and their files. Does not belong
here: deciding anything about the data; what a page shows is in the release folder.
"""

from __future__ import annotations

from shenwan_data.site.generate import build_site, site_beside

__all__ = ["build_site", "site_beside"]
