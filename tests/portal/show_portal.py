"""A portal for a person to look at, with the built release on it: python show_portal.py [down].

It has ports and a folder of its own, so that tests may run beside it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache"
SETTINGS = {
    "CKAN_HOME": str(CACHE / "ckan-to-look-at"),
    "CKAN_VENV": str(CACHE / "ckan-venv"),
    "CKAN_PORT": "5255",
    "CKAN_DATABASE_PORT": "5666",
    "CKAN_REDIS_PORT": "6666",
    "CKAN_INDEX_PORT": "8266",
}


def newest_release() -> Path:
    """The release that was built last by its version."""
    found = [path.parent for path in (ROOT / "data" / "releases").glob("[0-9]*/MANIFEST.sha256")]
    if not found:
        sys.exit("there is no release yet: run `make release` 尚无发布版本，请先运行 make release")
    return max(found, key=lambda path: [int(part) for part in path.name.split(".")])


def main() -> None:
    """Start it and publish, or stop it."""
    os.environ.update({key: value for key, value in SETTINGS.items() if key not in os.environ})
    sys.path.insert(0, str(Path(__file__).parent))
    import ckan_server

    if sys.argv[1:] == ["down"]:
        ckan_server.down()
        return
    release = newest_release()
    ckan_server.up()
    target = {
        "type": "ckan",
        "url": ckan_server.URL,
        "organization": "shenwan-town",
        "organization_title": "神湾镇 Shenwan Town",
    }
    targets = ckan_server.HOME / "targets.yaml"
    targets.write_text(json.dumps({"targets": {"portal": target}}), encoding="utf-8")
    command = [sys.executable, "-m", "shenwan_data", "publish", str(release), "--to", "portal"]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "SHENWAN_PORTAL_TOKEN": ckan_server.TOKEN.read_text(),
    }
    done = subprocess.run([*command, "--targets", str(targets)], env=environment, check=False)
    print(f"\n{ckan_server.URL}/dataset/\nuser: admin  password: {ckan_server.HOME / 'password'}")
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
