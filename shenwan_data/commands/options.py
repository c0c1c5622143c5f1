"""Arguments and options that several commands share.

Belongs here: how a path or a folder is asked for. Does not belong here: the commands.
"""

from __future__ import annotations

from pathlib import Path

import click

FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, readable=True, path_type=Path)

DATA_DIR = click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder that holds reports/. Default: $SHENWAN_DATA_DIR, else data/ here or above. "
    "含有 reports/ 的数据目录，默认为 $SHENWAN_DATA_DIR，否则为当前或上级目录中的 data/。",
)
