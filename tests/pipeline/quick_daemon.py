"""The daemon of Dagster with pauses of three seconds instead of half a minute.

Not shorter: a look costs the processor most of a second.
"""

from dagster._daemon import asset_daemon, controller, sensor
from dagster._daemon.cli import main

PAUSE = 3

if __name__ == "__main__":
    controller.DEFAULT_DAEMON_INTERVAL_SECONDS = PAUSE
    sensor.MIN_INTERVAL_LOOP_TIME = asset_daemon.MIN_INTERVAL_LOOP_SECONDS = PAUSE
    main()
