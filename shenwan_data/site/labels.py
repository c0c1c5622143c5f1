"""Labels of the keys of a release in one language.

Belongs here: labels of codes, units, indicators, areas and topics, values formatted for people. Does
not belong here: interface texts (``words``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from markupsafe import Markup

from shenwan_data.schemas import metadata, while_unchanged
from shenwan_data.site.charts import Point, mini, top_of
from shenwan_data.site.view import Published, Row
from shenwan_data.site.words import interval, number


@while_unchanged("findings.yaml")
def _rule_titles() -> Mapping[str, Mapping[str, str]]:
    return {entry["code"]: entry["title"] for entry in metadata("findings.yaml")}


@dataclass(frozen=True)
class Labels:
    """The labels of one release in one language."""

    published: Published
    language: str
    open_end: str

    def of(self, row: Row, name: str) -> str:
        """The text of a column pair (``_zh``, ``_en``) in this language."""
        return str(row.get(f"{name}_{self.language}") or row.get(f"{name}_zh") or "")

    def code(self, code_list: str, code: str | None) -> str:
        """The label of a code; the code itself where the release does not list it."""
        row = self.published.codes.get((code_list, code or ""))
        return self.of(row, "label") if row else (code or "")

    def unit(self, unit: str | None) -> str:
        """The name of a unit beside a number, without the brackets of its label."""
        row = self.published.units.get(unit or "")
        if unit is None or unit == "%" or row is None or self.language == "zh":
            return unit or ""
        return self.of(row, "label").partition(" (")[0]

    def quantity(self, value: Decimal | None, unit: str | None) -> str:
        """A number with its unit."""
        if value is None:
            return ""
        return number(value) + (unit if unit == "%" else f" {self.unit(unit)}")

    def interval(self, row: Row) -> str:
        """The interval of an observation or a figure."""
        return interval(row["lower"], row["upper"], self.open_end)

    def stated(self, row: Row) -> str:
        """The value or, where there is none, the interval."""
        return number(row["value"]) if row["value"] is not None else self.interval(row)

    def bounded(self, row: Row) -> str:
        """A number in short form: itself if exact, its bounds if hedged."""
        lower, upper = row["lower"], row["upper"]
        if lower is None and upper is None:
            return number(row["value"])
        if upper is None:
            return f"≥ {number(lower)}"
        if lower is None:
            return f"≤ {number(upper)}"
        return number(lower) if lower == upper else f"{number(lower)}–{number(upper)}"

    def spoken(self, row: Row) -> str:
        """An observation in words, for screen readers and tooltips."""
        if row["obs_status"] != "reported":
            return self.code("obs_status", row["obs_status"])
        parts = [f"{self.stated(row)} {self.unit(row['unit'])}"]
        if row["qualifier"] and row["qualifier"] != "exact":
            parts += [self.code("qualifiers", row["qualifier"]), self.interval(row)]
        return ", ".join(parts) if self.language == "en" else "，".join(parts)

    def indicator(self, code: str) -> str:
        """The name of an indicator."""
        row = self.published.indicators.get(code)
        return self.of(row, "label") if row else code

    def with_unit(self, indicator: Row) -> str:
        """The name of an indicator with its unit, for a chart."""
        label, unit = self.of(indicator, "label"), self.unit(indicator["unit"])
        return f"{label} ({unit})" if self.language == "en" else f"{label}（{unit}）"

    def rule(self, rule: str) -> str:
        """The title of a finding rule; its code where the rule no longer exists."""
        return _rule_titles().get(rule, {}).get(self.language, rule)

    def area(self, area: str) -> str:
        """The name of an area."""
        row = self.published.areas.get(area)
        return self.of(row, "name") if row else area


def point(row: Row, said: str = "") -> Point:
    """An observation as a point of a chart."""
    return Point(
        year=row["time_period"],
        value=row["value"],
        lower=row["lower"],
        upper=row["upper"],
        reported=row["obs_status"] == "reported",
        said=said,
    )


def direction(now: Row, before: Row | None, *, rank: bool = False) -> str:
    """Whether a number is ``up``, ``down`` or the ``same``; a rank has ``risen`` or ``fallen``.

    A rank rises when its number falls. ``unclear`` where the two intervals meet, ``first_year``
    where there is nothing to compare with.
    """
    moved = _moved(now, before)
    return {"up": "fallen", "down": "risen"}.get(moved, moved) if rank else moved


def _moved(now: Row, before: Row | None) -> str:
    if before is None or {now["obs_status"], before["obs_status"]} != {"reported"}:
        return "first_year"
    if now["lower"] is not None and before["upper"] is not None and now["lower"] > before["upper"]:
        return "up"
    if now["upper"] is not None and before["lower"] is not None and now["upper"] < before["lower"]:
        return "down"
    exact = now["lower"] == now["upper"] == before["lower"] == before["upper"]
    return "same" if exact and now["lower"] is not None else "unclear"


@dataclass(frozen=True)
class Comparison:
    """One topic of all areas."""

    published: Published
    labels: Labels
    topic: str

    @cached_property
    def latest(self) -> Mapping[str, Mapping[str, Row]]:
        """By area, the rows of its latest year by indicator."""
        found: dict[str, dict[str, Row]] = {}
        for area in self.published.reporting_areas:
            rows = self.published.rows_of.get((self.topic, area), [])
            year = max((row["time_period"] for row in rows), default=None)
            found[area] = {row["indicator"]: row for row in rows if row["time_period"] == year}
        return found

    @property
    def codes(self) -> Sequence[str]:
        """The indicators, those that some area gives first; each part in catalogue order."""
        codes = [c for c, row in self.published.indicators.items() if row["topic"] == self.topic]
        return sorted(codes, key=lambda code: not self._points(code))

    def year(self, area: str) -> int | None:
        """The latest year of an area."""
        return next((row["time_period"] for row in self.latest[area].values()), None)

    def _points(self, code: str) -> list[Point]:
        rows = (found[code] for found in self.latest.values() if code in found)
        return [point(row) for row in rows if row["obs_status"] == "reported"]

    def bars(self, code: str) -> Mapping[str, Markup]:
        """By area, the number as a bar on one scale for all areas; none for ranks."""
        indicator = self.published.indicators[code]
        points = self._points(code)
        if indicator["measure_type"] == "rank" or not points:
            return {}
        top = 100.0 if indicator["unit"] == "%" else top_of(points)
        return {
            area: mini(point(found[code]), top)
            for area, found in self.latest.items()
            if code in found and found[code]["obs_status"] == "reported"
        }
