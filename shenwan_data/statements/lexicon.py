"""The words of the genre, from ``schemas/lexicon/*.yaml``, and where they stand in a text.

Belongs here: reading the lexicon and finding its words, the longest first. Does not belong here: what
the words of a clause say together (``counted``, ``period``, ``coverage``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, NamedTuple

from shenwan_data.errors import DataError, Text
from shenwan_data.schemas import read_yaml, schemas_dir, while_unchanged

# The classes of words: what is counted (thing; doing: a noun that is a verb as well; person; body),
# what is done (act), what narrows (plain, field), whose and what whole (own, above, each, part, total,
# time), by how much (change), and what only binds (filler, prep). `unknown` and `date` are stretches
# that are no word of the lexicon.
NOUNS = frozenset(("thing", "doing", "person", "body"))
MODIFIERS = frozenset(("plain", "field"))
GENERAL = "general"
# Words that may stand between a noun or verb and its number (共, 达, 全年, 全镇).
TRAILING = frozenset(("filler", "total", "own", "above", "each", "part", "date", "time", "change"))


class Word(NamedTuple):
    """What the lexicon says of a word; ``domain`` is that of its noun, empty for other words."""

    kind: str
    concept: str
    domain: str


class Token(NamedTuple):
    """A word where it stands: code points, the end exclusive."""

    start: int
    end: int
    kind: str
    concept: str
    domain: str


class Start(NamedTuple):
    """Two characters that a word begins with.

    ``longer`` gives, by the third character, the lengths of the longer words, the longest first; ``word``
    is the one that stands there where none of them does, ``length`` how far to go on then.
    """

    longer: Mapping[str, tuple[int, ...]]
    word: Word | None
    length: int


@dataclass(frozen=True)
class Lexicon:
    """All words. ``topics`` are those of the domains, `-` where the words around decide.

    ``starts`` holds the first two characters of every longer word; ``singles`` are the words of one.
    """

    words: Mapping[str, Word]
    starts: Mapping[str, Start]
    singles: Mapping[str, Word]
    topics: Mapping[str, str]

    def tokens(self, text: str, start: int, end: int, *, unknown: bool = False) -> list[Token]:
        """The words in a stretch of a text, from left to right, the longest at each place.

        With ``unknown`` the stretches of letters between them as well.
        """
        found: list[Token] = []
        # Called for every stretch of a text: names looked up once, records made without their class's call.
        starts, single, words = self.starts.get, self.singles.get, self.words.get
        add, new = found.append, tuple.__new__
        position = last = start
        while position < end:
            begun = starts(text[position : position + 2])
            if begun is None or position + 2 > end:
                word, stop = single(text[position]), position + 1
            else:
                longer, word, length = begun
                stop = position + length
                for more in longer.get(text[position + 2 : position + 3], ()):
                    reach = position + more
                    if reach <= end and (its := words(text[position:reach])) is not None:
                        word, stop = its, reach
                        break
            if word is not None:
                if unknown and position > last:
                    _add_unknown(found, text, last, position)
                add(new(Token, (position, stop, *word)))
                last = stop
            position = stop
        if unknown and position > last:
            _add_unknown(found, text, last, end)
        return found


def _add_unknown(found: list[Token], text: str, start: int, end: int) -> None:
    if text[start:end].isalpha():
        found.append(Token(start, end, "unknown", "", ""))
    elif end - start > 1:
        words = _WORDY.finditer(text, start, end)
        found.extend(Token(*match.span(), "unknown", "", "") for match in words)


_WORDY = re.compile(r"[A-Za-z一-鿿]+")


Own = tuple[tuple[str, str], ...]
_own: ContextVar[Own] = ContextVar("own", default=())
_with_own: dict[Own, tuple[Lexicon, Lexicon]] = {}


def lexicon() -> Lexicon:
    """The lexicon of ``schemas/lexicon``, with the words of the town that is ``spoken`` here.

    Raises DataError as ``_shared`` does, and for a word of the town that does not hold.
    """
    shared, own = _shared(), _own.get()
    if not own:
        return shared
    kept = _with_own.get(own)
    if kept is None or kept[0] is not shared:
        _with_own.clear()
        kept = _with_own[own] = shared, _extended(shared, own)
    return kept[1]


@contextmanager
def spoken(own: Own) -> Iterator[None]:
    """Read with words of a town's own: each with the concept that it says as well."""
    before = _own.set(own)
    try:
        yield
    finally:
        _own.reset(before)


