"""The records: a report, its figures, findings and observations, and all that was read from it.

Belongs here: what is handed from one layer to the next and kept between the steps of a build. Does
not belong here: any of the reading itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from shenwan_data.errors import DataError, ShenwanError, Text, printable


@dataclass(frozen=True, slots=True)
class Report:
    """A report and where it came from.

    ``text`` is the archived text that every offset refers to. ``sha256`` is of the file as
    fetched (hex), or of the text where passages are masked; ``text_sha256`` of the text in UTF-8.
    ``published`` is the day the publisher gives, ``url`` the page or file it was fetched from,
    ``publisher`` the site or office; all are None when not recorded.
    ``ranked`` pairs the words that name a ranking with the number of those ranked.
    ``words`` are those of the town's own lexicon, each with the concept it says.
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
    publisher: str | None = None
    ranked: tuple[tuple[str, int], ...] = ()
    words: tuple[tuple[str, str], ...] = ()

    @property
    def id(self) -> str:
        """Identifier of the report in every table, for example ``shenwan-2022``."""
        return f"{self.ref_area}-{self.time_period}"


Number = int | float

DATA_KINDS = ("count", "ratio", "money", "area", "rank", "score", "measure")
OTHER_KINDS = ("date", "list_marker", "name", "document", "formula", "contact")
KINDS = DATA_KINDS + OTHER_KINDS

QUALIFIERS = (
    "exact", "more_than", "nearly", "about", "at_least", "at_most", "range", "vague",
)  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """A numeral as it stands in the text: ``text[start:end] == quote`` (code points).

    ``value`` and ``unit`` are in the base unit (元, 平方米, % on 0-100, else the classifier as
    written without 万/亿); ``raw_value`` and ``raw_unit`` are what is printed. ``lower`` and
    ``upper`` bound the value; None is open. For a kind that is not data, ``value`` to
    ``qualifier`` are None. ``indicators`` are catalogue codes; ``reason`` says, as a code of
    ``schemas/codes.yaml``, why there are none, and is None where there are some. The last six say
    what a data figure states (see ``Statement``); None for a kind that is not data.
    """

    start: int
    end: int
    quote: str
    kind: str
    value: Number | None = None
    unit: str | None = None
    raw_value: Number | None = None
    raw_unit: str | None = None
    lower: Number | None = None
    upper: Number | None = None
    qualifier: str | None = None
    indicators: tuple[str, ...] = ()
    reason: str | None = None
    counted: str | None = None
    act: str | None = None
    topic: str | None = None
    ref_period: str | None = None
    coverage: str | None = None
    nature: str | None = None

    @property
    def is_data(self) -> bool:
        """Whether the numeral states a quantity."""
        return self.kind in DATA_KINDS


@dataclass(frozen=True, slots=True)
class Statement:
    """What a data figure says.

    ``counted`` is the noun phrase of what is counted and ``act`` what was done, in the words of the
    text (empty: none); ``topic`` is services, enforcement, governance, outreach or other;
    ``ref_period`` the time covered (2025, 2025-01/2025-10, 2021/2025); ``coverage`` whole, part, each
    or elsewhere; ``nature`` level, change or target.
    """

    counted: str
    act: str
    topic: str
    ref_period: str
    coverage: str
    nature: str


def figure_id(report_id: str, figure: Figure) -> str:
    """Stable identifier of a figure: the report and where the figure starts in its text."""
    return f"{report_id}-{figure.start}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One disagreement. ``rule`` is a code of ``schemas/findings.yaml``; ``grade`` fail or warn.

    ``reported`` and ``implied`` are the two numbers that disagree, in ``unit``; either may be None
    where the rule compares no numbers. ``figures`` are figure ids, ``indicators`` catalogue codes.
    """

    id: str
    report: str
    rule: str
    grade: str
    figures: tuple[str, ...]
    indicators: tuple[str, ...]
    reported: Number | None
    implied: Number | None
    unit: str | None
    message: Text


OBS_STATUSES = (
    "reported", "mentioned_in_parts", "mentioned_without_number", "not_mentioned", "not_yet_defined",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Observation:
    """One row of a topic table; keyed by (ref_area, time_period, indicator).

    ``obs_status`` is ``reported`` where a figure gives it; all else is a named absence with
    value, bounds, qualifier and figure None. ``quote`` is the figure's, or for
    ``mentioned_in_parts`` and ``mentioned_without_number`` the clause that speaks of it.
    """

    ref_area: str
    time_period: int
    indicator: str
    value: Number | None
    unit: str
    lower: Number | None
    upper: Number | None
    qualifier: str | None
    obs_status: str
    quote: str | None
    figure_id: str | None
    finding_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two or more figures that fit one indicator equally well and give different values."""

    indicator: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Revision:
    """One field of one figure that a correction changed.

    ``old`` and ``new`` are texts (numbers in plain digits, codes joined by a space), None for
    nothing. ``indicators`` are the codes the figure had before or has after. Who decided stays in
    the correction and is not published.
    """

    report: str
    figure_id: str
    quote: str
    indicators: tuple[str, ...]
    when: date
    field: str
    old: str | None
    new: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One report with all that was read from it, corrections applied.

    By the start of a figure, ``candidates`` are the indicators it fits before one figure is chosen
    for each, and ``because`` the words its indicator was recognised by (none where a person
    assigned it), ``earlier`` the indicator whose value of an earlier year (``ref_period``) it gives.
    ``conflicts`` are those that no correction has decided; neither figure is then the
    indicator's value. ``in_parts`` is, by indicator, the first figure that gives a part of a value
    the report does not give as a whole; a figure that a correction drops is never one.
    """

    report: Report
    figures: tuple[Figure, ...]
    findings: tuple[Finding, ...] = ()
    observations: tuple[Observation, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    candidates: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    earlier: Mapping[int, str] = field(default_factory=dict)
    because: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    in_parts: Mapping[str, Figure] = field(default_factory=dict)
    revisions: tuple[Revision, ...] = ()


@dataclass(frozen=True, slots=True)
class Blocked:
    """What keeps a report out of a release, as an error says it.

    ``check`` is the check that the report fails; ``report`` its id, or a year where all reports of
    the year are concerned.
    """

    check: str

    report: str
    problem: Text
    file: str | None
    place: str | None
    remedy: Text

    @classmethod
    def by(cls, check: str, report: str, error: ShenwanError) -> Blocked:
        """The same, from the error that stopped the reading of a report."""
        problem, remedy = (Text(*map(printable, text)) for text in (error.problem, error.remedy))
        file, place = (
            None if word is None else printable(word) for word in (error.file, error.place)
        )
        return cls(check, printable(report), problem, file, place, remedy)

    def error(self) -> DataError:
        """The error again, to be raised or shown."""
        return DataError(self.problem, file=self.file, place=self.place, remedy=self.remedy)
