"""The Dagster instance of DAGSTER_HOME and the disk: whether they hold, and what is known of the past."""

import logging
from collections.abc import Collection

import dagster as dg

from shenwan_data.errors import MachineError, ShenwanError, Text

_DATABASE = ("sqlalchemy.", "dagster_postgres.", "psycopg2.")


def has_history(
    instance: dg.DagsterInstance, key: dg.AssetKey, partitions: Collection[str] = ()
) -> bool:
    """Whether a run of this instance, or one told to it, has made the asset, in all partitions.

    The UI shows rows, previews and checks only of what its own history holds. Where a release was
    built from the command line, the first run of a new instance has to do the work once more.
    """
    if partitions:
        return set(partitions) <= instance.get_materialized_partitions(key)
    return instance.get_latest_materialization_event(key) is not None


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
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ShenwanError):
            return None
        if isinstance(seen, OSError) and seen.errno is not None:
            return MachineError(
                Text(f"无法读写：{seen.strerror}", f"cannot be read or written: {seen.strerror}"),
                file=str(seen.filename) if seen.filename else None,
                place=None if seen.filename else "disk 磁盘",
                remedy=Text(
                    "请检查磁盘空间和权限后重试；原有发布版本保持不变",
                    "look at the room on the disk and at the permissions, and run it again; the "
                    "release of before is unchanged",
                ),
            )
        if type(seen).__module__.startswith(_DATABASE):
            return MachineError(
                Text(
                    "运行记录的数据库不可用", f"the database of the instance failed: {_said(seen)}"
                ),
                file="DAGSTER_HOME",
                remedy=Text(
                    "请用 shenwan-data doctor 检查后重试；原有发布版本保持不变",
                    "look at it with `shenwan-data doctor` and run it again; the release of before "
                    "is unchanged",
                ),
            )
        seen = seen.__cause__ or seen.__context__
    return None


def _said(error: BaseException) -> str:
    return " ".join(str(error).split("[SQL:")[0].split("(Background")[0].split())
