"""Labels of the keys of a release in one language.

Belongs here: labels of codes, units, indicators, areas and topics, values formatted for people. Does
not belong here: interface texts (``words``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from shenwan_data.schemas import metadata, while_unchanged
from shenwan_data.site.charts import Point
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
    place: str

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

    def is_rank(self, row: Row) -> bool:
        """Whether an observation, or an indicator, is a place in an order."""
        indicator = self.published.indicators.get(row["indicator"])
        return indicator is not None and indicator["measure_type"] == "rank"

    def unit_of(self, row: Row) -> str:
        """The name of the unit of an observation or indicator; a place in an order has none."""
        if self.is_rank(row):
            return self.code("measure_type", "rank")
        indicator = self.published.indicators.get(row["indicator"])
        if self.language == "en" and row["unit"] != "%" and indicator is not None:
            return str(indicator["unit_en"])
        return self.unit(row["unit"])

    def is_doubtful(self, row: Row) -> bool:
        """Whether a number is probably wrong; a remark on its wording is no doubt."""
        return any(one["grade"] != "note" for one in self.published.doubts(row))

    def point(self, row: Row, said: str = "") -> Point:
        """An observation as a point of a chart; ``said`` is what it says to a pointer."""
        return Point(
            year=row["time_period"],
            value=row["value"],
            lower=row["lower"],
            upper=row["upper"],
            reported=row["obs_status"] == "reported",
            said=said,
            doubtful=self.is_doubtful(row),
        )

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

    def counted(self, row: Row) -> str:
        """The number of an observation with its unit; a rank as one says it."""
        if self.is_rank(row):
            return self.place.format(n=self.stated(row))
        return f"{self.stated(row)}{'' if row['unit'] == '%' else ' '}{self.unit_of(row)}"

    def spoken(self, row: Row) -> str:
        """An observation in words, for screen readers and tooltips."""
        if row["obs_status"] != "reported":
            return self.code("obs_status", row["obs_status"])
        parts = [self.counted(row)]
        if row["qualifier"] and row["qualifier"] != "exact":
            parts += [self.code("qualifiers", row["qualifier"]), self.interval(row)]
        return ", ".join(parts) if self.language == "en" else "，".join(parts)

    def indicator(self, code: str) -> str:
        """The name of an indicator."""
        row = self.published.indicators.get(code)
        return self.of(row, "label") if row else code

    def with_unit(self, indicator: Row) -> str:
        """The name of an indicator with its unit, for a chart."""
        label, unit = self.of(indicator, "label"), self.unit_of(indicator)
        return f"{label} ({unit})" if self.language == "en" else f"{label}（{unit}）"

    def colon(self, before: str, after: str) -> str:
        """Two texts with the colon of the language between them."""
        return f"{before}：{after}" if self.language == "zh" else f"{before}: {after}"

    def rule(self, rule: str) -> str:
        """The title of a finding rule; its code where the rule no longer exists."""
        return _rule_titles().get(rule, {}).get(self.language, rule)

    def area(self, area: str) -> str:
        """The name of an area."""
        row = self.published.areas.get(area)
        return self.of(row, "name") if row else area


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
