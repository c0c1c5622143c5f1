"""``python -m shenwan_data.site RELEASE TARGET``: the site without the command line tool.

Belongs here: two arguments and one call. Does not belong here: options (``cli``).
"""

from __future__ import annotations

import sys
from pathlib import Path

from shenwan_data.errors import ShenwanError
from shenwan_data.site.generate import build_site


def main(arguments: list[str]) -> int:
    """Build; exit code 0, or that of the error, whose text goes to standard error."""
    if len(arguments) != 2:
        sys.stderr.write("usage: python -m shenwan_data.site RELEASE TARGET\n")
        return 2
    try:
        site = build_site(Path(arguments[0]), Path(arguments[1]))
        sys.stdout.write(f"{site}\n")
    except ShenwanError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
