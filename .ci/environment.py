"""Install the environment of this checkout: ``python .ci/environment.py release|test|extras NAMES``.

``release`` makes ``.venv`` from ``requirements.lock``, what building a release needs; ``test`` adds the
rest of ``requirements-dev.lock``. Every file is checked against the hashes in the lock. ``extras``
adds some of the extras of pyproject.toml (``ckan,s3``) in the versions of the lock. A line on stderr
says how far it is. Uses the standard library only, and pip with its own configuration, so that a
mirror set by PIP_INDEX_URL is used.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {"release": ROOT / "requirements.lock", "test": ROOT / "requirements-dev.lock"}
PIP = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--progress-bar=off"]
FAILED = """
The environment could not be installed. Behind a slow or closed network, name a package mirror:
    PIP_INDEX_URL=<address of the mirror> make release
环境未能安装。网络较慢或受限时，请指定软件包镜像：
    PIP_INDEX_URL=<镜像地址> make release
"""


def packages_of(lock: Path) -> dict[str, str]:
    """The entries of a lock by package, each with its hashes."""
    entries: dict[str, str] = {}
    name = ""
    for line in lock.read_text(encoding="utf-8").splitlines(keepends=True):
        if not line.startswith(" "):
            name = line.partition("==")[0]
        entries[name] = entries.get(name, "") + line
    return entries


def progress(said: str, total: int) -> str:
    """How far pip is, by what it printed and by what the environment holds. ``total`` 0: not known."""
    if not total:
        return "installing 正在安装"
    fetched = sum(line.startswith(("Collecting ", "Processing ")) for line in said.splitlines())
    installed = sum(1 for _ in VENV.glob("lib/python3*/site-packages/*.dist-info"))
    return (
        f"{min(fetched, total)} found 已找到, {min(installed, total)} installed 已安装, "
        f"{total} in all 共计"
    )


def install(total: int, *arguments: str) -> None:
    """Run pip to its end and print meanwhile how far it is. Exits where pip fails."""
    began = printed = time.monotonic()
    moving = sys.stderr.isatty()
    with tempfile.TemporaryDirectory() as folder:
        output, errors = Path(folder, "output"), Path(folder, "errors")
        with output.open("w") as stdout, errors.open("w") as stderr:
            process = subprocess.Popen([*PIP, *arguments], stdout=stdout, stderr=stderr)
        while process.poll() is None:
            time.sleep(0.2)
            now = time.monotonic()
            if now - printed > (0.5 if moving else 10):
                line = f"  {now - began:3.0f} s  {progress(output.read_text(), total)}"
                print(
                    f"\r\033[K{line}" if moving else line,
                    end="" if moving else "\n",
                    file=sys.stderr,
                )
                sys.stderr.flush()
                printed = now
        if moving:
            print("\r\033[K", end="", file=sys.stderr)
        if process.returncode:
            sys.exit(errors.read_text() + FAILED)


def main(what: str) -> None:
    """Install what ``release`` or ``test`` needs."""
    lock = LOCKS[what]
    entries = packages_of(lock)
    total = sum("sys_platform == 'win32'" not in entry for entry in entries.values())
    began = time.monotonic()
    print(
        f"Installing the environment from {lock.name}, once 正在安装环境（仅首次）", file=sys.stderr
    )
    locked = ["--no-deps", "--require-hashes", "--no-compile"]
    if what == "release":
        venv.create(VENV, clear=True, with_pip=True)
        # The pip that comes with Python may be years old, and takes twice as long for all that follows.
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as own:
            own.write(entries["pip"])
            own.flush()
            install(1, *locked, "-r", own.name)
    install(total, *locked, "-r", str(lock))
    install(total, "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    print(f"{total} packages in {time.monotonic() - began:.0f} s 已安装", file=sys.stderr)


def add_extras(names: str) -> None:
    """Add extras to an environment, in the versions of the lock."""
    entries = packages_of(LOCKS["test"]).values()
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as versions:
        for entry in entries:
            lines = (line.split("\\")[0].rstrip() for line in entry.splitlines())
            pins = (re.sub(r"\[.*?\]", "", line) for line in lines if "==" in line.split(";")[0])
            versions.writelines(f"{pin}\n" for pin in pins)
        versions.flush()
        wanted = f"{ROOT}[{names}]"
        install(0, "--no-build-isolation", "-c", versions.name, "--editable", wanted)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["release" | "test" as wanted]:
            main(wanted)
        case ["extras", str(names)] if names:
            add_extras(names)
        case _:
            sys.exit(__doc__)
