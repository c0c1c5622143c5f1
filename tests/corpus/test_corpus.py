"""A corpus is read by one process or many, whatever happens to them, into the same bytes."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from assets.launch import run_build
from shenwan_data import versions
from shenwan_data.cli.main import main
from shenwan_data.corpus import cluster, documents, output, worker
from shenwan_data.corpus.documents import Document
from shenwan_data.corpus.partitions import divide, stretches
from shenwan_data.corpus.run import read_corpus
from shenwan_data.errors import DataError, MachineError, UsageError
from shenwan_data.release.rows import WORDS
from tests.corpus.made_up import YEARS, files, texts, write_folder
from tests.pipeline.made_up import text_of
from tests.town_settings import give_settings

ROOT = Path(__file__).resolve().parents[2]


KEYS = ("report_id", "ref_area", "time_period", "indicator")
# A bucket for each two areas, a task for each: what a large corpus has, of a small one.
FINE = {"bucket_areas": 3, "task_areas": 1}


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    """Four towns of two counties, eight years."""
    return write_folder(tmp_path_factory.mktemp("small"), texts(2, 2))


@pytest.fixture(scope="module")
def plain(small, tmp_path_factory) -> Path:
    """What the plain loop makes of it."""
    out = tmp_path_factory.mktemp("plain") / "out"
    read_corpus(str(small), str(out), workers=0, **FINE)
    return out


def rows(folder: Path, table: str) -> list[dict[str, object]]:
    """The rows of an output without its partition columns, by report or by area and year."""
    return of_files(ds.dataset(folder / table, partitioning="hive"))


def of_files(dataset: ds.Dataset) -> list[dict[str, object]]:
    found = dataset.to_table().drop_columns(["year", "bucket"]).to_pylist()
    return sorted(found, key=lambda r: [str(r.get(k)) for k in KEYS] + [int(r.get("start") or 0)])


def counting(real, seen: list[str]):
    """``extract`` that notes what it is given."""

    def extract(report, corrections=()):
        seen.append(report.id)
        return real(report, corrections)

    return extract


def worker_processes() -> list[int]:
    """The processes that this one has spawned to work."""
    found = []
    for task in Path("/proc/self/task").iterdir():
        found += [
            int(pid)
            for pid in (task / "children").read_text().split()
            if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
        ]
    return found


def test_a_corpus_becomes_partitions_by_year_and_stretch_of_areas(plain):
    found = ds.dataset(plain / "observations", partitioning="hive").to_table()
    buckets = sorted(set(found["bucket"].to_pylist()))

    assert set(found["year"].to_pylist()) == set(YEARS)
    assert found["time_period"].to_pylist() == found["year"].to_pylist()
    assert buckets == ["c0t00", "c1t00"]
    assert found["bucket"].to_pylist() == [
        max(bucket for bucket in buckets if bucket <= area)
        for area in found["ref_area"].to_pylist()
    ]
    assert sorted(path.name for path in plain.iterdir()) == [".lock", "figures", "observations"]


def test_the_rows_are_those_of_a_build(tmp_path):
    data = tmp_path / "data"
    give_settings(data)
    # The year between them is missing: both compare with the last report there is.
    reports = {("shenwan", 2020): text_of(2020, cases=9), ("shenwan", 2022): text_of(2022)}
    write_folder(data / "reports", reports)
    release = data / run_build(data).release
    read_corpus(str(data), str(tmp_path / "out"), workers=0)

    figures = pq.read_table(release / "evidence" / "figures.parquet").to_pylist()
    written = ds.dataset(tmp_path / "out" / "figures").to_table().to_pylist()
    assert written == sorted(figures, key=lambda row: (row["report_id"], row["start"]))
    # A corpus has its observations in codes alone.
    observed = pq.read_table(release / "observations.parquet").drop_columns(list(WORDS)).to_pylist()
    assert any("flow_jumps" in str(row) for row in observed)
    key = ("ref_area", "time_period", "indicator")
    written = ds.dataset(tmp_path / "out" / "observations").to_table().to_pylist()
    assert sorted(written, key=lambda row: tuple(row[name] for name in key)) == observed


def test_a_second_run_writes_nothing(small, plain):
    before = {path: path.stat().st_mtime_ns for path in plain.rglob("*.parquet")}

    summary = read_corpus(str(small), str(plain), workers=0, **FINE)

    assert (summary.written, summary.kept) == (0, len(before) // 2)
    assert summary.reports == 32
    assert {path: path.stat().st_mtime_ns for path in plain.rglob("*.parquet")} == before


def test_a_changed_report_is_read_again_with_the_year_after_it(tmp_path, monkeypatch):
    corpus = write_folder(tmp_path / "in", texts(1, 2))
    out = tmp_path / "out"
    (corpus / "2019" / "c0t00.txt").write_text("", encoding="utf-8")
    (corpus / "2018" / "c0t01.txt").write_text("", encoding="utf-8")
    (corpus / "2018" / "c0t00.txt").write_text("", encoding="utf-8")
    read_corpus(str(corpus), str(out), workers=0, **FINE)
    before = files(out)
    (corpus / "2017" / "c0t01.txt").write_text(text_of(2017, cases=1), encoding="utf-8")
    seen = []

    monkeypatch.setattr(worker, "extract", counting(worker.extract, seen))
    summary = read_corpus(str(corpus), str(out), workers=0, **FINE)

    # The other area of the file is not read: its rows come from the file before.
    assert set(seen) == {f"c0t01-{year}" for year in (2016, 2017)}
    changed = {
        name.split("/", 1)[1] for name, content in files(out).items() if content != before[name]
    }
    assert summary.written == 2
    # Of 2018 the file is written again, and only what it was read from is another.
    assert changed == {f"year={year}/bucket=c0t00/part-0.parquet" for year in (2017, 2018)}
    fresh = tmp_path / "fresh"
    read_corpus(str(corpus), str(fresh), workers=0, **FINE)
    assert files(fresh) == files(out)


def test_parquet_in_gives_the_same_rows(plain, tmp_path, monkeypatch):
    corpus = texts(2, 2)
    table = pa.table(
        {
            "ref_area": [area for area, _ in corpus],
            "time_period": [year for _, year in corpus],
            "text": list(corpus.values()),
        }
    )
    pq.write_table(table, tmp_path / "in.parquet", row_group_size=7)

    # One row group larger than a batch, read by several tasks, gives them too.
    monkeypatch.setattr(documents, "_ROWS", 3)
    pq.write_table(table, tmp_path / "whole.parquet")

    for source in ("in", "whole"):
        read_corpus(str(tmp_path / f"{source}.parquet"), str(tmp_path / source), workers=0, **FINE)
        for name in ("figures", "observations"):
            assert rows(tmp_path / source, name) == rows(plain, name)


def test_an_address_gives_and_takes_the_same_rows(small, plain):
    import fsspec

    memory = fsspec.filesystem("memory")
    memory.put(str(small), "/made-up-in", recursive=True)

    summary = read_corpus("memory://made-up-in", "memory://made-up-out", workers=0)
    again = read_corpus("memory://made-up-in", "memory://made-up-out", workers=0)

    assert (summary.written, again.written, again.kept) == (8, 0, 8)
    for table in ("figures", "observations"):
        found = ds.dataset("/made-up-out/" + table, filesystem=memory, partitioning="hive")
        assert of_files(found) == rows(plain, table)
    assert {str(name).split("/")[2] for name in memory.find("/made-up-out")} == {
        "figures", "observations",
    }  # fmt: skip


def test_the_rows_do_not_depend_on_how_the_areas_are_divided(small, plain, tmp_path):
    read_corpus(str(small), str(tmp_path / "out"), workers=0)

    assert len(list((tmp_path / "out" / "figures").rglob("*.parquet"))) == 8
    for table in ("figures", "observations"):
        assert rows(tmp_path / "out", table) == rows(plain, table)


def test_an_area_more_moves_no_other_border():
    codes = [f"c{county:04d}t{town:02d}" for county in range(400) for town in range(20)]
    before = list(stretches(codes, 1000))

    after = list(stretches(sorted([*codes, "c0200t05a"]), 1000))

    assert [code for stretch in before for code in stretch] == codes
    assert all(500 <= len(stretch) <= 2000 for stretch in before[:-1])
    assert len(set(before) - set(after)) == 1


def test_files_are_sorted_and_have_statistics(plain, monkeypatch, small, tmp_path):
    monkeypatch.setattr(output, "ROW_GROUP", 10)
    read_corpus(str(small), str(tmp_path / "out"), workers=0)

    for table, columns in output.SORTED_BY.items():
        for path in (tmp_path / "out" / table).rglob("*.parquet"):
            with pq.ParquetFile(path) as file:
                groups = [file.metadata.row_group(i) for i in range(file.num_row_groups)]
                held = file.read().to_pylist()
            assert [group.num_rows for group in groups[:-1]] == [10] * (len(groups) - 1)
            keys = [tuple(row[name] for name in columns) for row in held]
            assert keys == sorted(keys)
            index = list(held[0]).index(columns[0])
            first = groups[1].column(index).statistics
            assert (first.min, first.max) == (keys[10][0], keys[19][0])
    for table in ("figures", "observations"):
        assert rows(tmp_path / "out", table) == rows(plain, table)


def test_what_the_corpus_no_longer_has_is_removed(tmp_path):
    corpus = write_folder(tmp_path / "in", texts(2, 2))
    (corpus / "2020" / "c1t01.txt").write_text("", encoding="utf-8")
    out = tmp_path / "out"
    read_corpus(str(corpus), str(out), workers=0, **FINE)
    (out / "figures" / "notes.txt").write_text("a person's", encoding="utf-8")
    for path in corpus.rglob("c1t0?.txt"):
        path.unlink()

    read_corpus(str(corpus), str(out), workers=0, **FINE)

    assert {path.parent.name for path in out.rglob("*.parquet")} == {"bucket=c0t00"}
    assert not list(out.rglob("*.jsonl"))
    assert (out / "figures" / "notes.txt").exists()


def test_the_output_of_another_corpus_is_not_touched(plain, tmp_path):
    other = write_folder(tmp_path / "in", {("elsewhere", 2030): text_of(2030)})
    before = files(plain)

    with pytest.raises(UsageError, match="another corpus"):
        read_corpus(str(other), str(plain), workers=0)

    assert files(plain) == before


def test_what_cannot_be_read_is_set_aside_with_its_error(tmp_path):
    corpus = write_folder(tmp_path / "in", texts(1, 2))
    (corpus / "2016" / "c0t00.txt").write_text("", encoding="utf-8")
    (corpus / "2017" / "c0t01.txt").write_bytes(b"%PDF-1.7 torn")
    (corpus / "2018" / "c0t01.txt").write_text(text_of(2011), encoding="utf-8")
    (corpus / "2019" / "Not An Area.txt").write_text(text_of(2019), encoding="utf-8")
    (corpus / "2020" / "c0t00.html").write_text(text_of(2020), encoding="utf-8")

    summary = read_corpus(str(corpus), str(tmp_path / "out"), workers=0)

    assert (summary.reports, summary.set_aside) == (13, 5)
    noted = {
        line["file"]: line
        for path in (tmp_path / "out" / "errors").iterdir()
        for line in map(json.loads, path.read_text(encoding="utf-8").splitlines())
    }
    assert set(noted) == {
        "2016/c0t00.txt", "2017/c0t01.txt", "2018/c0t01.txt", "2019/Not An Area.txt",
        "2020/c0t00.txt",
    }  # fmt: skip
    assert "2011" in noted["2018/c0t01.txt"]["message_en"]
    assert noted["2020/c0t00.txt"]["error"] == "duplicate"
    assert all(line["message_zh"] and line["message_en"] for line in noted.values())
    assert str(tmp_path) not in json.dumps(noted)

    (corpus / "2016" / "c0t00.txt").write_text(text_of(2016), encoding="utf-8")
    mended = read_corpus(str(corpus), str(tmp_path / "out"), workers=0)
    assert (mended.reports, mended.set_aside) == (14, 4)
    assert not (tmp_path / "out" / "errors" / "2016-c0t00.jsonl").exists()
    assert (tmp_path / "out" / "errors" / "2018-c0t00.jsonl").exists()


def test_a_folder_without_reports_and_a_table_without_texts_are_told(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="no report"):
        read_corpus(str(tmp_path / "empty"), str(tmp_path / "out"), workers=0)
    pq.write_table(pa.table({"ref_area": ["a"]}), tmp_path / "in.parquet")
    with pytest.raises(DataError, match="time_period, text"):
        read_corpus(str(tmp_path / "in.parquet"), str(tmp_path / "out"), workers=0)
    with pytest.raises(UsageError, match="cannot be opened"):
        read_corpus("nowhere://there", str(tmp_path / "out"), workers=0)


def test_a_scheduler_that_does_not_answer_is_told(small, tmp_path):
    with pytest.raises(UsageError, match="does not answer"):
        read_corpus(str(small), str(tmp_path), scheduler="nothing://127.0.0.1:9")


def test_a_killed_run_goes_on_where_it_was(tmp_path):
    corpus = write_folder(tmp_path / "in", texts(2, 5))
    whole, torn = tmp_path / "whole", tmp_path / "torn"
    read_corpus(str(corpus), str(whole), workers=0, **FINE)
    code = (
        "import sys; from shenwan_data.corpus.run import read_corpus\n"
        f"read_corpus(sys.argv[1], sys.argv[2], workers=0, **{FINE})"
    )
    command = [sys.executable, "-c", code, corpus, torn]
    run = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    # The first bucket is done, and files of the second are being written.
    while run.poll() is None and len(list(torn.rglob("part-0.parquet"))) < 18:
        time.sleep(0.01)
    run.send_signal(signal.SIGKILL)
    assert run.wait() == -signal.SIGKILL
    (torn / "figures" / ".part-0.parquet.1.tmp").write_bytes(b"half")

    summary = read_corpus(str(corpus), str(torn), workers=0, **FINE)

    assert summary.kept > 5
    assert summary.written > 0
    assert files(torn) == files(whole)


def test_what_a_killed_worker_was_writing_is_gone_when_the_run_ends(small, tmp_path):
    out = tmp_path / "out"

    def leave(done: int, total: int) -> None:
        if done == total:
            (out / "figures").mkdir(exist_ok=True)
            (out / "figures" / ".part-0.parquet.1.tmp").write_bytes(b"half")

    read_corpus(str(small), str(out), workers=0, progress=leave)

    assert [path.name for path in out.rglob(".*")] == [".lock"]


@pytest.mark.slow
def test_a_thousand_reports_survive_a_killed_worker_byte_for_byte(tmp_path):
    corpus = write_folder(tmp_path / "in", texts(5, 26))
    read_corpus(str(corpus), str(tmp_path / "plain"), workers=0, bucket_areas=60)
    killed = []

    def kill(done: int, total: int) -> None:
        if done >= total // 3 and not killed:
            killed.append(worker_processes()[0])
            os.kill(killed[0], signal.SIGKILL)

    summary = read_corpus(
        str(corpus), str(tmp_path / "dask"), workers=2, bucket_areas=60, progress=kill
    )

    assert killed
    assert summary.reports == 1040
    assert files(tmp_path / "dask") == files(tmp_path / "plain")


@pytest.mark.slow
def test_a_document_that_kills_its_process_is_found_and_set_aside(tmp_path):
    import dask

    corpus = write_folder(tmp_path / "in", texts(1, 2))
    deadly = corpus / "2018" / "c0t01.txt"
    deadly.write_text(text_of(2018) + "毒", encoding="utf-8")
    # Loaded by each worker: the process dies at one word, as in a crash of a library.
    preload = tmp_path / "preload.py"
    preload.write_text(
        "import os, signal\n"
        "from shenwan_data.corpus import worker\n"
        "def extract(report, corrections=(), real=worker.extract):\n"
        "    if '毒' in report.text:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return real(report, corrections)\n"
        "worker.extract = extract\n",
        encoding="utf-8",
    )

    with dask.config.set({"distributed.worker.preload": [str(preload)]}):
        summary = read_corpus(str(corpus), str(tmp_path / "out"), workers=1)

    assert (summary.reports, summary.set_aside) == (15, 1)
    (noted,) = (tmp_path / "out" / "errors").iterdir()
    assert json.loads(noted.read_text(encoding="utf-8"))["file"] == "2018/c0t01.txt"
    deadly.unlink()
    read_corpus(str(corpus), str(tmp_path / "without"), workers=0)
    for table in ("figures", "observations"):
        assert rows(tmp_path / "out", table) == rows(tmp_path / "without", table)


def test_the_command_tells_what_it_did(small, tmp_path):
    result = CliRunner().invoke(main, ["corpus", str(small), str(tmp_path / "o"), "--workers", "0"])

    assert result.exit_code == 0, result.output
    assert "partitions written 新写分区\t8" in result.stdout
    assert "[32/32] reports read 已读报告, " in result.stderr
    assert "/s, 0:00:00 left 剩余" in result.stderr


def test_a_run_without_workers_ends_and_names_the_area_it_waits_for(monkeypatch):
    from distributed import Client, LocalCluster

    monkeypatch.setattr(cluster, "NO_WORKER", 0.1)
    monkeypatch.setattr(cluster, "_LOOK", 0.05)
    buckets = divide([Document("c0t00", 2020, "2020/c0t00.txt")])
    watch = SimpleNamespace(task=lambda *_: None, bucket=lambda *_: None)

    with (
        LocalCluster(n_workers=0, processes=False, dashboard_address="127.0.0.1:0") as empty,
        Client(empty) as client,
        pytest.raises(MachineError, match="there is no worker") as stopped,
    ):
        cluster.read_on(client, "in", "out", buckets, {}, watch)

    assert "c0t00" in stopped.value.place


def test_a_document_whose_rows_break_a_rule_is_set_aside_and_the_others_stay(tmp_path, monkeypatch):
    corpus = write_folder(tmp_path / "in", texts(1, 2))
    sound = tmp_path / "sound"
    read_corpus(str(corpus), str(sound), workers=0)
    real = worker.extract

    def spoiled(report, corrections=()):
        reading = real(report, corrections)
        if report.id != "c0t01-2018":
            return reading
        first = dataclasses.replace(reading.figures[0], kind="size", value=10**30)
        return dataclasses.replace(reading, figures=(first, *reading.figures[1:]))

    monkeypatch.setattr(worker, "extract", spoiled)
    summary = read_corpus(str(corpus), str(tmp_path / "out"), workers=0)

    assert (summary.reports, summary.set_aside) == (15, 1)
    (noted,) = (tmp_path / "out" / "errors").iterdir()
    error = json.loads(noted.read_text(encoding="utf-8"))
    assert (error["file"], error["error"]) == ("2018/c0t01.txt", "TableRule")
    assert "column value" in error["message_en"]
    for table, key in (("figures", "report_id"), ("observations", "ref_area")):
        kept = rows(tmp_path / "out", table)
        assert kept
        if table == "figures":
            assert kept == [r for r in rows(sound, table) if r[key] != "c0t01-2018"]


def test_an_edit_of_the_doctor_reads_no_corpus_again(tmp_path, monkeypatch):
    corpus = write_folder(tmp_path / "in", texts(1, 1))
    out = str(tmp_path / "out")
    assert read_corpus(str(corpus), out, workers=0).written == 8
    real = versions.package_files
    edited = tmp_path / "edited.py"
    edited.write_text("# edited\n", encoding="utf-8")

    monkeypatch.setattr(versions, "package_files", lambda: {**real(), "doctor.py": edited})
    assert read_corpus(str(corpus), out, workers=0).kept == 8
    monkeypatch.setattr(versions, "package_files", lambda: {**real(), "corpus/worker.py": edited})
    assert read_corpus(str(corpus), out, workers=0).written == 8
