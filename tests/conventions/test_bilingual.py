"""Whatever a person sees exists in Chinese and in English."""

import ast
import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shenwan_data.figures.units import units
from shenwan_data.indicators.catalogue import catalogue
from shenwan_data.release.contents import packages
from shenwan_data.release.schema import code_lists, tables
from shenwan_data.schemas import metadata

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = ROOT / "schemas"
CHINESE = re.compile(r"[㐀-䶿一-鿿]")
LATIN = re.compile(r"[A-Za-z]")
YAML = sorted(path.relative_to(SCHEMAS).as_posix() for path in SCHEMAS.rglob("*.yaml"))
SOURCES = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in ("shenwan_data", "assets")
    for path in (ROOT / folder).rglob("*.py")
)


def lacks(zh: Any, en: Any) -> str | None:
    """What a text in two languages lacks."""
    if not isinstance(zh, str) or not CHINESE.search(zh):
        return f"no Chinese: {zh!r}"
    if not isinstance(en, str) or not LATIN.search(en):
        return f"no English: {en!r}"
    return None


def pairs(node: Any, place: str) -> Iterator[tuple[str, Any, Any]]:
    """Every mapping with one of the languages, wherever in a file.

    But the name of the other language, which is written in that language.
    """
    if isinstance(node, dict):
        if {"zh", "en"} & set(node) and not isinstance(node.get("zh"), dict):
            yield place, node.get("zh"), node.get("en")
        for key, value in node.items():
            if key != "other_language":
                yield from pairs(value, f"{place}.{key}")
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from pairs(value, f"{place}[{number}]")


def found_in(content: Any) -> list[str]:
    return [f"{place}: {said}" for place, zh, en in pairs(content, "") if (said := lacks(zh, en))]


@pytest.mark.parametrize("name", YAML)
def test_every_text_of_the_metadata_is_in_both_languages(name):
    assert found_in(metadata(name)) == []


@pytest.mark.parametrize(
    "content",
    [
        {"title": {"zh": "名称"}},
        {"title": {"en": "Title"}},
        {"title": {"zh": "", "en": "Title"}},
        {"title": {"zh": "Title", "en": "Title"}},
        {"list": [{"title": {"zh": "名称", "en": "名称"}}]},
        {"title": {"zh": "名称", "en": None}},
    ],
)
def test_a_text_that_lacks_a_language_is_found(content):
    assert found_in(content)


def test_every_table_column_code_unit_indicator_and_package_is_named_in_both_languages():
    named = {
        **{f"table {table.name}": table.title for table in tables().values()},
        **{f"table {table.name} (description)": table.description for table in tables().values()},
        **{f"unit {unit.code}": unit.label for unit in units().values()},
        **{f"package {package.name}": package.description for package in packages()},
    }
    for table in tables().values():
        for field in table.fields:
            named[f"column {field.name}"] = field.title
            named[f"column {field.name} (description)"] = field.description
            if field.unit:
                named[f"column {field.name} (unit)"] = field.unit
    for name, codes in code_lists().items():
        for code in codes.values():
            named[f"code {name}.{code.code}"] = code.label
            if code.description:
                named[f"code {name}.{code.code} (description)"] = code.description
    for entry in catalogue().values():
        named[f"indicator {entry.code}"] = entry.label
        named[f"indicator {entry.code} (definition)"] = entry.definition
        if entry.note:
            named[f"indicator {entry.code} (note)"] = entry.note
    assert len(named) > 300
    assert [f"{what}: {said}" for what, text in named.items() if (said := lacks(*text))] == []


@pytest.mark.parametrize("name", sorted(path.name for path in SCHEMAS.glob("*.csv")))
def test_every_pair_of_columns_of_a_register_is_filled(name):
    with (SCHEMAS / name).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for column in (column for column in rows[0] if column.endswith("_zh")):
        for row in rows:
            assert lacks(row[column], row[f"{column[:-3]}_en"]) is None, row


def literal(node: ast.expr) -> str | None:
    """What stands in a text as written, without what is put in at run time; None if it is all that."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(literal(part) or "" for part in node.values)
    if isinstance(node, ast.BinOp):
        sides = literal(node.left), literal(node.right)
        return None if None in sides else "".join(filter(None, sides))
    return None


def spoken(source: str) -> list[str]:
    """What is wrong with the texts and the errors of a module."""
    wrong = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name == "Text" and len(node.args) == 2:
            zh, en = map(literal, node.args)
            # A text that is put together at run time may have nothing written in it, but not the
            # other language alone; nothing at all is said in any language.
            if zh is None or en is None or not (zh.strip() or en.strip()):
                continue
            made = [isinstance(side, ast.JoinedStr) for side in node.args]
            bare = [not CHINESE.search(zh), not LATIN.search(en)]
            foreign = [bool(LATIN.search(zh)), bool(CHINESE.search(en))]
            if any(b and (f or not m) for b, f, m in zip(bare, foreign, made, strict=True)):
                wrong.append(f"line {node.lineno}: {lacks(zh, en)}")
        if name in ("DataError", "UsageError"):
            given = {keyword.arg: keyword.value for keyword in node.keywords}
            texts = [*node.args[:1], *([given["problem"]] if "problem" in given else [])]
            if "remedy" not in given or len(texts) != 1:
                wrong.append(f"line {node.lineno}: {name} lacks its problem or its remedy")
            for text in (*texts, given.get("remedy")):
                blank = isinstance(text, ast.Call) and all(
                    isinstance(side, ast.Constant) and not side.value for side in text.args
                )
                if blank:
                    wrong.append(f"line {node.lineno}: {name} says nothing")
                if isinstance(text, ast.Constant | ast.JoinedStr | ast.Tuple):
                    wrong.append(f"line {node.lineno}: {name} is given a text in one language")
    return wrong


@pytest.mark.parametrize("name", SOURCES)
def test_every_message_of_a_module_is_in_both_languages(name):
    assert spoken((ROOT / name).read_text(encoding="utf-8")) == []


def test_messages_are_looked_at():
    texts = sum((ROOT / name).read_text(encoding="utf-8").count("Text(") for name in SOURCES)
    assert texts > 200


@pytest.mark.parametrize(
    "source",
    [
        'Text("", "English")',
        'Text("English", "English")',
        'Text("中文", "")',
        'Text("中文", "中文")',
        'Text(f"{x} only English", f"{x} English")',
        'DataError(Text("坏", "bad"), file=f)',
        'DataError(Text("", ""), remedy=Text("好", "good"))',
        'UsageError("bad", remedy=Text("好", "good"))',
        'DataError(Text("坏", "bad"), remedy=f"{x}")',
    ],
)
def test_a_message_that_lacks_a_language_is_found(source):
    assert spoken(source)
