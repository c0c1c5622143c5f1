"""The Dagster instance of DAGSTER_HOME: whether it can be used, how it fails."""

import logging
from collections.abc import Iterator

import dagster as dg

from shenwan_data.errors import MachineError, ShenwanError, Text, cannot_write

_DATABASE = ("sqlalchemy.", "dagster_postgres.", "psycopg2.")


def problem() -> str | None:
    """What keeps the instance from being used, None where nothing does. Shows no password."""
    # The storage tries again for some seconds and warns each time; the answer is the last failure.
    logging.disable(logging.WARNING)
    try:
        with dg.DagsterInstance.get() as instance:
            instance.get_runs(limit=1)
            instance.all_asset_keys()
    except Exception as error:  # noqa: BLE001 - whatever a storage raises is the answer
        # "Too many retries" says less than what was tried.
        cause = error.__cause__ or error
        return f"{type(cause).__name__}: {_said(cause)}"
    finally:
        logging.disable(logging.NOTSET)
    return None


def outside_error(error: BaseException) -> MachineError | None:
    """The failure of the disk or of the database that an error goes back to, None where it is ours."""
    for cause in _causes(error):
        if isinstance(cause, MachineError):
            return cause
        if isinstance(cause, ShenwanError):
            return None
        if isinstance(cause, OSError) and cause.errno is not None:
            return cannot_write(cause, cause.filename or "disk 磁盘")
        if type(cause).__module__.startswith(_DATABASE):
            return MachineError(
                Text(
                    f"运行记录的数据库不可用：{_said(cause)}",
                    f"the database of the instance failed: {_said(cause)}",
                ),
                file="DAGSTER_HOME",
                remedy=Text(
                    "请用 shenwan-data doctor 检查后重试；原有发布版本保持不变",
                    "check it with `shenwan-data doctor` and run again; the previous release is "
                    "unchanged",
                ),
            )
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and what it goes back to, each once: one that is raised again may be its own cause."""
    seen: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in seen:
        yield cause
        seen.append(cause)
        cause = cause.__cause__ or cause.__context__


def _said(error: BaseException) -> str:
    return " ".join(str(error).split("[SQL:")[0].split("(Background")[0].split())
