"""One document of one publisher for one year.

Belongs here: the record. Does not belong here: how files are read (``source``), where they are kept
(``archive``) or how the text is divided (``structure``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Report:
    """A report and where it came from.

    ``text`` is the archived text that every offset refers to. ``sha256`` is of the file as
    fetched (hex), ``text_sha256`` of the text in UTF-8. ``published`` is the day the publisher
    gives, ``url`` the page or file it was fetched from; both are None when not recorded.
    """

    ref_area: str
    time_period: int
    title: str
    text: str
    path: Path
    media_type: str
    sha256: str
    text_sha256: str
    url: str | None = None
    published: date | None = None
    retrieved: date | None = None

    @property
    def id(self) -> str:
        """Identifier of the report in every table, for example ``shenwan-2022``."""
        return f"{self.ref_area}-{self.time_period}"
