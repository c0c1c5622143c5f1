"""Writing the site of a release, all of it or nothing.

Belongs here: which page is written where, and putting the finished site in place. Does not belong
here: what a page shows (``tree``).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import mkdtemp

from shenwan_data.errors import Text, UsageError
from shenwan_data.files import DRAFT, machine_errors, swap
from shenwan_data.model import Reading
from shenwan_data.site.feeds import copy_data, feed, sitemap
from shenwan_data.site.start import About
from shenwan_data.site.templating import render
from shenwan_data.site.topics import sheet
from shenwan_data.site.tree import Tree
from shenwan_data.site.view import Published, read_published
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
        yield from _charts(about, tree)
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


def _charts(about: About, tree: Tree) -> Iterator[tuple[str, str]]:
    for topic, area in about.published.rows_of:
        one = tree.topic_area(topic, area)
        if one.cards:
            title = f"{tree.labels.area(area)} · {tree.labels.code('topic', topic)}"
            foot = f"{say(about.parted('title'), tree.language)} {about.published.version}"
            # A saved chart is used without the page that explains its shapes.
            keys = " · ".join(tree.ui[key] for key in ("key_soft", "key_open"))
            foot = f"{foot} · {keys}"
            yield tree.chart_file(topic, area), sheet(title, foot, one.panels())


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
