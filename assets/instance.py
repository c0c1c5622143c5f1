"""What a Dagster instance answers: whether it can be used, and what its history holds."""

from collections.abc import Collection

import dagster as dg


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
    try:
        with dg.DagsterInstance.get() as instance:
            instance.get_runs(limit=1)
            instance.all_asset_keys()
    except Exception as error:  # noqa: BLE001 - whatever a storage raises is the answer
        return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
    return None
