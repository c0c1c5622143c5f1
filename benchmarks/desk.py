"""How long a click at the publisher's desk takes on a report of some 400 figures.

``python -m benchmarks.desk`` prints a table: processor time of showing a figure, of confirming and of
correcting one, as a ratio to reading the same report once as ``inspect`` does.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from shenwan_data.cli.inspection import inspect_file
from shenwan_data.report.archive import add_report
from shenwan_data.review.checklist import checklist
from shenwan_data.review.decisions import Decision, decide
from shenwan_data.review.desk import Desk
from shenwan_data.review.pages import Page, panel
from tests.unit.review.made_up_review import TEXT, data_folder

ROUNDS, COPIES = 5, 5


def long_text() -> str:
    """The made-up report several times over, each time with other numbers."""
    title, *lines = TEXT.strip().splitlines()
    body = "\n".join(lines)
    copies = [
        re.sub(
            r"(?<![0-9.])[1-9][0-9]{1,4}(?=[件宗个家人次份场名])",
            lambda m, n=n: str(int(m[0]) + n),
            body,
        )
        for n in range(COPIES)
    ]
    return "\n".join([title, *copies]) + "\n"


def best(work: Callable[[], object]) -> float:
    """Milliseconds of processor time of the best of some rounds."""
    found = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        found.append(1000 * (time.process_time() - start))
    return min(found)


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        data = data_folder(Path(folder) / "data", archived=False)
        new = Path(folder) / "long.txt"
        new.write_text(long_text(), encoding="utf-8")
        report = add_report(new, year=2023, area="shenwan", data_dir=data, anyway="made up")
        desk, page = Desk(data), Page("zh", "/t/zh", "c", "x")
        figures = [f for f in desk.case(2023, "shenwan").reading.figures if f.is_data]
        turn = iter(range(10_000))

        def click() -> object:
            case = desk.case(2023, "shenwan")
            return panel(page, case, checklist(case), f"f-{figures[next(turn)].start}")

        def decided(action: str) -> object:
            figure = figures[next(turn)]
            return decide(
                desk.case(2023, "shenwan"),
                Decision(figure.start, action, "x", date(2024, 1, 1), "made up"),
            )

        rows = {
            "inspect": best(lambda: inspect_file(report.path)),
            "show a figure": best(click),
            "confirm": best(lambda: decided("confirm")),
            "correct": best(lambda: decided("none")),
        }
    print(f"{len(figures)} data figures\n\n| step | ms | of inspect |\n| --- | ---: | ---: |")
    for name, taken in rows.items():
        print(f"| {name} | {taken:.0f} | {taken / rows['inspect']:.2f} |")


if __name__ == "__main__":
    main()
