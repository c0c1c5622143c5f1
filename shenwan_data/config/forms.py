"""The base of every model of what people edit, and the one translator of pydantic's errors.

Belongs here: strictness, shared types of values, and an error in both languages that names file,
line and key. Does not belong here: any one file's form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Strict,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from shenwan_data.config.textfile import Document, empty_file, wide_sign
from shenwan_data.errors import DataError, Text, UsageError

T = TypeVar("T")


class Refused(ValueError):  # noqa: N818 - raised through pydantic, seen by nobody
    """What a validator says of a value; ``key`` is the key of the mapping that is wrong."""

    def __init__(self, problem: Text, remedy: Text | None = None, key: str | None = None) -> None:
        super().__init__(problem.en)
        self.problem, self.remedy, self.key = problem, remedy, key


class Model(BaseModel):
    """What people edit: no unknown key, no value of another kind, no change once read."""

    model_config = ConfigDict(
        defer_build=True, strict=True, extra="forbid", frozen=True, arbitrary_types_allowed=True
    )

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, value: Any) -> Any:
        known = [field.alias or name for name, field in cls.model_fields.items()]
        extra = [str(key) for key in value if key not in known] if isinstance(value, dict) else []
        if extra:
            names, hint = ", ".join(extra), near(extra[0], known)
            raise Refused(
                Text(f"未知的键 {names}{hint.zh}", f"unknown key {names}{hint.en}"),
                Text(f"可用的键：{'、'.join(known)}", f"the keys are {', '.join(known)}"),
                key=extra[0],
            )
        return value


def refused(problem: Text, remedy: Text | None = None) -> Refused:
    """The error of a validator, with its text in both languages."""
    return Refused(problem, remedy)


def near(value: object, known: Iterable[str]) -> Text:
    """A hint at the known word that is nearest to a misspelt one; empty where none is near."""
    found = get_close_matches(str(value), list(known), n=1, cutoff=0.6)
    if not found:
        return Text("", "")
    return Text(f"，是否应为“{found[0]}”？", f"; did you mean {found[0]!r}?")


def unknown(what: Text, value: object, known: Iterable[str]) -> Refused:
    """The error for a code that is not in its list."""
    hint = near(value, known)
    return refused(
        Text(f"{what.zh}“{value}”不存在{hint.zh}", f"unknown {what.en} {value!r}{hint.en}")
    )


def known_as(key: str, what: Text) -> AfterValidator:
    """A check that a code is in the collection of this name in the context of the validation."""

    def check(value: str, info: ValidationInfo) -> str:
        codes: Collection[str] = (info.context or {})[key]
        if value not in codes:
            raise unknown(what, value, codes)
        return value

    return AfterValidator(check)


def one_of(options: Collection[str], what: Text) -> AfterValidator:
    """A check that a word is one of a few."""

    def check(value: str) -> str:
        if value not in options:
            hint = near(value, options)
            listed = ", ".join(options)
            raise refused(
                Text(
                    f"{what.zh}“{value}”不存在{hint.zh}，可用：{'、'.join(options)}",
                    f"unknown {what.en} {value!r}{hint.en}; use one of {listed}",
                )
            )
        return value

    return AfterValidator(check)


def should_be(what: Text, holds: Callable[[Any], bool]) -> BeforeValidator:
    """A check by a function, whose failure says what the value should be."""

    def check(value: Any) -> Any:
        if not holds(value):
            raise refused(
                Text(f"应为{what.zh}，现为“{value}”", f"should be {what.en}, not {value!r}")
            )
        return value

    return BeforeValidator(check)


def _filled(value: str) -> str:
    if not value.strip():
        raise refused(Text("应为文字，现为空", "should be text, but is empty"))
    return value


def _line(value: str) -> str:
    if _CONTROL.search(value):
        raise refused(
            Text(
                f"应为一行文字，不含换行、制表符等控制字符，现为 {value!r}",
                f"should be one line without tabs or other control characters, not {value!r}",
            )
        )
    return value


def _bilingual(value: Any) -> Text:
    if isinstance(value, Text):
        return value
    if isinstance(value, dict) and set(value) - {"zh", "en"}:
        more = ", ".join(sorted(map(str, set(value) - {"zh", "en"})))
        raise refused(
            Text(f"除 zh 和 en 外还有：{more}", f"besides zh and en there is: {more}"),
            # A comma in an unquoted text of a flow mapping begins a new entry.
            Text("含逗号的文字须加引号", "put a text that contains a comma in quotation marks"),
        )
    if not isinstance(value, dict) or not all(
        isinstance(value.get(key), str) and value[key].strip() for key in ("zh", "en")
    ):
        raise refused(
            Text("须有 zh 和 en 两种文字", "needs zh and en, a text in each language"),
            Text("请补全 zh 和 en 两项", "give both zh and en"),
        )
    return Text(value["zh"].strip(), value["en"].strip())


def _compiled(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise refused(
            Text(
                f"正则表达式有误：{error.msg}（第 {(error.pos or 0) + 1} 字）",
                f"the pattern cannot be used: {error.msg} at character {(error.pos or 0) + 1}",
            )
        ) from error
    return value


_CODE = re.compile(r"[a-z][a-z0-9_]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
# No account before the host: it often is a token.
_URL = re.compile(r"https?://[^\s/@]+(?:[/?#]\S*)?")
_DATE = Text("日期（如 2024-03-05）", "a date such as 2024-03-05")


def is_url(value: object) -> bool:
    """Whether a value is an address of the web."""
    return isinstance(value, str) and _URL.fullmatch(value) is not None


def without_account(address: object) -> str:
    """An address as it may be printed: what stands before its @ is often a password."""
    return re.sub(r"//[^/\s]*@", "//…@", str(address))


def _url(value: Any) -> Any:
    if not is_url(value):
        said = without_account(value)
        raise refused(
            Text(
                f"应为不含账号密码的 http(s) 网址，现为“{said}”",
                f"should be an http(s) address without an account, not {said!r}",
            )
        )
    return value


def _is_day(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


Filled = Annotated[str, AfterValidator(_filled)]
# A title, a name: it stands in one line of a page, a descriptor, a table.
Line = Annotated[Filled, AfterValidator(_line)]
Bilingual = Annotated[Text, BeforeValidator(_bilingual)]
Pattern = Annotated[str, AfterValidator(_compiled)]
Code = Annotated[
    str,
    should_be(
        Text("小写英文、数字和下划线组成的代码", "a code of lower-case letters, digits and _"),
        lambda value: isinstance(value, str) and _CODE.fullmatch(value) is not None,
    ),
]
Url = Annotated[str, BeforeValidator(_url)]
Day = Annotated[date, should_be(_DATE, _is_day)]
# A list of YAML becomes a tuple; its entries stay strict, and a text is no list.
Listed = Annotated[tuple[T, ...], Strict(False)]

_MEANINGS = {
    "string_type": Text("应为文字", "should be text"),
    "bool_type": Text("应为 true 或 false", "should be true or false"),
    "int_type": Text("应为整数", "should be a whole number"),
    "float_type": Text("应为数", "should be a number"),
    "date_type": Text(f"应为{_DATE.zh}", f"should be {_DATE.en}"),
    "dict_type": Text("应为键值对（如 {a: 1}）", "should be a mapping (such as {a: 1})"),
    "model_type": Text("应为键值对", "should be a list of keys and values"),
    "tuple_type": Text("应为列表，写成 [甲, 乙]", "should be a list, written [a, b]"),
    "list_type": Text("应为列表，写成 [甲, 乙]", "should be a list, written [a, b]"),
    "too_short": Text("列表太短", "the list is too short"),
    "too_long": Text("列表太长", "the list is too long"),
}


def validated(
    kind: type[T],
    document: Document,
    *,
    remedy: Text,
    context: Mapping[str, Any] | None = None,
    entry: str = "entry",
    failure: type[DataError | UsageError] = DataError,
    empty: Any = None,
) -> T:
    """The content of a document as records of a model.

    ``context`` gives the codes that ``known_as`` looks up, ``entry`` the word for an entry of a
    list in errors, ``empty`` what an empty file counts as. Raises ``failure`` naming file, line and
    key of the first mistake; an empty file is one where ``empty`` is None.
    """
    content = empty if document.content is None else document.content
    if content is None:
        raise empty_file(document.file)
    adapter = TypeAdapter(kind)
    try:
        return adapter.validate_python(content, context=dict(context or {}))
    except ValidationError as error:
        wide = wide_sign(document.file, document.text)
        raise wide or _translated(error, document, remedy, entry, failure) from None


def _translated(
    error: ValidationError,
    document: Document,
    remedy: Text,
    entry: str,
    failure: type[DataError | UsageError],
) -> DataError | UsageError:
    details = error.errors(include_url=False)
    # In the order of the file; what is missing stands where its mapping begins.
    details.sort(key=lambda detail: document.line_of(_path(detail, document.content)) or 0)
    first = details[0]
    path = _path(first, document.content)
    alike = [
        str(detail["loc"][-1])
        for detail in details
        if detail["loc"]
        and detail["type"] == first["type"]
        and detail["loc"][:-1] == first["loc"][:-1]
    ]
    problem, way = _said(first, alike)
    missing = first["type"] == "missing"
    more = len(details) - (len(alike) if missing else 1)
    if more:
        problem = Text(
            f"{problem.zh}（另有 {more} 处）", f"{problem.en} (and {more} more in this file)"
        )
    line = document.line_of(path)
    names = [*_named(path, document.content, entry)]
    place = ", ".join([*([f"line {line}"] if line else []), *names])
    return failure(problem, file=document.file, place=place or None, remedy=way or remedy)


def _refusal(detail: Mapping[str, Any]) -> Refused | None:
    """The error of a validator of ours, None where it is one of pydantic's own."""
    own = detail.get("ctx", {}).get("error")
    return own if isinstance(own, Refused) else None


