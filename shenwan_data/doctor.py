"""Whether this machine can run the yearly build, and what to fix where it cannot.

Belongs here: looking, each thing by itself, so that one fault does not hide another. Does not belong
here: fixing anything.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from shenwan_data import __version__
from shenwan_data.alerts import channels
from shenwan_data.build_lock import exclusive_build
from shenwan_data.config.settings import find_data_dir, read_areas
from shenwan_data.edited_files import readers
from shenwan_data.errors import ShenwanError, Text
from shenwan_data.publish import targets
from shenwan_data.publish.credentials import read_credentials
from shenwan_data.report.archive import find_reports
from shenwan_data.report.inbox import inbox_address, listing
from shenwan_data.report.inbox_stores import shown_address

_CHECKOUT = Path(__file__).resolve().parents[1]
# Of what a build needs, that whose version reaches the bytes of a release; and Dagster, which runs it.
_REQUIRED = (
    "dagster", "frictionless", "pandas", "pyarrow", "pydantic", "pdfplumber", "selectolax",
)  # fmt: skip
# Of the extras: no fault where they are absent.
_OPTIONAL = ("dagster-webserver", "dagster-postgres", "distributed")
_SPACE = 500_000_000


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing looked at. ``state`` is ``ok``, ``warn`` or ``FAIL``; ``remedy`` what to do."""

    name: str
    state: str
    message: Text
    remedy: Text | None = None

    def render(self) -> str:
        """The condition as printed: one line, and the way out below it."""
        line = f"{self.state:4} {self.name}: {self.message.en} {self.message.zh}".rstrip()
        if self.remedy is None:
            return line
        return f"{line}\n     -> {self.remedy.en}\n        {self.remedy.zh}"


def examine(
    data_dir: Path | None = None,
    instance: Callable[[], str | None] = lambda: None,
    graph: Callable[[], object] = lambda: None,
) -> tuple[Condition, ...]:
    """Look at everything a build needs. Raises nothing: what fails is a condition.

    ``instance`` says what keeps the Dagster instance from being used; called where there is one.
    ``graph`` imports what a build runs, and raises ShenwanError where that is not installed.
    """
    found: list[Condition] = []
    looks: Iterable[Callable[[], list[Condition]]] = (
        _python,
        _libraries,
        lambda: _graph(graph),
        lambda: _folders(data_dir),
        lambda: _files(data_dir),
        lambda: _areas(data_dir),
        lambda: _instance(instance),
        _inbox,
        lambda: _targets(data_dir),
        _alerts,
    )
    for look in looks:
        found += _looked(look)
    return tuple(dict.fromkeys(found))


def _looked(look: Callable[[], list[Condition]]) -> list[Condition]:
    """What a look finds; an error is a condition, whatever it is."""
    try:
        return look()
    except ShenwanError as error:
        return [_failed(error.file or "setting 设置", error)]
    except Exception as error:  # noqa: BLE001 - the doctor lists what it meets and goes on
        problem = f"{type(error).__name__}: {error}"
        return [
            Condition(
                "unexpected 意外错误",
                "FAIL",
                Text(f"程序未能识别的错误：{problem}", f"not recognised: {problem}"),
                Text(
                    "请检查最近改动的文件；若无改动，请报告此问题",
                    "check the files you changed last; if there are none, report it",
                ),
            )
        ]


def _failed(name: str, error: ShenwanError) -> Condition:
    place = f"{error.place}: " if error.place and not name.endswith(error.place) else ""
    problem = Text(f"{place}{error.problem.zh}", f"{place}{error.problem.en}")
    return Condition(name, "FAIL", problem, error.remedy)


def _python() -> list[Condition]:
    here = ".".join(map(str, sys.version_info[:3]))
    if (3, 11) <= sys.version_info[:2] < (3, 14):
        return [
            Condition(
                "python",
                "ok",
                Text(
                    f"版本 {here}，shenwan-data {__version__}",
                    f"{here}, shenwan-data {__version__}",
                ),
            )
        ]
    return [
        Condition(
            "python",
            "FAIL",
            Text(f"不支持版本 {here}", f"{here} is not supported"),
            Text("请用 Python 3.11 至 3.13", "use Python 3.11 to 3.13"),
        )
    ]


def _libraries() -> list[Condition]:
    locked = _locked()
    found = []
    optional = [name for name in _OPTIONAL if _is_installed(name)]
    for name in (*_REQUIRED, *optional):
        try:
            have = version(name)
        except PackageNotFoundError:
            found.append(
                Condition(
                    name,
                    "FAIL",
                    Text("未安装", "not installed"),
                    Text(
                        "请安装 shenwan-data[pipeline]；在检出目录中运行 make release",
                        "install shenwan-data[pipeline]; in a checkout `make release` does",
                    ),
                )
            )
            continue
        want = locked.get(name)
        if want in (None, have):
            found.append(Condition(name, "ok", Text("", have)))
        else:
            found.append(
                Condition(
                    name,
                    "warn",
                    Text(f"锁定版本为 {want}", f"{have}, the lock says {want}"),
                    Text(
                        "字节可能与他处不同；删除 .venv 后运行 make release，即安装锁定版本",
                        "the bytes may differ from those of others; delete .venv and run "
                        "`make release`, which installs the lock",
                    ),
                )
            )
    return found


def _graph(look: Callable[[], object]) -> list[Condition]:
    """Whether what a build runs is there: ``assets`` and Dagster."""
    try:
        look()
    except ShenwanError as error:
        return [Condition("assets 数据流程", "FAIL", error.problem, error.remedy)]
    return [Condition("assets 数据流程", "ok", Text("可以加载", "they load"))]


