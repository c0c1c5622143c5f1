"""What the last build was made from and what came of it, kept beside the releases in ``.build/``.

Belongs here: the summary of a build, and telling that nothing has changed since. Does not belong
here: the build itself (``assets``), or anything that is published.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from shenwan_data.files import write_atomic
from shenwan_data.release.manifest import MANIFEST, hashes, manifest_problems, manifest_text, sha256
from shenwan_data.versions import inputs_version

WORK_FOLDER = ".build"
_RECORD = "build.json"
_SITE = "site.json"


@dataclass(frozen=True, slots=True)
class Summary:
    """What a build read and made; counts of rows, and the folder of the release.

    ``observations`` counts the rows of each topic, ``reported`` those among them with a value from a
    report. ``release`` is relative to the data folder.
    """

    reports: int
    numerals: int
    figures: int
    observations: dict[str, int]
    reported: dict[str, int]
    findings: int
    checks_passed: int
    checks_warned: int
    release: str

    def render(self, data_dir: Path) -> str:
        """The summary as it is printed at the end of a build, one line for each thing."""
        topics = ", ".join(
            f"{topic} {self.reported[topic]}/{count}" for topic, count in self.observations.items()
        )
        given, asked = sum(self.reported.values()), sum(self.observations.values())
        warned = f", {self.checks_warned} with a warning 另有警告" if self.checks_warned else ""
        rows = (
            ("reports read 报告", str(self.reports)),
            ("numerals found 数字", str(self.numerals)),
            ("figures 数据", str(self.figures)),
            ("observations 观测值", f"{given}/{asked} reported 已报告 ({topics})"),
            ("findings 疑点", str(self.findings)),
            ("checks passed 检查通过", f"{self.checks_passed}{warned}"),
            ("release 发布版本", _shown(data_dir / self.release)),
        )
        width = max(_width(name) for name, _ in rows)
        return "\n".join(f"{name}{' ' * (width - _width(name))}  {value}" for name, value in rows)


def unchanged_build(data_dir: Path) -> Summary | None:
    """The summary of the last build when the same inputs would give it again, else None.

    It is None as well when the release or its site has been removed, is of another build or has a
    file that was altered since.
    """
    try:
        kept = json.loads((data_dir / WORK_FOLDER / _RECORD).read_text(encoding="utf-8"))
        summary = Summary(**kept["summary"])
        manifest = kept["manifest"]
        inputs = kept["inputs"]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    if inputs != inputs_version(data_dir) or manifest != _manifest(data_dir / summary.release):
        return None
    return summary if _site_is_of(data_dir, manifest) else None


def keep_build(data_dir: Path, inputs: str, summary: Summary) -> None:
    """Record a finished build. ``inputs`` is the ``inputs_version`` taken before it began."""
    kept = {
        "inputs": inputs,
        "manifest": _manifest(data_dir / summary.release),
        "summary": asdict(summary),
    }
    content = json.dumps(kept, ensure_ascii=False, indent=1)
    write_atomic(data_dir / WORK_FOLDER / _RECORD, content)


def keep_site(data_dir: Path, release: Path, site: Path) -> None:
    """Record a finished site below the data folder, and the release that it shows."""
    kept = {
        "manifest": _manifest(release),
        "site": site.relative_to(data_dir.resolve()).as_posix(),
        "sha256": _hash_of(site),
    }
    write_atomic(data_dir / WORK_FOLDER / _SITE, json.dumps(kept, indent=1))


def _site_is_of(data_dir: Path, manifest: str) -> bool:
    """Whether the site of the release with this manifest is there, as it was written."""
    try:
        kept = json.loads((data_dir / WORK_FOLDER / _SITE).read_text(encoding="utf-8"))
        return bool(
            kept["manifest"] == manifest and kept["sha256"] == _hash_of(data_dir / kept["site"])
        )
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return False


def _hash_of(folder: Path) -> str:
    """One hash for every file of a folder; that of nothing where there is none."""
    return hashlib.sha256(manifest_text(hashes(folder)).encode()).hexdigest()


def _manifest(release: Path) -> str | None:
    """Hash of the manifest of a release, None when a file is not as the manifest says."""
    return None if manifest_problems(release) else sha256(release / MANIFEST)


def _shown(path: Path) -> str:
    """A path as a person types it: relative where it is below the working directory."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if ord(char) > 0x2E80 else 1 for char in text)
