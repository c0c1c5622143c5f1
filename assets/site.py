"""Layer release: the web site of the release."""

import dagster as dg

from shenwan_data.fingerprint import code_version
from shenwan_data.publish.site import build_site, site_beside
from shenwan_data.release.package import release_metadata

from .checks import RELEASE
from .metadata import OWNERS
from .packages import GROUP
from .resources import DataFolder


@dg.asset(
    group_name=GROUP,
    deps=[RELEASE],
    owners=OWNERS,
    kinds={"html"},
    code_version=code_version()[:12],
    description=(
        "The release as static pages in Chinese and English, with every numeral of each report lit "
        "up in its place.\n\n静态网站：发布的数据以及报告原文中的每一个数字。"
    ),
)
def site(data: DataFolder) -> dg.MaterializeResult[None]:
    """Write the site beside the release."""
    release = data.releases / str(release_metadata()["version"])
    target = build_site(release, site_beside(release))
    files = [path for path in target.rglob("*") if path.is_file()]
    return dg.MaterializeResult(
        metadata={
            "path": dg.MetadataValue.path(target / "index.html"),
            "pages": sum(path.suffix == ".html" for path in files),
            "bytes": sum(path.stat().st_size for path in files),
        }
    )