def _extended(shared: Lexicon, own: Own) -> Lexicon:
    by_concept: dict[str, Word] = {}
    for word in shared.words.values():
        by_concept.setdefault(word.concept, word)
    words = dict(shared.words)
    for surface, concept in own:
        if concept not in by_concept:
            raise _unfit(
                surface,
                Text(f"词表中没有概念 {concept}", f"the lexicon has no concept {concept}"),
            )
        known = words.get(surface)
        if known is not None and known.concept != concept:
            raise _unfit(
                surface,
                Text(
                    f"“{surface}”在词表中已是 {known.concept}",
                    f"{surface!r} is in the lexicon as {known.concept}",
                ),
            )
        words[surface] = by_concept[concept]
    return _made(words, shared.topics)


def _unfit(surface: str, problem: Text) -> DataError:
    return DataError(
        problem,
        file="lexicon.yaml",
        place=surface,
        remedy=Text(
            "请在本镇的 lexicon.yaml 中删除或改正这一条",
            "remove or correct this entry of the town's lexicon.yaml",
        ),
    )


@while_unchanged("lexicon")
def _shared() -> Lexicon:
    """The lexicon of ``schemas/lexicon``.

    Raises DataError naming file and word for a word that is given twice.
    """
    words: dict[str, Word] = {}
    topics: dict[str, str] = {}
    for name, surface, word, topic in _entries():
        if surface in words:
            raise DataError(
                Text(
                    f"词语“{surface}”出现两次：{words[surface].concept} 与 {word.concept}",
                    f"the word {surface!r} is given twice: {words[surface].concept}, {word.concept}",
                ),
                file=schemas_dir() / "lexicon" / name,
                place=surface,
                remedy=Text("每个词语只保留一处", "keep each word in one place only"),
            )
        words[surface] = word
        if topic:
            topics[word.domain] = topic
    return _made(words, topics)


def _made(words: Mapping[str, Word], topics: Mapping[str, str]) -> Lexicon:
    singles = {surface: word for surface, word in words.items() if len(surface) == 1}
    lengths: dict[str, dict[str, set[int]]] = {}
    for surface in words:
        if len(surface) > 1:
            longer = lengths.setdefault(surface[:2], {})
            if len(surface) > 2:
                longer.setdefault(surface[2], set()).add(len(surface))
    starts = {
        start: Start(
            {third: tuple(sorted(its, reverse=True)) for third, its in longer.items()},
            words.get(start) or singles.get(start[0]),
            2 if start in words else 1,
        )
        for start, longer in lengths.items()
    }
    return Lexicon(words, starts, singles, topics)


def _entries() -> Iterator[tuple[str, str, Word, str]]:
    """File, surface, word and topic of every entry."""
    folder = schemas_dir() / "lexicon"
    groups = {"things": "thing", "doings": "doing", "persons": "person", "bodies": "body"}
    for domain, entry in _read(folder / "things.yaml").items():
        for group, kind in groups.items():
            for concept, surfaces in (entry.get(group) or {}).items():
                for surface in surfaces:
                    yield "things.yaml", str(surface), Word(kind, concept, domain), entry["topic"]
    for concept, entry in _read(folder / "acts.yaml").items():
        domain = entry["domain"] if isinstance(entry, dict) else ""
        for surface in entry["words"] if isinstance(entry, dict) else entry:
            yield "acts.yaml", str(surface), Word("act", concept, domain), ""
    for kind, concepts in _read(folder / "modifiers.yaml").items():
        for concept, surfaces in concepts.items():
            for surface in surfaces:
                yield "modifiers.yaml", str(surface), Word(kind, concept, ""), ""
    for kind, surfaces in _read(folder / "scopes.yaml").items():
        for surface in surfaces:
            yield "scopes.yaml", str(surface), Word(kind, kind, ""), ""


def _read(path: Any) -> dict[str, Any]:
    content = read_yaml(path)
    if not isinstance(content, dict):
        raise DataError(
            Text("词表应为键值对", "a lexicon file must be a mapping"),
            file=path,
            remedy=Text("请参照文件开头的说明", "see the notes at the top of the file"),
        )
    return content
