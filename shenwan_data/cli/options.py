"""Arguments and options that several commands share.

Belongs here: how a path or a folder is asked for. Does not belong here: the commands.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, readable=True, path_type=Path)


def _of_the_group(ctx: click.Context, _: click.Parameter, value: Path | None) -> Path | None:
    """The data folder given behind the command, else the one given before it."""
    given: Path | None = ctx.find_root().params.get("data_dir")
    return value or given


DATA_DIR = click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    callback=_of_the_group,
    help="The folder that holds reports/. Default: $SHENWAN_DATA_DIR, else data/ here or above. "
    "含有 reports/ 的数据目录，默认为 $SHENWAN_DATA_DIR，否则为当前或上级目录中的 data/。",
)


# A message of click as a pattern, and its Chinese; the groups of the one are filled into the other.
_CHINESE_OF = (
    (r"No such command '(.+?)'", "没有命令 {0}"),
    (r"No such option:? '?(-[^ '.]+)", "没有选项 {0}"),
    (r"Missing (?:argument|parameter) '(.+?)'", "缺少参数 {0}"),
    (r"Missing option '(.+?)'", "缺少选项 {0}"),
    (r"Option '(.+?)' requires an argument", "选项 {0} 后须带值"),
    (r"unexpected extra arguments? \((.+)\)", "多余的参数：{0}"),
    (r"File '(.+)' does not exist", "文件不存在：{0}"),
    (r"(?:Directory|Path) '(.+)' does not exist", "目录不存在：{0}"),
    (r"File '(.+)' is a directory", "这是目录，须给出文件：{0}"),
    (r"Directory '(.+)' is a file", "这是文件，须给出目录：{0}"),
    (r"(?:File|Directory|Path) '(.+)' is not readable", "没有读取权限：{0}"),
    (r"(?:File|Directory|Path) '(.+)' is not writable", "没有写入权限：{0}"),
    (r"'([^']+)' is not a valid integer", "不是整数：{0}"),
    (r"'([^']+)' does not match the formats? (.+)\.", "日期 {0} 的格式须为 {1}"),
    (r"(\S+) is not in the range (.+)\.", "{0} 不在范围 {1} 内"),
    (r"'([^']+)' is not one of (.+)\.", "{0} 不在可选值之内：{1}"),
)
_CHINESE = re.compile(r"[一-鿿]")


def in_chinese(message: str) -> str:
    """The Chinese of a message of click; a general one where the message is not known."""
    for pattern, chinese in _CHINESE_OF:
        found = re.search(pattern, message, re.DOTALL)
        if found is not None:
            return chinese.format(*found.groups())
    return "用法有误，请看 --help"


@contextmanager
def in_both_languages() -> Iterator[None]:
    """Let a click.UsageError of the block say in Chinese, too, what it says."""
    try:
        yield
    except click.UsageError as error:
        said = error.format_message()
        if _CHINESE.search(said) and not isinstance(error, click.BadParameter):
            raise
        bilingual = click.UsageError(f"{said}\n  {in_chinese(said)}", ctx=error.ctx)
        raise bilingual from error


def list_of_commands(group: click.Group, ctx: click.Context) -> list[tuple[str, str]]:
    """Name and first sentence of every command, and below it the same in Chinese."""
    rows = []
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        if command is not None and not command.hidden:
            # The first paragraph of a command's help is English, the second says it in Chinese.
            english, chinese, *_ = [*inspect.cleandoc(command.help or "").split("\n\n"), "", ""]
            rows += [(name, " ".join(english.split())), ("", chinese)]
    return rows
