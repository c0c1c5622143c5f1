"""A branch of releases without one of them, as far as git allows.

Belongs here: which commits are left out, and what the references become. Does not belong here: the
remote and its credentials (``git``).

The branch is written again from its commits but those of the version, so that no reference leads to
them. The remote keeps the objects until it tidies up, and every clone keeps its own.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from shenwan_data.config.settings import is_version
from shenwan_data.errors import Text
from shenwan_data.release.descriptor import DESCRIPTOR
from shenwan_data.release.manifest import MANIFEST

LEFT = Text(
    "远程仓库在清理（gc）前仍存有旧提交，凭其编号可以取得；请仓库管理员清理，并清除平台的缓存页面、合并请求和派生仓库",
    "the remote holds the old commits until it is tidied (gc), for who knows their number; its "
    "administrator does that, and clears cached pages, pull requests and forks",
)
_TAGS, _STAGING = "refs/tags/v", "refs/staging/v"


class Run(Protocol):
    """Runs git in the repository that holds all references of the remote."""

    def __call__(
        self, *command: str, date: str | None = None, who: dict[str, str] | None = None
    ) -> str:
        """What a command prints."""
        ...


def versions(references: Mapping[str, str]) -> tuple[str, ...]:
    """The versions that references of a remote are named for."""
    names = (name.removeprefix(_TAGS).removeprefix(_STAGING) for name in references)
    return tuple(dict.fromkeys(name for name in names if is_version(name)))


def rewritten(
    run: Run, references: Mapping[str, str], branch: str, name: str, version: str
) -> list[str]:
    """What to push so that no reference leads to the version; its commits are left out."""
    moves = [
        f":{place}{version}" for place in (_TAGS, _STAGING) if f"{place}{version}" in references
    ]
    if branch not in references:
        return moves
    commits = run("rev-list", "--reverse", "--first-parent", branch).split()
    made: dict[str, str] = {}
    parent: str | None = None
    for commit in commits:
        if _version_of(run, commit) == version:
            continue
        parent = made[commit] = _again(run, commit, parent)
    if all(commit == new for commit, new in made.items()) and len(made) == len(commits):
        return moves
    head = parent or _nothing_left(run, commits[-1], name, version)
    moves.append(f"+{head}:{branch}")
    for reference in references:
        if reference.startswith(_TAGS) and not reference.endswith("^{}"):
            commit = references.get(f"{reference}^{{}}", references[reference])
            new = made.get(commit, commit)
            if new != commit and reference != f"{_TAGS}{version}":
                moves.append(f"+{_tagged(run, reference, new)}:{reference}")
    return moves


def _version_of(run: Run, commit: str) -> str | None:
    if not run("ls-tree", commit, "--", DESCRIPTOR):
        return None
    try:
        return str(json.loads(run("show", f"{commit}:{DESCRIPTOR}"))["version"])
    except (ValueError, KeyError, TypeError):
        return None


def _again(run: Run, commit: str, parent: str | None) -> str:
    """The same commit on another parent: itself where that is the parent it has."""
    old = run("rev-list", "--parents", "--max-count=1", commit).split()[1:]
    if old == ([parent] if parent else []):
        return commit
    author, email, date, message = run("log", "-1", "--format=%an%n%ae%n%aI%n%B", commit).split(
        "\n", 3
    )
    who = {"GIT_AUTHOR_NAME": author, "GIT_AUTHOR_EMAIL": email}
    parents = ("-p", parent) if parent else ()
    command = ("commit-tree", f"{commit}^{{tree}}", *parents, "-m", message.strip())
    return run(*command, date=date, who=who).strip()


def _nothing_left(run: Run, last: str, name: str, version: str) -> str:
    """A commit that says so, for a branch of which every release was withdrawn.

    Its descriptor names the data set, so that the branch is known as its own.
    """
    date = run("log", "-1", "--format=%aI", last).strip()
    content = {"name": name, "resources": [], "withdrawn": [version]}
    run("read-tree", "--empty")
    with tempfile.TemporaryDirectory() as folder:
        for path, text in ((DESCRIPTOR, json.dumps(content, indent=2) + "\n"), (MANIFEST, "")):
            file = Path(folder) / path
            file.write_text(text, encoding="utf-8")
            blob = run("hash-object", "-w", "--no-filters", str(file)).strip()
            run("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}")
    message = f"{version} was withdrawn 已撤回"
    tree = run("write-tree").strip()
    return run("commit-tree", tree, "-m", message, date=date).strip()


def _tagged(run: Run, reference: str, commit: str) -> str:
    """The tag object of a reference on another commit."""
    subject, _, date = run(
        "for-each-ref", "--format=%(contents:subject)%0a%(creatordate:iso-strict)", reference
    ).partition("\n")
    short = reference.removeprefix("refs/tags/")
    run("tag", "--annotate", "--force", "--message", subject, short, commit, date=date.strip())
    return run("rev-parse", reference).strip()
