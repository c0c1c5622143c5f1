"""The command that publishes, as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Publisher:
    """The command as a person runs it, a process of its own."""

    folder: Path
    targets: dict[str, Any]
    environment: dict[str, str]
    said: list[str] = field(default_factory=list)

    def command(self, release: Path, *options: str, to: str = "town") -> list[str]:
        file = self.folder / "targets.yaml"
        file.write_text(json.dumps({"targets": self.targets}), encoding="utf-8")
        command = [sys.executable, "-m", "shenwan_data", "publish", str(release)]
        return [*command, "--to", to, "--targets", str(file), *options]

    def start(self, release: Path, *options: str, to: str = "town") -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(release, *options, to=to), cwd=ROOT, text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": str(ROOT), **self.environment},
        )  # fmt: skip

    def __call__(self, release: Path, *options: str, to: str = "town", code: int = 0) -> str:
        process = self.start(release, *options, to=to)
        said, _ = process.communicate(timeout=120)
        self.said.append(said)
        assert process.returncode == code, said
        return said
