"""Whether a file is the one that its place and its record say it is.

Belongs here: the year in the text against the folder, the file and its text against their record, and
what is said where they differ. Does not belong here: whether the report is whole (``completeness``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from shenwan_data.config.records import Sidecar, sidecar_path
from shenwan_data.errors import DataError, Text, UsageError
from shenwan_data.report.completeness import Problem
from shenwan_data.report.source import Source
from shenwan_data.report.title import find_title, stated_years


def text_hash(text: str) -> str:
    """sha256 (hex) of a text in UTF-8."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def file_hash(content: bytes) -> str:
    """sha256 (hex) of a file."""
    return hashlib.sha256(content).hexdigest()


def check_year(
    text: str, year: int, path: Path, kind: type[DataError | UsageError] = DataError
) -> None:
    """Raise ``kind`` where the text is about another year."""
    stated = stated_years(text)
    if stated and year not in stated:
        said = "、".join(map(str, stated))
        raise kind(
            Text(f"报告写的是 {said} 年，归档年份却是 {year}", f"about {said}, filed under {year}"),
            file=path,
            place=find_title(text),
            remedy=Text(
                f"请归入 {stated[0]} 年，或换成 {year} 年的报告",
                f"file it under {stated[0]}, or take the report of {year}",
            ),
        )


def check_record(record: Sidecar, content: bytes, source: Source, path: Path) -> None:
    """Raise DataError where a file or its text is not what its record holds."""
    actual = file_hash(content)
    if actual != record.sha256:
        raise DataError(
            Text(
                "文件与归档时不同（sha256 不符）", "not the file that was archived (sha256 differs)"
            ),
            file=path,
            place=f"sha256 {actual}, {sidecar_path(path).name}: {record.sha256}",
            remedy=Text(
                "请从版本库恢复原文件；若确为新版本，请删除两者后重新归档",
                "restore the file; if it is a new version, remove both and archive it again",
            ),
        )
    if record.media_type not in (None, source.media_type):
        raise DataError(
            Text(
                f"文件类型是 {source.media_type}，记录为 {record.media_type}",
                f"the file is {source.media_type}, its record says {record.media_type}",
            ),
            file=sidecar_path(path),
            place="key media_type",
            remedy=Text("请更正记录", "correct the record"),
        )
    now = text_hash(source.text)
    if record.text_sha256 not in (None, now):
        raise DataError(
            Text(
                "文件未变，但读出的文字与归档时不同（可能是读取库升级所致）",
                "the file is unchanged but reads differently than when it was archived "
                "(a library may have been upgraded)",
            ),
            file=path,
            place=f"text_sha256 {now}",
            remedy=Text(
                "请用 shenwan-data inspect 核对文字；若接受，请把 "
                f"{sidecar_path(path).name} 的 text_sha256 改为上值，"
                "并复核 data/corrections 中的位置",
                "look at it with shenwan-data inspect; to accept it set text_sha256 in "
                f"{sidecar_path(path).name} to that value "
                "and review the offsets in data/corrections",
            ),
        )


def doubtful(file: Path, problems: Sequence[Problem]) -> UsageError:
    """The error for a file that something speaks against, and how to go on."""
    return UsageError(
        Text(
            "；".join(problem.message.zh for problem in problems),
            "; ".join(problem.message.en for problem in problems),
        ),
        file=file,
        remedy=Text(
            "请检查文件、年份和地区；若确实无误，请加 --anyway 理由，理由会记入来源记录",
            "look at the file, the year and the area; if all is right add --anyway REASON, "
            "which is kept in the record",
        ),
    )
