"""Whether the Dagster instance of DAGSTER_HOME answers."""

import dagster as dg


def problem() -> str | None:
    """What keeps the instance from being used, None where nothing does. Shows no password."""
    try:
        with dg.DagsterInstance.get() as instance:
            instance.get_runs(limit=1)
            instance.all_asset_keys()
    except Exception as error:  # noqa: BLE001 - whatever a storage raises is the answer
        return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
    return None
