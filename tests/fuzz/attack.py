"""Damaged input: a report is read, with every numeral accounted for, or refused in words.

So is whatever else people, programs and servers of others hand to the project (``answers``).
"""

import io
import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import docx
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfgen.canvas import Canvas

from shenwan_data import scan
from shenwan_data.errors import ShenwanError
from shenwan_data.figures.scan import unaccounted
from shenwan_data.report.source import read_source
from tests.fuzz.answers import Kind, kinds, spoiled
from tests.pipeline.made_up import text_of

WILD = (
    "0123456789０１２３〇零一二三四五六七八九十百千万亿两余多近约超件宗元%％.．,，、。；：:"
    "第（）()〔〕《》“”-—至到年月日 \u3000\n\t\x00ab\u200b\ud7ff\U00020000"
)


@dataclass(slots=True)
class Outcome:
    """What became of the cases; ``failures`` holds seed, kind and error."""

    cases: int = 0
    read: int = 0
    refused: int = 0
    failures: list[tuple[int, str, str]] = field(default_factory=list)


def _word() -> bytes:
    document = docx.Document()
    for line in text_of(2022).splitlines():
        document.add_paragraph(line)
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def _pdf() -> bytes:
    registerFont(UnicodeCIDFont("STSong-Light"))
    held = io.BytesIO()
    canvas = Canvas(held)
    canvas.setFont("STSong-Light", 12)
    for number, line in enumerate(text_of(2022).splitlines()):
        canvas.drawString(50, 780 - 20 * number, line[:40])
    canvas.save()
    return held.getvalue()


def sound() -> dict[str, bytes]:
    """A made-up report in every format."""
    text = text_of(2022)
    body = "".join(f"<p>{line}</p>" for line in text.splitlines())
    page = f"<!doctype html><html><body><article>{body}</article></body></html>"
    return {
        "utf8.txt": text.encode(),
        "gb.txt": text.encode("gb18030"),
        "page.html": page.encode(),
        "word.docx": _word(),
        "file.pdf": _pdf(),
    }


def damaged(content: bytes, source: random.Random) -> bytes:
    """The content with a few bytes flipped, cut out, repeated or put in."""
    held = bytearray(content)
    for _ in range(source.randint(1, 6)):
        at = source.randrange(len(held) + 1)
        length = source.choice([1, 2, 7, 100, 1000])
        match source.randrange(5):
            case 0:
                held[at : at + 1] = bytes([source.randrange(256)])
            case 1:
                del held[at : at + length]
            case 2:
                held[at:at] = held[at : at + length]
            case 3:
                held[at:at] = source.randbytes(length % 64)
            case _:
                del held[at:]
    return bytes(held)


def read(name: str, content: bytes) -> None:
    """Read a file and its figures. Raises ShenwanError where it is refused, else what is wrong."""
    examine(read_source(content, Path(name)).text)


def examine(text: str) -> None:
    """Hold the figures of a text against what must be true of any text."""
    figures = scan(text)
    end = 0
    for figure in figures:
        assert text[figure.start : figure.end] == figure.quote, figure
        assert figure.start >= end, figure
        end = figure.end
    assert not unaccounted(text, figures), unaccounted(text, figures)[:3]


def attack(seconds: float, first: int = 0, reader: Callable[[str, bytes], None] = read) -> Outcome:
    """Try one case after the other until the time is over; each has its own seed."""
    files = sound()
    names = list(files)
    outcome = Outcome()
    until = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder, kinds(Path(folder)) as others:
        seed = first
        while time.monotonic() < until:
            source = random.Random(seed)  # noqa: S311
            name = source.choice([*names, "wild", *others])
            _one(name, seed, source, files, others, reader, outcome)
            seed += 1
    return outcome


def _one(
    name: str,
    seed: int,
    source: random.Random,
    files: dict[str, bytes],
    others: dict[str, Kind],
    reader: Callable[[str, bytes], None],
    outcome: Outcome,
) -> None:
    """Try one case."""
    try:
        if name == "wild":
            examine("".join(source.choices(WILD, k=source.randint(1, 400))))
        elif name in others:
            kind = others[name]
            kind.read(source.choice([damaged, spoiled])(kind.sound, source))
        else:
            reader(name, damaged(files[name], source))
        outcome.read += 1
    except ShenwanError as error:
        assert error.problem.zh and error.problem.en
        outcome.refused += 1
    except Exception as error:  # noqa: BLE001 - any of them is what is looked for
        outcome.failures.append((seed, name, f"{type(error).__name__}: {error}"[:300]))
    outcome.cases += 1