def _is_installed(name: str) -> bool:
    try:
        return bool(version(name))
    except PackageNotFoundError:
        return False


def _locked() -> dict[str, str]:
    lock = _CHECKOUT / "requirements.lock"
    if not lock.is_file():
        return {}
    entries = (line for line in lock.read_text(encoding="utf-8").splitlines() if "==" in line)
    pairs = (line.split("[")[0].split()[0].split("==") for line in entries)
    return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}


def _files(data_dir: Path | None) -> list[Condition]:
    """Everything that people edit, each file by itself."""
    # One mistake in units.csv shows up wherever units are needed; it is listed once.
    found = dict.fromkeys(
        condition
        for read in readers(find_data_dir(data_dir))
        for condition in _looked(partial(_read, read))
    )
    return list(found) or [Condition("files 设置文件", "ok", Text("均正确", "all are valid"))]


def _read(read: Callable[[], object]) -> list[Condition]:
    read()
    return []


def _areas(data_dir: Path | None) -> list[Condition]:
    """A mistyped file name would else be published as a town of its own."""
    folder = find_data_dir(data_dir)
    named = read_areas(folder)
    reported = {path.stem for path in find_reports(folder)}
    return [
        Condition(
            f"area 地区 {area}",
            "warn",
            Text(
                "areas.csv 中没有名称，将以代码发布",
                "it has no name in areas.csv and would be published as its code",
            ),
            Text(
                "请在数据目录的 areas.csv 中登记，或改正报告的文件名",
                "add it to areas.csv of the data folder, or correct the file name of the report",
            ),
        )
        for area in sorted(reported - set(named))
    ]


def _folders(data_dir: Path | None) -> list[Condition]:
    folder = find_data_dir(data_dir)
    found = [Condition("data folder 数据目录", "ok", Text("", str(folder)))]
    for name in (".", "releases", ".build"):
        path = folder / name
        if path.exists() and not os.access(path, os.W_OK | os.X_OK):
            found.append(
                Condition(
                    str(path),
                    "FAIL",
                    Text("不可写", "cannot be written to"),
                    Text("请改变所有者或权限", "change its owner or mode for this user"),
                )
            )
    free = shutil.disk_usage(folder).free
    if free < _SPACE:
        found.append(
            Condition(
                "disk 磁盘",
                "warn",
                Text(f"仅剩 {free // 1_000_000} MB", f"{free // 1_000_000} MB are left"),
                Text("请清理磁盘", "a build writes beside the old release: make room"),
            )
        )
    if not any(one.state == "FAIL" for one in found):
        with exclusive_build(folder):
            found.append(Condition("build 构建", "ok", Text("未在运行", "none is running")))
    return found


def _instance(look: Callable[[], str | None]) -> list[Condition]:
    home = os.environ.get("DAGSTER_HOME")
    if not home:
        return [
            Condition(
                "DAGSTER_HOME",
                "warn",
                Text("未设置，不保留运行记录", "not set: no history of runs is kept"),
                Text("仅在使用界面和调度时需要", "needed for the UI, schedules and sensors only"),
            )
        ]
    if not (Path(home).is_absolute() and Path(home).is_dir()):
        return [
            Condition(
                "DAGSTER_HOME",
                "FAIL",
                Text(f"{home} 不是绝对路径的目录", f"{home} is not a folder with an absolute path"),
                Text("请建立该目录并写绝对路径", "make the folder and give its absolute path"),
            )
        ]
    problem = look()
    if problem is None:
        return [Condition("instance 实例", "ok", Text("可以读取", f"{home} answers"))]
    return [
        Condition(
            "instance 实例",
            "FAIL",
            Text("无法打开", f"{home} cannot be opened: {problem}"),
            Text(
                "请检查 dagster.yaml；PostgreSQL 是否运行、口令是否正确",
                "look at dagster.yaml in it, and whether PostgreSQL runs and takes the password",
            ),
        )
    ]


def _inbox() -> list[Condition]:
    address = inbox_address()
    if address is None:
        return []
    count = len(listing(address))
    address = shown_address(address)
    if count:
        said = Text(f"{address}，{count} 个文件", f"{address}, {count} files")
        return [Condition("inbox 收件地址", "ok", said)]
    return [
        Condition(
            "inbox 收件地址",
            "warn",
            Text(f"{address} 中没有报告", f"{address} holds no report"),
            Text("应为 <年度>/<地区>.txt 等", "expected: <year>/<area>.txt (.html, .docx, .pdf)"),
        )
    ]


def _targets(data_dir: Path | None) -> list[Condition]:
    given = os.environ.get(targets.TARGETS_VARIABLE)
    if not given and not (find_data_dir(data_dir) / targets.TARGETS_FILE).is_file():
        none = Text("未设置，不对外发布", "none; a file of them is needed for publishing only")
        return [Condition("targets 发布目标", "ok", none)]
    found = []
    for address in targets.read_addresses(targets.find_targets_file(data_dir)).values():
        name = f"target 发布目标 {address.name}"
        needed = targets.needed_credentials(address)
        try:
            credentials = read_credentials(address.name)
            for field in needed:
                credentials.require(field)
            said = Text("凭据齐全", "its credentials are there")
            if not needed:
                said = Text("无需凭据", "it needs no credentials")
            kind = address.kind
            found.append(Condition(name, "ok", Text(f"{kind}，{said.zh}", f"{kind}, {said.en}")))
        except ShenwanError as error:
            found.append(_failed(name, error))
    return found


def _alerts() -> list[Condition]:
    names = channels().names
    return [Condition("alerts 通知", "ok", Text("", ", ".join(names)))]
