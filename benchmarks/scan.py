"""How fast reports are read, against a bare scan for digits in the same run.

``python -m benchmarks.scan`` prints Markdown tables; ``--quick`` measures less. Times are processor
time, the best of interleaved rounds in one process: a shared machine only ever makes a run slower.
"""

from __future__ import annotations

import argparse
import importlib
import re
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from shenwan_data import scan
from shenwan_data.figures.scan import find_figures

ROOT = Path(__file__).resolve().parent.parent
BARE = re.compile(r"\d+(\.\d+)?")
MEGABYTE = 1_000_000
Reader = Callable[[str], object]

# Made up, like every text here but the report of the archive.
HOSTILE: Mapping[str, str] = {
    "digits without end": "1234567890",
    "separated digits": "1,234,",
    "digits and points": "1.1.",
    "ideographic commas": "、",
    "opened titles 《": "《",
    "opened quotations “": "“",
    'straight quotes "': '"',
    "一 without end": "一",
    "亿 without end": "亿",
    "第 without end": "第",
    "第一 without end": "第一",
    "nested brackets": "（(〔[",
    "1+1+1": "1+",
    "1-1-1": "1-",
    "1/1/1": "1/",
    "N without end": "N",
    "letters": "a",
    "letters and points": "a.",
    "spaces": " ",
    "spaces and digits": "        1",
    "list markers": "1、",
    "units without numbers": "件",
    "hedges without numbers": "近约超过",
    "numerals and units, no full stop": "共3件近5户约7万元",
    "其中 without end": "其中3件，",
    "headings": "一、要点\n",
    "titles within quotations": "“《",
    "digits and multipliers": "3千5百",
    "thousands parted by spaces": "12 345 ",
    "numbers broken over lines": "案件8\n7宗",
    "classes by name": "一类二类。",
}


def bare(text: str) -> object:
    """The floor: spans of the digits and nothing else."""
    return [match.span() for match in BARE.finditer(text)]


def report() -> str:
    """The archived report, real text."""
    return (ROOT / "data" / "reports" / "2022" / "shenwan.txt").read_text(encoding="utf-8")


def made_up() -> str:
    """The made-up reports of the gold one after the other, without their marks."""
    mark = re.compile(r"⟦([^|⟦⟧]*)\|[^⟦⟧]*⟧")
    paths = sorted((ROOT / "tests" / "golden").rglob("*.gold.txt"))
    return "\n".join(mark.sub(r"\1", path.read_text(encoding="utf-8")) for path in paths)


def varied(text: str, copies: int) -> str:
    """Copies of a text that differ in their numbers, so that no cache knows them beforehand."""

    def shifted(match: re.Match[str], copy: int) -> str:
        digits = match.group()
        return str((int(digits) * 7 + copy * 13) % 10 ** len(digits)).zfill(len(digits))

    return "\n".join(
        re.sub(r"(?<!\d)[1-9]\d{1,5}(?!\d)", lambda m, c=copy: shifted(m, c), text)  # type: ignore[misc]
        for copy in range(copies)
    )


def megabytes(text: str) -> float:
    """Size in UTF-8."""
    return len(text.encode()) / MEGABYTE


def best_of(readers: Mapping[str, Reader], text: str, rounds: int) -> dict[str, float]:
    """Best seconds of each reader over interleaved rounds."""
    best = dict.fromkeys(readers, float("inf"))
    for _ in range(rounds):
        for name, reader in readers.items():
            start = time.process_time()
            reader(text)
            best[name] = min(best[name], time.process_time() - start)
    return best


def peers() -> Iterator[tuple[str, Reader]]:
    """Readers of other packages, where they are installed."""
    for name, make in (
        ("jionlp", _jionlp),
        ("cn2an", _cn2an),
        ("recognizers_number", _recognizers),
    ):
        try:
            importlib.import_module(name)
            yield make()
        except Exception as error:  # noqa: BLE001 - a peer may be absent or fail to import
            print(f"- {name}: not measured ({type(error).__name__}: {str(error)[:80]})")


