"""Every file of a site but the copied ones.

Belongs here: the list of files. Does not belong here: the pages of a language (``tree``), or files
on disk (``build``).
"""

from __future__ import annotations

from collections.abc import Iterator

from shenwan_data.publish.site.about import About
from shenwan_data.publish.site.feeds import feed, sitemap
from shenwan_data.publish.site.published import Published
from shenwan_data.publish.site.sheet import sheet
from shenwan_data.publish.site.templating import render
from shenwan_data.publish.site.tree import Tree
from shenwan_data.publish.site.words import LANGUAGES, TAGS, say


def site_files(published: Published) -> Iterator[tuple[str, str]]:
    """The path of each file from the root of the site, and its content."""
    about = About(published)
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
            # A file that is passed on has no page to say what its shapes mean.
            keys = " · ".join(tree.ui[key] for key in ("key_soft", "key_open"))
            foot = f"{foot} · {keys}"
            yield tree.chart_file(topic, area), sheet(title, foot, one.panels())
