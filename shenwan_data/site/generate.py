"""Writing the site of a release, all of it or nothing.

Belongs here: which page is written where, and putting the finished site in place. Does not belong
here: what a page shows (``tree``).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import mkdtemp

from shenwan_data.errors import Text, UsageError
from shenwan_data.files import DRAFT, machine_errors, swap
from shenwan_data.model import Reading
from shenwan_data.site.feeds import copy_data, feed, sitemap
from shenwan_data.site.start import About
from shenwan_data.site.templating import render
from shenwan_data.site.topics import Sheet, sheet
from shenwan_data.site.tree import Tree
from shenwan_data.site.view import Published, Row, read_published
from shenwan_data.site.words import LANGUAGES, TAGS, say


def site_files(published: Published, readings: Mapping[str, Reading]) -> Iterator[tuple[str, str]]:
    """The path of each file from the root of the site, and its content."""
    about = About(published, readings)
    found = set()
    for language in LANGUAGES:
        tree = Tree(about, language)
        for path, content in tree.pages():
            found.add(path)
            yield f"{language}/{path}", content
        yield from _sheets(about, tree)
    for version in about.history:
        yield from version.files().items()
    title = about.parted("title")
    texts = [
        " / ".join(about.news(version, language) for language in LANGUAGES)
        for version in about.history
    ]
    yield "sitemap.xml", sitemap(sorted(found), about.base)
    name = str(published.descriptor["name"])
    yield "feed.xml", feed(name, title.zh, about.history, texts, about.base)
    choose = about.words.ui["choose"]
    page = render("choose.jinja", title=title, tags=TAGS, base=about.base, choose=choose)
    yield "index.html", page


def _about_sheet(about: About, tree: Tree, title: str, topic: str, rows: Sequence[Row]) -> Sheet:
    """What a saved file of charts of these rows says beside them."""
    years = sorted({row["time_period"] for row in rows})
    areas = sorted({row["ref_area"] for row in rows})
    source = tree.ui["chart_source"].format(
        area=tree.labels.area(areas[0]) if len(areas) == 1 else tree.ui["several_areas"],
        years=f"{years[0]}–{years[-1]}",
        title=say(about.parted("title"), tree.language),
        version=about.published.version,
        licence=" ".join(one["title"] for one in about.published.descriptor.get("licenses", [])),
    )
    # A saved chart is used without the page that explains its shapes.
    keys = {name: tree.ui[word] for name, word in KEYS.items()}
    return Sheet(f"{title} · {years[0]}–{years[-1]}", source, keys, topic)


KEYS = {
    "exact": "key_exact_year",
    "soft": "key_soft_year",
    "open": "key_open",
    "gap": "key_gap",
    "doubt": "key_doubt",
}


def _sheets(about: About, tree: Tree) -> Iterator[tuple[str, str]]:
    """The saved charts: of each topic and area, and of each indicator, with several years."""
    for topic, area in about.published.rows_of:
        one = tree.topic_area(topic, area)
        if panels := one.panels():
            title = f"{tree.labels.area(area)} · {tree.labels.code('topic', topic)}"
            words = _about_sheet(about, tree, title, topic, one.rows)
            yield tree.chart_file(topic, area), sheet(words, panels)
    for code, indicator in about.published.indicators.items():
        series = tree.series(code)
        if panels := series.panels():
            title = tree.labels.with_unit(indicator)
            rows = [row for drawn in series.drawn.values() for row in drawn]
            words = _about_sheet(about, tree, title, indicator["topic"], rows)
            yield tree.chart_file("indicator", code), sheet(words, panels)


STATIC = Path(__file__).resolve().parent / "static"
# What marks a folder as a site of this project, which may be replaced.
MARK = "feed.xml"


def build_site(release: Path, target: Path, readings: Mapping[str, Reading] | None = None) -> Path:
    """Write the site of the release in ``release`` to ``target`` and return ``target``.

    ``readings`` are those that the release was made of, by report id: with them each figure shows the
    words by which it was recognised, which no table of the release has.
    The site is self-contained: relative links, no server, a copy of the data in ``data/``. It replaces
    an earlier site atomically. Raises UsageError where ``release`` is not a release or ``target`` is a
    folder of something else, DataError where a file is broken, MachineError where
    the disk cannot hold the site.
    """
    release, target = release.resolve(), target.resolve()
    if target.is_relative_to(release) or release.is_relative_to(target):
        raise _taken(target, "目标目录与发布目录重叠", "the target and the release overlap")
    if target.exists() and not (target / MARK).is_file() and any(target.iterdir()):
        raise _taken(target, "目标目录已有其他内容", "the target folder holds something else")
    published = read_published(release)
    with machine_errors(what=Text("网站", "the site")):
        target.parent.mkdir(parents=True, exist_ok=True)
        # A unique name, so that two builds at once do not share a draft.
        draft = Path(mkdtemp(prefix=f".{target.name}.", suffix=DRAFT, dir=target.parent))
        try:
            write_site(published, draft, readings or {})
            draft.chmod(0o755)
            swap(draft, target)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return target


def write_site(published: Published, folder: Path, readings: Mapping[str, Reading]) -> None:
    """Write every file of the site into an empty folder. Raises OSError or DataError."""
    for path, content in site_files(published, readings):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content.encode("utf-8"))
    shutil.copytree(STATIC, folder / "static")
    copy_data(published, folder)


def site_beside(release: Path) -> Path:
    """The default folder of the site of a release: beside it."""
    release = release.resolve()
    return release.with_name(f"{release.name}-site")


def _taken(target: Path, zh: str, en: str) -> UsageError:
    return UsageError(
        Text(zh, en),
        file=target,
        remedy=Text("请用 --out 另选一个目录", "choose another folder with --out"),
    )
