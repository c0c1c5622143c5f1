"""Publishing to a git remote: one commit and one annotated tag for each release.

Belongs here: the steps with git. Does not belong here: credentials in an address or a command; git
takes them from its environment, or from an SSH key of the user.

The commit goes to ``refs/staging/…`` first, which a clone does not fetch; from there every file is
read back. Branch and tag then move together or not at all. The same release makes the same commit.
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from shenwan_data.errors import Text, UsageError
from shenwan_data.publish import git_withdrawal
from shenwan_data.publish.credentials import Credentials
from shenwan_data.publish.http import PassingError, Retries
from shenwan_data.publish.plan import Action, ConflictError, Journal, Plan, PortalError
from shenwan_data.publish.release_folder import ReleaseFolder
from shenwan_data.publish.targets import Address
from shenwan_data.release.manifest import MANIFEST

_AUTHOR = "shenwan-data", "shenwan-data@localhost"
_PASSING = (
    "Could not resolve", "Connection", "connection", "timed out", "unexpectedly",
    "HTTP 5", "HTTP 429", "returned error: 5", "returned error: 429",
)  # fmt: skip
_BEHIND = ("[rejected]", "non-fast-forward", "fetch first", "stale info", "already exists", "lock")


class GitTarget:
    """A git remote as a target. ``url`` is where the public reads it."""

    def __init__(
        self,
        name: str,
        remote: str,
        branch: str,
        url: str,
        credentials: Credentials,
        retries: Retries,
    ) -> None:
        self.name = name
        self.url = url
        self._remote = remote
        self._branch = f"refs/heads/{branch}"
        self._credentials = credentials
        self._retries = retries

    def _environment(self) -> dict[str, str]:
        settings = {"core.autocrlf": "false", "core.quotePath": "false", "gc.auto": "0"}
        token = self._credentials.get("token")
        if token is not None:
            user = self._credentials.get("user") or "git"
            basic = base64.b64encode(f"{user}:{token}".encode()).decode()
            settings[f"http.{self._remote}.extraHeader"] = f"Authorization: Basic {basic}"
            # A redirect would carry the header to wherever it leads.
            settings["http.followRedirects"] = "false"
        kept = {key: os.environ[key] for key in _KEPT if key in os.environ}
        numbered = {"GIT_CONFIG_COUNT": str(len(settings))}
        for at, (key, value) in enumerate(settings.items()):
            numbered |= {f"GIT_CONFIG_KEY_{at}": key, f"GIT_CONFIG_VALUE_{at}": value}
        return {
            **kept,
            **numbered,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_AUTHOR_NAME": _AUTHOR[0],
            "GIT_AUTHOR_EMAIL": _AUTHOR[1],
            "GIT_COMMITTER_NAME": _AUTHOR[0],
            "GIT_COMMITTER_EMAIL": _AUTHOR[1],
            "LC_ALL": "C.UTF-8",
        }

    def _git(
        self,
        folder: Path,
        *command: str,
        date: str | None = None,
        who: dict[str, str] | None = None,
    ) -> str:
        dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date} if date else {}

        def once() -> str:
            done = subprocess.run(  # noqa: S603 - our own arguments, no shell
                [_executable(), "-C", str(folder), *command],
                env={**self._environment(), **dates, **(who or {})},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode == 0:
                return done.stdout
            said = self._credentials.hide(done.stderr.strip())
            if any(word in said for word in _BEHIND):
                raise self._conflict(said)
            if any(word in said for word in _PASSING):
                raise PassingError(said)
            raise self._refusal(command[0], said)

        # Pushing the same commit once more changes nothing.
        return self._retries.read(self.name, f"git {command[0]}", once)

    def _conflict(self, said: str) -> ConflictError:
        return ConflictError(
            Text(f"远程仓库已被他人更新（{said}）", f"somebody else pushed meanwhile ({said})"),
            place=self.name,
            remedy=Text("请重新发布", "publish again"),
        )

    def _refusal(self, what: str, said: str) -> PortalError:
        return PortalError(
            Text(f"git {what} 失败：{said}", f"git {what} failed: {said}"),
            place=self.name,
            remedy=Text(
                "请检查地址、凭据和权限后重新发布",
                "check address, credentials and rights, then publish again",
            ),
        )

    @contextmanager
    def _repository(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder)
            self._git(path, "init", "--quiet", "--bare")
            yield path

    def _references(self, repository: Path) -> dict[str, str]:
        told = self._git(repository, "ls-remote", self._remote)
        lines = (line.split("\t") for line in told.splitlines())
        return {name: digest for digest, name in lines}

    def _push(self, repository: Path, moves: list[str], after: dict[str, str | None]) -> None:
        """Move references together or not at all, to where ``after`` says they then are."""
        try:
            self._git(repository, "push", "--quiet", "--atomic", self._remote, *moves)
        except ConflictError:
            # After a lost answer the one who pushed meanwhile may have been this very push.
            found = self._references(repository)
            if any(found.get(name) != digest for name, digest in after.items()):
                raise

    def _fetched(self, repository: Path, reference: str) -> dict[str, str]:
        """The hash of every file of a commit of the remote, by path."""
        options = ("--quiet", "--depth=1", "--no-tags")
        self._git(repository, "fetch", *options, self._remote, reference)
        with tempfile.TemporaryDirectory() as folder:
            place = ("--work-tree", folder)
            self._git(repository, *place, "checkout", "--quiet", "--force", "FETCH_HEAD", "--", ".")
            root = Path(folder)
            return {
                path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
                for path in root.rglob("*")
                if path.is_file()
            }

    def _tag(self, release: ReleaseFolder) -> str:
        return f"refs/tags/v{release.version}"

    def _staging(self, release: ReleaseFolder) -> str:
        return f"refs/staging/v{release.version}"

    def plan(self, release: ReleaseFolder, *, force: bool) -> Plan:
        """What differs. A tag that somebody moved is drift; nothing moves it back but ``force``."""
        with self._repository() as repository:
            tag = self._tag(release)
            if tag not in self._references(repository):
                actions = [Action("create", file.path) for file in release.files]
                actions += [Action("update", self._branch), Action("create", tag)]
                return Plan(self.name, release.version, tuple(actions))
            found = self._fetched(repository, tag)
        wanted = {file.path: file.sha256 for file in release.files}
        if MANIFEST in found and found[MANIFEST] != wanted[MANIFEST]:
            raise UsageError(
                Text(
                    f"{release.version} 已以其他内容发布，已发布的版本不再改动",
                    f"{release.version} is published with other content, and a release that is "
                    "published never changes",
                ),
                place=self.name,
                remedy=Text(
                    "请在数据目录的 release.yaml 中提高版本号后重新构建",
                    "raise the version in release.yaml of the data folder and build again",
                ),
            )
        actions = []
        for path in sorted({*wanted, *found}):
            same = wanted.get(path) == found.get(path)
            changed = Text("与标签中的内容不一致", "it differs from what the tag holds")
            kind = "update" if force else "drift"
            actions.append(
                Action("unchanged", path) if same else Action(kind, path, changed)  # type: ignore[arg-type]
            )
        if any(action.kind == "update" for action in actions):
            actions.append(Action("update", tag))
        return Plan(self.name, release.version, tuple(actions))

    def stage(self, release: ReleaseFolder, _: Plan, journal: Journal) -> None:
        """Push the commit under a name that no clone fetches."""
        with self._repository() as repository:
            commit = self._commit(repository, release)
            staging = self._staging(release)
            self._push(repository, [f"+{commit}:{staging}"], {staging: commit})
        journal.write("pushed", commit, release.manifest_sha256)

    def _commit(self, repository: Path, release: ReleaseFolder) -> str:
        references = self._references(repository)
        place = ("--work-tree", str(release.folder))
        self._git(repository, *place, "add", "--force", *(file.path for file in release.files))
        tree = self._git(repository, "write-tree").strip()
        parents: tuple[str, ...] = ()
        if self._branch in references:
            options = ("--quiet", "--depth=1", "--no-tags")
            self._git(repository, "fetch", *options, self._remote, self._branch)
            parents = ("-p", references[self._branch])
        message = f"{release.descriptor['title']}\n\n{release.version}\n"
        return self._git(
            repository, "commit-tree", tree, *parents, "-m", message, date=release.created
        ).strip()

    def verify(self, release: ReleaseFolder, _: Plan, journal: Journal) -> dict[str, str]:
        """Fetch the staged commit into an empty repository and hash every file of it."""
        with self._repository() as repository:
            found = self._fetched(repository, self._staging(release))
        wanted = {file.path: file.sha256 for file in release.files}
        for path in sorted({*wanted, *found}):
            if wanted.get(path) != found.get(path):
                raise PortalError(
                    Text("远程仓库中的文件与发送的不一致", "the remote holds another file"),
                    file=path,
                    place=self.name,
                    remedy=Text(
                        "没有公开任何内容；请重新发布", "nothing was made public; publish again"
                    ),
                )
        journal.write("verified", release.version, release.manifest_sha256)
        return found

    def switch(self, release: ReleaseFolder, plan: Plan, journal: Journal) -> None:
        """Move branch and tag to the staged commit at one stroke; the staging name goes."""
        staging, tag = self._staging(release), self._tag(release)
        with self._repository() as repository:
            references = self._references(repository)
            commit = references.get(staging)
            if commit is None:
                raise self._conflict(f"{staging} is gone")
            depth = ("--quiet", "--no-tags")
            self._git(repository, "fetch", *depth, self._remote, staging)
            self._git(
                repository, "tag", "--annotate", "--force", "--message", release.version,
                tag.removeprefix("refs/tags/"), commit, date=release.created,
            )  # fmt: skip
            mended = any(
                action.subject == tag and action.kind == "update" for action in plan.writes
            )
            moves = [f"{'+' if mended else ''}{tag}:{tag}", f":{staging}"]
            if not mended:
                # A branch that moved meanwhile refuses all of it.
                moves.append(f"{commit}:{self._branch}")
            tagged = self._git(repository, "rev-parse", tag).strip()
            after = {tag: tagged, staging: None} | ({} if mended else {self._branch: commit})
            self._push(repository, moves, after)
        journal.write("public", tag, release.manifest_sha256)

    def versions(self, name: str) -> tuple[str, ...]:  # noqa: ARG002
        """The versions that have a tag, or are being published."""
        with self._repository() as repository:
            return git_withdrawal.versions(self._references(repository))

    def read_file(self, name: str, version: str, path: str) -> bytes | None:  # noqa: ARG002
        """A file of a version; None where its commit holds none."""
        with self._repository() as repository:
            found = self._references(repository)
            places = (f"refs/tags/v{version}", f"refs/staging/v{version}")
            for reference in (each for each in places if each in found):
                options = ("--quiet", "--depth=1", "--no-tags")
                self._git(repository, "fetch", *options, self._remote, reference)
                if self._git(repository, "ls-tree", "FETCH_HEAD", "--", path):
                    return self._git(repository, "show", f"FETCH_HEAD:{path}").encode("utf-8")
        return None

    def withdraw(self, name: str, version: str) -> Text | None:
        """Remove the tag, and write the branch again without the commits of the version."""
        with self._repository() as repository:
            run = partial(self._git, repository)
            found = self._references(repository)
            run("fetch", "--quiet", self._remote, "+refs/*:refs/*")
            moves = git_withdrawal.rewritten(run, found, self._branch, name, version)
            lease = f"--force-with-lease={self._branch}:{found.get(self._branch, '')}"
            if moves:
                run("push", "--quiet", "--atomic", lease, self._remote, *moves)
        return git_withdrawal.LEFT

    def record(self, release: ReleaseFolder) -> str:
        """The address of the remote and the tag."""
        return f"{self.url}#v{release.version}"


_KEPT = ("PATH", "HOME", "SSH_AUTH_SOCK", "https_proxy", "HTTPS_PROXY", "no_proxy", "SSL_CERT_FILE")


def _executable() -> str:
    found = shutil.which("git")
    if found is None:
        raise UsageError(
            Text("找不到 git", "git is not installed"),
            remedy=Text("请安装 git", "install it (Debian: apt-get install git)"),
        )
    return found


def open_git(address: Address, credentials: Credentials) -> GitTarget:
    """The remote at an address of ``targets.yaml``."""
    remote = str(address.text("remote"))
    return GitTarget(
        address.name,
        remote,
        address.text("branch", "main") or "main",
        address.text("url") or remote,
        credentials,
        address.retries,
    )