def _jionlp() -> tuple[str, Reader]:
    jionlp = importlib.import_module("jionlp")
    return "jionlp extract_money", jionlp.extract_money


def _cn2an() -> tuple[str, Reader]:
    cn2an = importlib.import_module("cn2an")
    return "cn2an transform, then digits", lambda text: bare(cn2an.transform(text, "cn2an"))


def _recognizers() -> tuple[str, Reader]:
    module = importlib.import_module("recognizers_number")
    model = module.NumberRecognizer("zh-cn").get_number_model()
    return "Recognizers-Text number model, zh", model.parse


def table(headings: list[str], rows: list[list[str]]) -> None:
    """Print a Markdown table."""
    print("| " + " | ".join(headings) + " |")
    print("|" + " --- |" * len(headings))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def throughput(rounds: int) -> None:
    """Bare scan, figures and full scan on real and made-up text, repeated and varied."""
    readers: dict[str, Reader] = {
        r"bare `\d+(\.\d+)?`": bare,
        "`find_figures`": find_figures,
        "`scan`": scan,
    }
    rows = []
    texts = {
        "real report × 20": report() * 20,
        "real report, 20 copies with other numbers": varied(report(), 20),
        "made-up reports × 3": made_up() * 3,
        "made-up reports, 3 copies with other numbers": varied(made_up(), 3),
    }
    for label, text in texts.items():
        best = best_of(readers, text, rounds)
        floor = next(iter(best.values()))
        rows += [
            [label, name, f"{megabytes(text) / seconds:.1f}", f"{floor / seconds:.3f}"]
            for name, seconds in best.items()
        ]
    print("## Throughput\n")
    table(["text", "reader", "MB/s", "of the bare scan"], rows)


def against_peers() -> None:
    """Other packages, sentence by sentence as they are meant to be used, on one report."""
    print("## Other packages\n")
    sentences = [line for line in report().splitlines() if line.strip()]
    readers: dict[str, Reader] = {"`find_figures`": find_figures, **dict(peers())}
    whole = {name: (lambda _, r=r: [r(line) for line in sentences]) for name, r in readers.items()}  # type: ignore[misc]
    best = best_of(whole, "", 2)
    size, own = megabytes("".join(sentences)), best["`find_figures`"]
    print()
    table(
        ["reader, line by line", "MB/s", "times slower"],
        [[name, f"{size / s:.3f}", f"{s / own:.0f}"] for name, s in best.items()],
    )


def growth(sizes: tuple[float, ...]) -> None:
    """Seconds a megabyte at growing sizes; linear cost keeps it level."""
    rows = []
    base = made_up()
    for name, seed in (("lines of reports", base), ("one line", re.sub(r"\s+", " ", base))):
        for size in sizes:
            text = _sized(seed, size)
            seconds = best_of({"f": find_figures, "s": scan}, text, 1)
            rows.append(
                [name, f"{size:g}", f"{seconds['f'] / size:.2f}", f"{seconds['s'] / size:.2f}"]
            )
    print("## Growth\n")
    table(["text", "MB", "`find_figures`, s/MB", "`scan`, s/MB"], rows)


def hostile(size: float) -> None:
    """Doubling a hostile text at most doubles the time; 4.0 would be quadratic."""
    rows = []
    for name, unit in HOSTILE.items():
        small, large = _sized(unit, size), _sized(unit, 2 * size)
        first, second = (best_of({"s": scan}, text, 2)["s"] for text in (small, large))
        rows.append([name, f"{2 * size / second:.2f}", f"{second / first:.2f}"])
    print(f"## Hostile texts of {2 * size:g} MB\n")
    table(["text", "`scan`, MB/s", "time when doubled"], rows)


def _sized(unit: str, size: float) -> str:
    return unit * max(1, round(size * MEGABYTE / len(unit.encode())))


def main() -> None:
    """Print every table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller texts, fewer rounds")
    quick = parser.parse_args().quick
    scan("共3件")  # compile
    throughput(3 if quick else 9)
    growth((0.1, 1) if quick else (0.1, 1, 10))
    hostile(0.05 if quick else 0.25)
    against_peers()


if __name__ == "__main__":
    main()
