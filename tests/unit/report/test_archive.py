"""What lies in the archive is what was put there, for the year and area it is filed under."""

from __future__ import annotations

import hashlib
import os
import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from shenwan_data.errors import DataError, MachineError, ShenwanError, UsageError
from shenwan_data.report import archive
from shenwan_data.report.archive import add_report, find_reports, read_report, read_reports

REAL = Path(__file__).resolve().parents[3] / "data"


def text_of(year: int, cases: int = 142) -> str:
    """A made-up report."""
    return (
        f"测试镇{year}年法治政府建设年度报告\n\n来源：本网 发布日期：{year + 1}-02-15\n\n"
        f"　　{year}年，按《实施纲要（2021-2025年）》，测试镇办理行政处罚案件{cases}宗。\n"
    )


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """An archive of three reports of two areas and two years."""
    folder = tmp_path / "data"
    for year, area, cases in (
        (2022, "test_town", 142),
        (2021, "test_town", 142),
        (2022, "old-town", 87),
    ):
        file = source(tmp_path, year, cases=cases)
        add_report(file, year=year, area=area, data_dir=folder)
    return folder


def source(folder: Path, year: int, ending: str = ".txt", cases: int = 142) -> Path:
    path = folder / f"来源{year}{ending}"
    path.write_text(text_of(year, cases), "utf-8", newline="")
    return path


