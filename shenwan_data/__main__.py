"""``python -m shenwan_data`` is the same as the command ``shenwan-data``."""

from shenwan_data.cli.main import main

if __name__ == "__main__":
    main()
