"""The site as files: the same bytes every time, small, whole or not at all."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from shenwan_data.cli.main import main
from shenwan_data.errors import DataError, Text, UsageError
from shenwan_data.release.manifest import hashes
from shenwan_data.release.register import record_published, register_of
from shenwan_data.site import build_site, site_beside
from shenwan_data.site.marks import STATED
from shenwan_data.site.templating import TEMPLATES
from shenwan_data.site.words import FILE, words
from tests.site.made_up_site import ROOT


def test_the_same_release_gives_the_same_bytes_in_another_place_and_process(
    site, site_release, tmp_path
):
    data = shutil.copytree(site_release.parents[1], tmp_path / "other")
    elsewhere, again = data / "releases" / site_release.name, tmp_path / "again"
    command = [sys.executable, "-m", "shenwan_data", "site", elsewhere, "--out", again]
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo", "LANG": "C"}
        subprocess.run(command, cwd=ROOT, check=True, env=environment, capture_output=True)
        assert hashes(tmp_path / "again") == hashes(site)


def test_the_site_is_small_without_its_data(real_site):
    sizes = {
        path.relative_to(real_site).parts: path.stat().st_size
        for path in real_site.rglob("*")
        if path.is_file() and path.relative_to(real_site).parts[0] != "data"
    }
    of_indicators = [
        size for parts, size in sizes.items() if "indicators" in parts and len(parts) > 3
    ]
    assert sum(sizes.values()) - sum(of_indicators) < 1_300_000
    # A page for each of some two hundred indicators and each language.
    assert max(of_indicators) < 12_000
    assert max(sizes.values()) < 500_000


def test_one_year_alone_is_said_and_not_drawn(real_site):
    assert not list(real_site.glob("charts/*"))
    for page in (real_site / "zh").rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert 'class="chart"' not in text and 'class="mini"' not in text, page
    card = (real_site / "zh/services/shenwan.html").read_text(encoding="utf-8")
    card = card[card.index('id="i-admin_items_verified"') :][:1500]
    # The wording of the report stays with the number.
    assert '<span class="n">600</span><span class="h">余</span>' in card and "600 – 700" in card


def test_every_word_is_there_in_both_languages_and_is_used():
    said = words()
    used = set()
    sources = [*TEMPLATES.glob("*.jinja"), *TEMPLATES.parent.glob("*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    used |= set(re.findall(r"\bt\.(\w+)", text))
    used |= set(re.findall(r"(?:\.ui|\bui|\bsaid)\[\"(\w+)\"\]", text))
    # Looked up by a name that the program works out.
    used |= {"up", "down", "risen", "fallen", "same", "unclear", "added", "changed", "removed"}
    used |= {f"hedge_{word}" for word in ("more_than", "nearly", "about", "at_least", "at_most")}
    used |= {"counted", "act", *(word for word, _ in STATED.values())}
    assert used == set(said.ui)
    for text in said.ui.values():
        assert re.findall(r"\{\w+\}", text.zh) == re.findall(r"\{\w+\}", text.en) or sorted(
            re.findall(r"\{\w+\}", text.zh)
        ) == sorted(re.findall(r"\{\w+\}", text.en))


@pytest.fixture
def words_of(tmp_path, monkeypatch):
    """The words of the site by a file with this one text of the interface."""

    def read(home: str):
        text = f"ui:\n  home: {home}\nmethod: []\nissues: []\nheadlines: {{}}\n"
        (tmp_path / FILE).write_text(text, encoding="utf-8")
        monkeypatch.setattr("shenwan_data.site.words.schemas_dir", lambda: tmp_path)
        monkeypatch.setattr("shenwan_data.schemas.schemas_dir", lambda: tmp_path)
        return words()

    return read


def test_a_word_without_one_of_its_languages_is_an_error_that_names_it(words_of):
    assert words_of("{zh: 首页, en: Home}").ui["home"].en == "Home"
    with pytest.raises(DataError) as caught:
        words_of("{zh: 首页}")
    assert "ui.home" in caught.value.place
    assert caught.value.file.endswith(FILE)


def test_a_comma_that_cuts_a_text_short_is_found(words_of):
    # `{zh: 甲, en: one, two}` is three entries in YAML.
    with pytest.raises(DataError, match="two"):
        words_of("{zh: 甲, en: one, two}")


def test_a_folder_that_is_no_release_is_refused(tmp_path):
    with pytest.raises(UsageError) as caught:
        build_site(tmp_path, tmp_path.parent / "site")
    assert caught.value.problem == Text("这里没有发布", "there is no release here")


def test_a_folder_with_something_else_in_it_is_left_alone(site_release, tmp_path):
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError):
        build_site(site_release, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_the_target_may_not_lie_in_the_release_nor_around_it(site_release):
    for target in (site_release / "site", site_release.parent):
        with pytest.raises(UsageError):
            build_site(site_release, target)


def test_a_broken_release_leaves_the_earlier_site_as_it_was(site_release, tmp_path):
    release = shutil.copytree(site_release, tmp_path / "releases" / site_release.name)
    target = build_site(release, tmp_path / "site")
    before = hashes(target)
    (release / "evidence" / "texts" / "shenwan-2023.txt").unlink()
    with pytest.raises(DataError) as caught:
        build_site(release, target)
    assert "shenwan-2023.txt" in caught.value.file
    assert hashes(target) == before
    assert {path.name for path in tmp_path.iterdir()} == {"releases", "site"}


def test_a_new_version_tells_what_changed_since_the_recorded_one(site_release, tmp_path):
    release = shutil.copytree(site_release, tmp_path / "releases" / "1.0.0")
    record_published(release, register_of(release.parent))
    newer = shutil.copytree(release, tmp_path / "releases" / "1.0.1")
    for path in newer.rglob("datapackage.json"):
        content = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps({**content, "version": "1.0.1"}), encoding="utf-8")
    table = newer / "outreach" / "outreach.csv"
    text = table.read_text(encoding="utf-8")
    assert ",34,场次,events,34,34," in text
    table.write_text(
        text.replace(",34,场次,events,34,34,", ",35,场次,events,35,35,"), encoding="utf-8"
    )
    shutil.rmtree(release)
    target = build_site(newer, tmp_path / "site")
    for language, column in (("zh", "数值"), ("en", "Value")):
        page = (target / language / "changes.html").read_text(encoding="utf-8")
        assert f"{column} 34" in page
        assert f"{column} 35" in page
    assert json.loads((target / "changes" / "1.0.0-1.0.1.json").read_text(encoding="utf-8"))
    feed = (target / "feed.xml").read_text(encoding="utf-8")
    assert feed.index("1.0.1") < feed.index("1.0.0 ") if "1.0.0 " in feed else "1.0.1" in feed


def test_without_what_a_build_has_read_the_site_is_whole_but_for_the_words(
    site, site_release, tmp_path
):
    release = shutil.copytree(site_release, tmp_path / site_release.name)
    bare = hashes(build_site(release, tmp_path / "bare"))
    full = hashes(site)
    assert set(bare) == set(full)
    changed = {name for name in full if bare[name] != full[name]}
    assert changed
    assert all("/evidence/" in name for name in changed)


def test_the_command_writes_the_site_of_a_build_beside_the_release_or_where_it_is_told(
    site, site_release, tmp_path
):
    data = shutil.copytree(site_release.parents[1], tmp_path / "data")
    release = data / "releases" / site_release.name
    beside = site_beside(release)
    shutil.rmtree(beside)
    for more, target in (([], beside), (["--out", str(tmp_path / "public")], tmp_path / "public")):
        done = CliRunner().invoke(main, ["site", str(release), *more])
        assert done.exit_code == 0, done.output
        assert str(target / "index.html") in done.stdout
        assert hashes(target) == hashes(site)


def test_paths_of_this_machine_are_in_no_file(site, site_release):
    for path in Path(site).rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert str(site_release.parent).encode() not in content
            assert str(ROOT).encode() not in content
