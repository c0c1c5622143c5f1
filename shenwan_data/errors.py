"""The ways an action can fail, and the one form in which every failure is shown.

Belongs here: exceptions that reach the person at the keyboard. Does not belong here: findings
(a report that disagrees with itself is published with a finding, it is not an error).
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

# What a terminal takes for a command, a right-to-left sign, a byte of a name in another encoding.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    """A text as it can be printed anywhere: signs that are no text as their codes (\\x1b)."""
    return _UNSEEN.sub(lambda found: found.group().encode("unicode_escape").decode(), text)


class Text(NamedTuple):
    """One sentence in the two languages of the project."""

    zh: str
    en: str


class ShenwanError(Exception):
    """Base of the errors that are shown to a person without a traceback.

    ``problem`` says what is wrong, ``file`` and ``place`` where, ``remedy`` the way out.
    """

    exit_code = 1

    def __init__(
        self,
        problem: Text,
        *,
        file: Path | str | None = None,
        place: str | None = None,
        remedy: Text,
    ) -> None:
        self.problem = problem
        self.file = str(file) if file is not None else None
        self.place = place
        self.remedy = remedy
        super().__init__(self.render())

    @property
    def where(self) -> str:
        """File and place in front of a message, empty where there are none."""
        where = ", ".join(part for part in (self.file, self.place) if part)
        return f"{where}: ".replace("\n", "\\n") if where else ""

    def render(self) -> str:
        """Where and what in English, the same in Chinese, and the way out in both."""
        return printable(
            f"{self.where}{self.problem.en}\n  {self.problem.zh}\n"
            f"  -> {self.remedy.en}\n     {self.remedy.zh}"
        )


class DataError(ShenwanError):
    """The data is wrong: a report, a correction, the metadata or a release. Exit code 1."""


class UsageError(ShenwanError):
    """The command was used wrongly: an unknown area, a missing file. Exit code 2."""

    exit_code = 2


class MachineError(ShenwanError):
    """Neither: the disk is full, a database is away. The same may succeed later. Exit code 3."""

    exit_code = 3


class ProgramError(ShenwanError):
    """A mistake in the program. Exit code 3."""

    exit_code = 3


def cannot_write(
    error: OSError, path: Path | str | None = None, what: Text | None = None
) -> MachineError:
    """The error for a file that the system refuses: a full disk, no permission.

    ``path`` is the file, where the error does not name it or names another; ``what`` is what could
    not be written (the release).
    """
    # Libraries put a sentence of their own where the system's word for it belongs.
    reason = os.strerror(error.errno) if error.errno else str(error)
    problem = (
        Text(f"系统拒绝读写：{reason}", f"the system refused to read or write it: {reason}")
        if what is None
        else Text(f"无法写入{what.zh}：{reason}", f"{what.en} cannot be written: {reason}")
    )
    return MachineError(
        problem,
        # Of a copy that failed, the second name is the file that could not be written.
        file=path or error.filename2 or error.filename,
        remedy=Text(
            "请检查磁盘空间和权限后重试；原有内容不变",
            "check free space and permissions and try again; what was there before is unchanged",
        ),
    )


def unexpected(error: BaseException, details: Path | str | None = None) -> ProgramError:
    """The message for an exception that nobody foresaw; ``details`` is the file with its traceback."""
    kept = f" ({details})" if details else ""
    said = " ".join(f"{type(error).__name__}: {error}".split())
    return ProgramError(
        Text(f"程序意外出错：{said}", f"the program failed unexpectedly: {said}"),
        remedy=Text(
            f"原有发布不变；请将此信息{'和详情文件' if details else ''}告知维护者{kept}",
            f"the previous release is unchanged; report this to the maintainers"
            f"{' with the details' if details else ''}{kept}",
        ),
    )