def _path(detail: Mapping[str, Any], content: Any) -> tuple[str | int, ...]:
    """The path of keys to what is wrong; pydantic adds the names of union members to it."""
    path: list[str | int] = []
    for part in detail["loc"]:
        inside = isinstance(content, dict) and part in content
        # What is missing of a list has a place that is not there.
        if inside or (isinstance(content, list) and part in range(len(content))):
            content = content[part]
            path.append(part)
    own = _refusal(detail)
    if own is not None and own.key is not None:
        path.append(own.key)
    return tuple(path)


def _named(path: tuple[str | int, ...], content: Any, entry: str) -> Iterable[str]:
    """How an error names a place: the entry of a list by code or number, then the key."""
    if path and isinstance(path[0], int):
        own = content[path[0]] if isinstance(content, list) else None
        code = own.get("code") if isinstance(own, dict) and path[1:] != ("code",) else None
        yield f"{entry} {code if isinstance(code, str) else path[0] + 1}"
        path = path[1:]
    if path:
        yield f"key {'.'.join(map(str, path))}"


def _said(detail: Mapping[str, Any], alike: list[str]) -> tuple[Text, Text | None]:
    own, value = _refusal(detail), detail["input"]
    if own is not None:
        return own.problem, own.remedy
    if detail["type"] == "missing":
        return Text(f"缺少 {'、'.join(alike)}", f"missing: {', '.join(alike)}"), None
    known = _MEANINGS.get(detail["type"])
    if known is None:
        return Text(f"写法不对：{detail['msg']}", detail["msg"]), None
    if isinstance(value, dict | list):
        return known, None
    return Text(f"{known.zh}，现为“{value}”", f"{known.en}, not {value!r}"), None
