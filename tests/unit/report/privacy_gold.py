"""The made-up sentences of ``tests/golden/privacy``, and how well the rules do on them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from shenwan_data.report.privacy import PersonalData, find_personal_data

GOLD = Path(__file__).resolve().parents[2] / "golden" / "privacy"
NAMES = {"name", "masked_name"}


@dataclass(frozen=True)
class Sentence:
    """A sentence with the passages (start, end) that identify a person; ``rule`` of the file."""

    text: str
    passages: tuple[tuple[int, int], ...]
    rule: str = "name"


@dataclass(frozen=True)
class Score:
    """How many passages there are, how many were wholly found, and what else was."""

    sentences: int
    passages: int
    found: int
    right: int
    wrong: tuple[str, ...]
    missed: tuple[str, ...]

    @property
    def precision(self) -> float:
        return self.right / (self.right + len(self.wrong))

    @property
    def recall(self) -> float:
        return self.found / self.passages


def read_gold(name: str) -> list[Sentence]:
    lines = (GOLD / name).read_text("utf-8").splitlines()
    return [_sentence(line) for line in lines if line and not line.startswith("#")]


def _sentence(line: str) -> Sentence:
    rule, _, marked = line.rpartition("\t")
    text, passages, start = "", [], 0
    for sign in marked:
        if sign == "⟦":
            start = len(text)
        elif sign == "⟧":
            passages.append((start, len(text)))
        else:
            text += sign
    return Sentence(text, tuple(passages), rule or "name")


def measure(sentences: list[Sentence], *, names: bool) -> Score:
    """Score of the rules for names, or of those for numbers and addresses.

    A passage is found when one found passage covers all of it, for what is left can be read; a
    found passage is right when it holds such a passage and at most two signs more.
    """
    found = right = 0
    wrong: list[str] = []
    missed: list[str] = []
    for sentence in sentences:
        places = [
            place for place in find_personal_data(sentence.text) if (place.rule in NAMES) == names
        ]
        for start, end in sentence.passages:
            if any(place.start <= start and end <= place.end for place in places):
                found += 1
            else:
                missed.append(f"{sentence.text[start:end]} | {sentence.text}")
        for place in places:
            if _is_right(place, sentence):
                right += 1
            else:
                said = f"{place.rule} {sentence.text[place.start : place.end]} | {sentence.text}"
                wrong.append(said)
    passages = sum(len(sentence.passages) for sentence in sentences)
    return Score(len(sentences), passages, found, right, tuple(wrong), tuple(missed))


def _is_right(place: PersonalData, sentence: Sentence) -> bool:
    return any(
        place.start <= start and end <= place.end and place.end - place.start - (end - start) <= 2
        for start, end in sentence.passages
    )
