"""The pages of the portal as a visitor's browser shows them: Chinese text, units, a table."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from ckanapi import RemoteCKAN

NAME = "shenwan-rule-of-law-services"


@pytest.fixture
def published(on_portal: str) -> RemoteCKAN:
    """The portal with the whole made-up release on it, as anybody sees it."""
    return RemoteCKAN(on_portal, get_only=True)


def browse(url: str, folder: Path, name: str) -> tuple[str, bytes]:
    """The text of a page once its scripts have run, and its picture."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    assert browser is not None, "chromium is not installed"
    picture = folder / f"{name}.png"
    options = [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--lang=zh-CN",
        "--window-size=1280,1600", "--virtual-time-budget=8000", f"--user-data-dir={folder / name}",
    ]  # fmt: skip
    for more in (["--dump-dom"], [f"--screenshot={picture}"]):
        done = subprocess.run(
            [browser, *options, *more, url], capture_output=True, timeout=90, check=True
        )
        if more == ["--dump-dom"]:
            text = re.sub(r"(?s)<(script|style).*?</\1>|<[^>]*>", " ", done.stdout.decode())
    return " ".join(text.split()), picture.read_bytes()


def assert_readable(text: str, picture: bytes) -> None:
    for sign in (" None ", "undefined", "**", "]("):
        assert sign not in text, sign
    assert picture.startswith(b"\x89PNG") and len(picture) > 20_000


def test_dataset_page(published: RemoteCKAN, ckan: str, tmp_path: Path) -> None:
    text, picture = browse(f"{ckan}/dataset/{NAME}", tmp_path, "dataset")
    for part in (
        "神湾镇法治政府建设年度报告数据：政务与公共法律服务", "法治政府", "Creative Commons Attribution",
        "广东省中山市神湾镇 Shenwan Town", "2030-01-01", "某镇2031年度报告（虚构）",
        "数据字典与说明", "全部主题的工作簿", "全部文件", "CSV", "XLSX", "ZIP", "引用 Citation",
    ):  # fmt: skip
        assert part in text, part
    assert_readable(text, picture)


def test_resource_page_shows_a_table_with_units(
    published: RemoteCKAN, ckan: str, tmp_path: Path
) -> None:
    dataset = published.action.package_show(id=NAME)
    resource = next(each for each in dataset["resources"] if each["path"] == "services.csv")
    page = f"{ckan}/dataset/{NAME}/resource/{resource['id']}"
    text, picture = browse(page, tmp_path, "resource")
    # What each column means stands below the table.
    for part in ("表格 / Table", "数值 / Value", "numeric", "以 unit 为单位的数值"):
        assert part in text, part
    assert_readable(text, picture)
    (view,) = published.action.resource_view_list(id=resource["id"])
    table, picture = browse(f"{page}/view/{view['id']}", tmp_path, "view")
    for part in ("37991", "99.94", "件", "applications"):
        assert part in table, part
    assert picture.startswith(b"\x89PNG")


def test_search_page_finds_by_chinese_key_word(
    published: RemoteCKAN, ckan: str, tmp_path: Path
) -> None:
    text, picture = browse(f"{ckan}/dataset/?q=法治政府&tags={NAME}", tmp_path, "search")
    assert "神湾镇法治政府建设年度报告数据：政务与公共法律服务" in text
    assert_readable(text, picture)
