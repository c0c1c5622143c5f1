"""Taking a passage back from everything that was published.

Belongs here: finding the passage in the archived reports, masking it in their records, and removing
the versions that hold it, from every target and from this machine. Does not belong here: how a
target removes a version (the targets), or building without the passage (``assets``).

A version that holds the passage is removed as a whole, for its tables, workbooks and pages hold it
too, and its number is not used again. Every step can be taken again after it was cut off: the
passage is looked for in the archived files, where it stays.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from shenwan_data.config.records import Sidecar, read_sidecar, render_sidecar, sidecar_path
from shenwan_data.config.settings import is_version
from shenwan_data.errors import DataError, Text, UsageError
from shenwan_data.files import LOCK, locked, write_atomic
from shenwan_data.indicators.corrections import read_corrections
from shenwan_data.publish.publisher import Target
from shenwan_data.release.contents import EVIDENCE
from shenwan_data.release.manifest import MANIFEST, read_manifest
from shenwan_data.release.register import REGISTER
from shenwan_data.release.rows import text_path
from shenwan_data.release.withdrawn import WITHDRAWN, Withdrawn, add_withdrawn, read_withdrawn
from shenwan_data.report.archive import find_reports, read_report
from shenwan_data.report.identity import text_hash
from shenwan_data.report.privacy import MASK, without_personal_data
from shenwan_data.report.source import read_bytes, read_source


@dataclass(frozen=True, slots=True)
class Passage:
    """Where a report holds what is taken back: spans of ``text``, the text as it is archived."""

    path: Path
    report: str
    text: str
    spans: tuple[tuple[int, int], ...]

    @property
    def file(self) -> str:
        """Where a release keeps the text of the report."""
        return f"{EVIDENCE}/{text_path(self.report)}"

    def is_held_by(self, content: bytes | None) -> bool:
        """Whether a published text of the report shows any of it."""
        if content is None:
            return False
        published = content.decode("utf-8", errors="replace")
        return any(self.text[start:end] in published for start, end in self.spans) and any(
            published[start:end] != MASK * (end - start) for start, end in self.spans
        )


def find_passages(data_dir: Path, words: str) -> tuple[Passage, ...]:
    """Every place where an archived report holds ``words``. UsageError where none does."""
    words = words.strip("\n")
    found = []
    for path in find_reports(data_dir) if words.strip() else ():
        text = read_source(read_bytes(path), path).text
        starts = _starts(text, words)
        if starts:
            spans = tuple((start, start + len(words)) for start in starts)
            found.append(Passage(path, _report_id(path), text, spans))
    if not found:
        raise UsageError(
            Text("归档的报告中没有这段文字", "no archived report holds this passage"),
            remedy=Text(
                "请照 shenwan-data inspect 所示原文填写，或用 --figure 指定数字",
                "give it as shenwan-data inspect shows it, or name a figure with --figure",
            ),
        )
    return tuple(found)


def find_figure(data_dir: Path, figure: str) -> tuple[Passage, ...]:
    """The place of a figure by its id, shenwan-2022-66. UsageError where there is none."""
    from shenwan_data.figures.scan import find_figures

    report, _, start = figure.rpartition("-")
    for path in find_reports(data_dir):
        if _report_id(path) == report and start.isdecimal():
            text = read_source(read_bytes(path), path).text
            spans = [(f.start, f.end) for f in find_figures(text) if f.start == int(start)]
            if spans:
                return (Passage(path, report, text, tuple(spans)),)
    raise UsageError(
        Text(f"没有标识为 {figure} 的数字", f"there is no figure {figure}"),
        remedy=Text(
            "标识见 evidence/figures 的 figure_id 栏",
            "evidence/figures has the ids in the column figure_id",
        ),
    )


def _report_id(path: Path) -> str:
    return f"{path.stem}-{path.parent.name}"


def _starts(text: str, words: str) -> tuple[int, ...]:
    starts, at = [], text.find(words)
    while at >= 0:
        starts.append(at)
        at = text.find(words, at + len(words))
    return tuple(starts)


def check_withdrawal(data_dir: Path, passages: Sequence[Passage], why: str) -> None:
    """Whether the passages can be masked. UsageError where the reason or a correction repeats one."""
    words = {passage.text[start:end] for passage in passages for start, end in passage.spans}
    without_personal_data({"why": why}, Path("--why"), "--why")
    if not why.strip() or any(each in why for each in words):
        raise UsageError(
            Text(
                "原因不能为空，也不能重复要撤回的内容",
                "the reason is empty, or repeats the passage",
            ),
            place="--why",
            remedy=Text(
                "请写明原因而不写内容，如“应当事人要求”",
                "say why and not what, for example: at the person's request",
            ),
        )
    for passage in passages:
        year = int(passage.path.parent.name)
        for correction in read_corrections(data_dir, year):
            inside = correction.report == passage.report and any(
                start < correction.start + len(correction.quote) and correction.start < end
                for start, end in passage.spans
            )
            if inside or any(each in correction.why for each in words):
                raise UsageError(
                    Text("有一条更正涉及要撤回的内容", "a correction is about the passage"),
                    file=correction.file,
                    place=f"entry {correction.entry}",
                    remedy=Text("请先删除或改写该条", "delete or reword that entry first"),
                )


def mask_passages(passages: Iterable[Passage]) -> None:
    """Add the passages to the masks in the records of their reports; those masked already stay.

    Raises DataError, and leaves the record as it was, where the report cannot be read so.
    """
    for passage in passages:
        record_path = sidecar_path(passage.path)
        before = record_path.read_bytes() if record_path.is_file() else None
        record = read_sidecar(record_path) if before is not None else _new_record(passage)
        mask = _united((*record.mask, *passage.spans))
        if mask == record.mask:
            continue
        title = record.title
        if title and any(passage.text[start:end] in title for start, end in passage.spans):
            title = None
        masked = record.model_copy(update={"mask": mask, "title": title})
        write_atomic(record_path, render_sidecar(masked))
        try:
            read_report(passage.path)
        except DataError:
            if before is None:
                record_path.unlink()
            else:
                write_atomic(record_path, before)
            raise


def _new_record(passage: Passage) -> Sidecar:
    import hashlib

    digest = hashlib.sha256(read_bytes(passage.path)).hexdigest()
    return Sidecar(sha256=digest, text_sha256=text_hash(passage.text))


def _united(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The same places as spans in order that do not overlap."""
    united: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if united and start < united[-1][1]:
            united[-1] = (united[-1][0], max(end, united[-1][1]))
        else:
            united.append((start, end))
    return tuple(united)


