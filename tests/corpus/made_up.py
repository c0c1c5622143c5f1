"""Made-up corpora for the tests."""

from pathlib import Path

from tests.pipeline.made_up import text_of

YEARS = range(2015, 2023)


def texts(counties: int, towns: int) -> dict[tuple[str, int], str]:
    """A made-up report for every town of every county and every year."""
    return {
        (f"c{county}t{town:02d}", year): text_of(year, cases=county * 100 + town + 7)
        for county in range(counties)
        for town in range(towns)
        for year in YEARS
    }


def write_folder(folder: Path, corpus: dict[tuple[str, int], str]) -> Path:
    """The corpus as <year>/<area>.txt."""
    for (area, year), text in corpus.items():
        path = folder / str(year) / f"{area}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def files(folder: Path) -> dict[str, bytes]:
    """Every file of an output by its name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }
