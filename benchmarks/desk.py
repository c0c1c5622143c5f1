"""How long a click at the publisher's desk takes on a report of some 400 figures.

``python -m benchmarks.desk`` prints a table: processor time of the answer to a click, from the request to
the page, as a ratio to reading the same report once as ``inspect`` does. The aim is 200 ms.
"""

from __future__ import annotations

import re
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from shenwan_data.cli.inspection import inspect_file
from shenwan_data.report.archive import add_report
from shenwan_data.review.application import application
from shenwan_data.review.desk import Desk
from shenwan_data.review.guard import Secrets
from shenwan_data.review.jobs import Jobs
from tests.unit.review.made_up_review import TEXT, data_folder

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

ROUNDS, COPIES = 5, 5
HOST = "http://127.0.0.1:8123"
REPORT = "/tok/zh/report/2023/shenwan"


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
        desk = Desk(data)
        client = TestClient(application(desk, Secrets("tok", "c"), Jobs(data)), base_url=HOST)
        figures = [f for f in desk.case(2023, "shenwan").reading.figures if f.is_data]
        turn = iter(range(10_000))

        def show() -> None:
            client.get(f"{REPORT}/item/f-{figures[next(turn)].start}").raise_for_status()

        def decide(action: str) -> None:
            start = figures[next(turn)].start
            fields = {"csrf": "c", "key": f"f-{start}", "start": str(start), "action": action}
            fields |= {"who": "x", "why": "made up"}
            answer = client.post(f"{REPORT}/decide", data=fields, headers={"origin": HOST})
            answer.raise_for_status()

        rows = {
            "inspect": best(lambda: inspect_file(report.path)),
            "show a figure": best(show),
            "confirm, and the next page": best(lambda: decide("confirm")),
            "correct, and the next page": best(lambda: decide("none")),
        }
    print(f"{len(figures)} data figures\n\n| step | ms | of inspect |\n| --- | ---: | ---: |")
    for name, taken in rows.items():
        print(f"| {name} | {taken:.0f} | {taken / rows['inspect']:.2f} |")


if __name__ == "__main__":
    main()