def snapshot(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_real_report_reads_as_it_lies_in_the_archive() -> None:
    report = read_report(REAL / "reports" / "2022" / "shenwan.txt")
    assert report.id == "shenwan-2022"
    assert report.title == "神湾镇2022年法治政府建设年度报告"
    assert report.published == date(2023, 2, 15)
    assert report.text == report.path.read_text("utf-8")
    assert report.sha256 == hashlib.sha256(report.path.read_bytes()).hexdigest()


@pytest.mark.parametrize("title", ["=1\t+1", "two\nlines", "bell\x07"])
def test_a_title_in_a_record_is_one_line_of_text(title: str, data: Path) -> None:
    beside = data / "reports" / "2022" / "test_town.yaml"
    record = yaml.safe_load(beside.read_text("utf-8")) | {"title": title}
    beside.write_text(yaml.safe_dump(record), "utf-8")
    with pytest.raises(DataError, match="should be one line") as refused:
        read_report(beside.with_suffix(".txt"))
    assert "title" in str(refused.value.place)


@pytest.mark.parametrize("name", ["test_town.txt", "test_town.yaml"])
@pytest.mark.parametrize("kind", ["link", "dangling link", "folder", "pipe"])
def test_only_regular_files_are_read_from_the_archive(name: str, kind: str, data: Path) -> None:
    place = data / "reports" / "2022" / name
    kept = place.rename(data / "kept")
    if kind == "folder":
        place.mkdir()
    elif kind == "pipe":
        os.mkfifo(place)
    else:
        place.symlink_to(kept if kind == "link" else data / "nowhere")
    with pytest.raises(DataError, match="a link, a folder or a special file") as refused:
        read_reports(data)
    assert refused.value.file == str(place)


@pytest.mark.parametrize("ending", [".txt", ".pdf"])
def test_a_pipe_is_no_file_to_add(ending: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / f"a{ending}")
    with pytest.raises(UsageError, match="no regular file"):
        add_report(tmp_path / f"a{ending}", year=2022, area="a", data_dir=tmp_path / "data")


def test_an_address_with_an_account_is_refused_and_not_repeated(data: Path, tmp_path: Path) -> None:
    secret = "http://ghp_made_up:pw@host.example/a"  # noqa: S105
    beside = data / "reports" / "2022" / "test_town.yaml"
    beside.write_text(beside.read_text("utf-8").replace("url: null", f"url: {secret}"), "utf-8")
    with pytest.raises(DataError, match="without an account") as refused:
        read_report(beside.with_suffix(".txt"))
    assert "ghp_made_up" not in str(refused.value)
    with pytest.raises(UsageError, match="without an account") as wrong:
        add_report(source(tmp_path, 2023), year=2023, area="a", data_dir=data, url=secret)
    assert "ghp_made_up" not in str(wrong.value)


def test_adding_copies_the_file_unchanged_and_records_its_origin(tmp_path: Path) -> None:
    content = text_of(2022).encode("gb18030")
    file = tmp_path / "下载.TXT"
    file.write_bytes(content)
    report = add_report(
        file,
        year=2022,
        area="test_town",
        data_dir=tmp_path / "data",
        url="http://www.test.gov.cn/a.html",
        retrieved=date(2023, 3, 1),
    )
    assert report.path == tmp_path / "data" / "reports" / "2022" / "test_town.txt"
    assert report.path.read_bytes() == content
    assert yaml.safe_load(report.path.with_suffix(".yaml").read_text("utf-8")) == {
        "title": "测试镇2022年法治政府建设年度报告",
        "media_type": "text/plain",
        "sha256": hashlib.sha256(content).hexdigest(),
        "text_sha256": hashlib.sha256(text_of(2022).encode()).hexdigest(),
        "publisher": None,
        "origin": None,
        "url": "http://www.test.gov.cn/a.html",
        "published": date(2023, 2, 15),
        "retrieved": date(2023, 3, 1),
        "note": None,
    }
    assert read_report(report.path) == report
    assert report.text == text_of(2022)
    assert sorted(path.name for path in report.path.parent.iterdir()) == [
        "test_town.txt",
        "test_town.yaml",
    ]


def test_the_archive_names_a_file_by_what_it_is(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    lines = "".join(f"<p>{line}</p>" for line in text_of(2022).split("\n"))
    file.write_text(f"<!DOCTYPE html><html><body>{lines}</body></html>", "utf-8")
    report = add_report(file, year=2022, area="test_town", data_dir=tmp_path)
    assert (report.path.name, report.media_type) == ("test_town.html", "text/html")


def test_reports_come_in_the_order_of_year_and_area(data: Path) -> None:
    assert [report.id for report in read_reports(data)] == [
        "test_town-2021",
        "old-town-2022",
        "test_town-2022",
    ]
    assert [path.name for path in find_reports(data, 2021)] == ["test_town.txt"]


def test_no_report_at_all(tmp_path: Path, data: Path) -> None:
    with pytest.raises(DataError, match="no report to read") as caught:
        find_reports(tmp_path / "nowhere")
    assert "shenwan-data add" in caught.value.remedy.zh
    with pytest.raises(DataError, match="no report to read") as caught:
        find_reports(data, 2019)
    assert caught.value.file == str(data / "reports" / "2019")


def test_two_reports_for_one_area_and_year(data: Path) -> None:
    folder = data / "reports" / "2022"
    (folder / "test_town.html").write_text("<p>另一份。</p>", "utf-8")
    with pytest.raises(DataError, match=r"two reports .*test_town\.html and test_town\.txt") as got:
        find_reports(data)
    assert got.value.file == str(folder)


def test_adding_a_second_report_is_refused_and_changes_nothing(tmp_path: Path, data: Path) -> None:
    before = snapshot(data)
    for ending in (".txt", ".htm"):
        with pytest.raises(UsageError, match="already holds test_town 2022"):
            add_report(source(tmp_path, 2022, ending), year=2022, area="test_town", data_dir=data)
    assert snapshot(data) == before


def test_a_year_that_the_text_contradicts(tmp_path: Path, data: Path) -> None:
    before = snapshot(data)
    with pytest.raises(UsageError, match="about 2021, filed under 2023") as caught:
        add_report(source(tmp_path, 2021), year=2023, area="test_town", data_dir=data)
    assert caught.value.place == "测试镇2021年法治政府建设年度报告"
    assert snapshot(data) == before
    shutil.move(data / "reports" / "2021", data / "reports" / "2020")
    with pytest.raises(DataError, match="about 2021, filed under 2020"):
        read_reports(data)


@pytest.mark.parametrize("content", [b"", b" \n"])
def test_an_empty_file(data: Path, content: bytes) -> None:
    path = data / "reports" / "2022" / "test_town.txt"
    path.write_bytes(content)
    with pytest.raises(DataError, match="empty"):
        read_report(path)


def test_a_file_that_is_neither_utf8_nor_gb18030(data: Path) -> None:
    path = data / "reports" / "2022" / "test_town.txt"
    path.write_bytes(text_of(2022).encode() + b"\xff\xfe\xfd")
    with pytest.raises(DataError, match="neither valid UTF-8") as caught:
        read_report(path)
    assert caught.value.place and caught.value.place.startswith("line 6")


def test_a_file_that_was_changed_after_archiving(data: Path) -> None:
    path = data / "reports" / "2022" / "test_town.txt"
    path.write_text(text_of(2022).replace("142", "143"), "utf-8")
    with pytest.raises(DataError, match="sha256 differs") as caught:
        read_report(path)
    assert caught.value.file == str(path)


def test_a_file_that_reads_differently_than_it_did(data: Path) -> None:
    path = data / "reports" / "2022" / "test_town.txt"
    record = path.with_suffix(".yaml")
    entries = yaml.safe_load(record.read_text("utf-8"))
    right = entries["text_sha256"]
    entries["text_sha256"] = "0" * 64
    record.write_text(yaml.safe_dump(entries), "utf-8")
    with pytest.raises(DataError, match="reads differently") as caught:
        read_report(path)
    # What the message names is what has to be written into the record to go on.
    entries["text_sha256"] = (caught.value.place or "").split()[-1]
    assert entries["text_sha256"] == right
    record.write_text(yaml.safe_dump(entries), "utf-8")
    assert read_report(path).text == text_of(2022)


def test_a_report_dropped_in_without_a_record_is_read_with_its_origin_unknown(data: Path) -> None:
    path = data / "reports" / "2022" / "test_town.txt"
    recorded = read_report(path)
    path.with_suffix(".yaml").unlink()
    dropped = read_report(path)
    assert (dropped.text, dropped.sha256, dropped.title) == (
        recorded.text,
        recorded.sha256,
        recorded.title,
    )
    assert dropped.url is None


def test_a_record_belongs_to_a_report(data: Path) -> None:
    path = data / "reports" / "2022" / "test_town.txt"
    path.unlink()
    with pytest.raises(DataError, match="without its report"):
        find_reports(data)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"publised": "2023-02-15"},
            "key publised: unknown key publised; did you mean 'published'",
        ),
        ({"sha256": None}, "key sha256: should be 64"),
        ({"title": " "}, "key title: should be text"),
        ({"sha256": "ABC"}, "key sha256: should be 64"),
        ({"url": "www.test.gov.cn"}, "key url: should be an http"),
        ({"published": "2023年2月15日"}, "key published: should be a date"),
        ({"ranked": {"全市": 0}}, "key ranked.全市: should be the number of those ranked"),
        ({"media_type": "text/html"}, "key media_type: the file is text/plain"),
    ],
)
def test_a_record_with_unknown_missing_or_wrong_keys(
    data: Path, change: dict[str, object], message: str
) -> None:
    path = data / "reports" / "2022" / "test_town.txt"
    record = path.with_suffix(".yaml")
    entries = yaml.safe_load(record.read_text("utf-8")) | change
    record.write_text(yaml.safe_dump(entries, allow_unicode=True), "utf-8")
    with pytest.raises(DataError, match=message) as caught:
        read_report(path)
    assert caught.value.file == str(record)