def versions_holding(target: Target, name: str, passages: Sequence[Passage]) -> tuple[str, ...]:
    """The versions on a target that show any of the passages."""
    return tuple(
        version
        for version in target.versions(name)
        if any(each.is_held_by(target.read_file(name, version, each.file)) for each in passages)
    )


def local_versions(
    data_dir: Path, passages: Sequence[Passage], *, masked: bool = True
) -> tuple[Path, ...]:
    """What holds them on this machine: releases, their sites, entries of the register.

    An entry of the register has no text, only its hash: it stays where that of the text is the hash
    of the text as it is masked, or where it never had the report. ``masked`` says whether the
    passages are masked already, or are to be.
    """
    hashes = {
        passage.file: read_report(passage.path).text_sha256 if masked else ""
        for passage in passages
    }
    releases = data_dir / "releases"
    found: list[Path] = []
    for folder in sorted(releases.iterdir()) if releases.is_dir() else ():
        if is_version(folder.name) and any(
            each.is_held_by(_content(folder / each.file)) for each in passages
        ):
            found.append(folder)
            site = releases / f"{folder.name}-site"
            found += [site] if site.exists() else []
    register = data_dir / REGISTER
    for folder in sorted(register.iterdir()) if register.is_dir() else ():
        if is_version(folder.name) and (folder / MANIFEST).is_file():
            manifest = read_manifest(folder)
            if any(manifest.get(file, digest) != digest for file, digest in hashes.items()):
                found.append(folder)
    return tuple(found)


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def withdraw_local(data_dir: Path, folders: Iterable[Path]) -> None:
    """Remove these folders of a data folder, while no build is at work there."""
    busy = Text("另一个构建正在写入此目录", "another build is writing to this folder")
    with locked(data_dir / "releases" / LOCK, busy):
        for folder in folders:
            if folder.is_dir():
                shutil.rmtree(folder)


def record_withdrawal(
    data_dir: Path, versions: Iterable[str], passages: Sequence[Passage], why: str, when: date
) -> Path:
    """Record that something was withdrawn, without what, and return the file.

    The versions are refused from then on. One line for each withdrawal; the same one once.
    """
    reports = tuple(sorted({passage.report for passage in passages}))
    entry = Withdrawn(tuple(sorted(set(versions))), reports, why, when)
    register = data_dir / REGISTER
    known = read_withdrawn(register)
    if any(set(entry.versions) <= set(old.versions) and old.reports == reports for old in known):
        return register / WITHDRAWN
    return add_withdrawn(register, entry)
