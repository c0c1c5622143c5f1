"""``python -m tests.fuzz.guided``: atheris looks for the input that breaks a reader or the grammar.

Coverage of the project's own code guides it from sound files to ever stranger ones; the words of the
tables in ``schemas/`` are its dictionary. What breaks is written to ``.fuzz/crash-*`` and ends it.
atheris is no dependency of the project: it installs on Linux only (``pip install atheris``).
"""

import argparse
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["shenwan_data"]):
    from shenwan_data.errors import ShenwanError
    from shenwan_data.figures.hedges import hedges
    from shenwan_data.figures.units import units
    from tests.fuzz.attack import WILD, examine, read, sound

NAMES = sorted(sound())
CORPUS = Path(__file__).resolve().parents[2] / ".fuzz"


def one_input(data: bytes) -> None:
    """The first byte chooses a reader, or the grammar alone; the rest is the file."""
    if not data:
        return
    chosen = data[0] % (len(NAMES) + 1)
    try:
        if chosen == len(NAMES):
            examine(data[1:].decode("utf-8", errors="replace"))
        else:
            read(NAMES[chosen], data[1:])
    except ShenwanError:
        pass


def _dictionary() -> str:
    words = {surface for unit in units().values() for surface in unit.surfaces}
    words |= {*hedges().meaning_after, *WILD}
    lines = []
    for word in sorted(words):
        shown = "".join(f"\\x{byte:02x}" for byte in word.encode("utf-8", errors="surrogatepass"))
        lines.append(f'"{shown}"')
    return "\n".join(lines) + "\n"


def main() -> None:
    """Fuzz for a bounded time. Exit code 0 where nothing broke."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    given = parser.parse_args()
    # Kept between runs: what was found interesting once is where the next run begins.
    seeds, dictionary = CORPUS / "seeds", CORPUS / "words.dict"
    seeds.mkdir(parents=True, exist_ok=True)
    dictionary.write_text(_dictionary(), encoding="utf-8")
    files = sound()
    for number, name in enumerate(NAMES):
        (seeds / name).write_bytes(bytes([number]) + files[name])
    (seeds / "grammar").write_bytes(bytes([len(NAMES)]) + files["utf8.txt"])
    atheris.Setup(
        [
            sys.argv[0],
            f"-max_total_time={given.seconds}",
            f"-dict={dictionary}",
            f"-artifact_prefix={CORPUS}/",
            "-max_len=20000",
            "-timeout=20",
            str(seeds),
        ],
        one_input,
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