@pytest.mark.parametrize("content", ["- a\n", "title: [\n", ""])
def test_a_record_that_is_no_record(data: Path, content: str) -> None:
    path = data / "reports" / "2022" / "test_town.txt"
    path.with_suffix(".yaml").write_text(content, "utf-8")
    with pytest.raises(DataError, match=r"YAML|list of keys|is empty"):
        read_report(path)


@pytest.mark.parametrize(
    "name", ["2022/scan.jpg", "2022/Test.txt", "2022/旧.doc", "notes/a.txt", "a.txt"]
)
def test_what_is_no_report_is_not_passed_over(data: Path, name: str) -> None:
    path = data / "reports" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("测试。", "utf-8")
    with pytest.raises(DataError):
        find_reports(data)


def test_files_of_the_system_are_left_alone(data: Path) -> None:
    found = find_reports(data)
    (data / "reports" / ".DS_Store").write_bytes(b"\0")
    (data / "reports" / "2022" / ".test_town.txt.partial").write_bytes(b"half")
    (data / "reports" / "2022" / "~$test_town.docx").write_bytes(b"lock")
    assert find_reports(data) == found


@pytest.mark.parametrize(
    ("year", "area", "url"),
    [
        (2022, "../../etc", None),
        (2022, "test_town/../x", None),
        (2022, "Test_town", None),
        (2022, "", None),
        (22, "test_town", None),
        (2022, "test_town", "file:///etc/passwd"),
    ],
)
def test_a_malformed_area_year_or_address_is_wrong_use(
    tmp_path: Path, year: int, area: str, url: str | None
) -> None:
    with pytest.raises(UsageError):
        add_report(source(tmp_path, 2022), year=year, area=area, url=url, data_dir=tmp_path / "d")
    assert not (tmp_path / "d").exists()


@given(st.text(max_size=12))
def test_no_area_leads_out_of_the_archive(area: str) -> None:
    folder = Path("/data/reports/2022")
    if archive.is_area(area):
        assert (folder / f"{area}.txt").parent == folder and "/" not in area and "." not in area
        assert area.isascii() and area == area.lower().strip()


def test_a_stop_between_the_two_writes_is_mended_by_adding_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    file = source(tmp_path, 2022)
    target = data / "reports" / "2022" / "test_town.txt"
    replace = Path.replace

    def full(self: Path, to: Path) -> Path:
        if str(to).endswith(".yaml"):
            raise OSError(28, "No space left on device")
        return replace(self, to)

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(MachineError, match="No space left"):
        add_report(file, year=2022, area="test_town", data_dir=data)
    assert [path.name for path in target.parent.iterdir()] == ["test_town.txt"]
    monkeypatch.undo()
    report = add_report(file, year=2022, area="test_town", data_dir=data)
    assert read_reports(data) == (report,)


def test_a_file_that_already_lies_in_its_place_gets_its_record(tmp_path: Path) -> None:
    folder = tmp_path / "reports" / "2022"
    folder.mkdir(parents=True)
    path = folder / "test_town.txt"
    path.write_text(text_of(2022), "utf-8")
    assert add_report(path, year=2022, area="test_town", data_dir=tmp_path).path == path
    assert find_reports(tmp_path) == (path,)


def test_every_error_is_told_in_both_languages_with_a_way_out(tmp_path: Path) -> None:
    with pytest.raises(ShenwanError) as caught:
        find_reports(tmp_path)
    lines = str(caught.value).split("\n")
    assert len(lines) == 4 and lines[2].startswith("  -> ")
    assert any("\u4e00" <= character <= "\u9fff" for character in lines[1])
