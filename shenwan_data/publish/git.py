"""Publishing to a git remote: one commit and one annotated tag for each release.

Belongs here: the steps with git. Does not belong here: credentials in an address or a command; git
takes them from its environment, or from an SSH key of the user.

The commit is pushed to ``refs/staging/…`` first, which a clone does not fetch, and every file is read
back from there. Branch and tag then move together or not at all. The same release makes the same
commit. A branch that holds anything but releases of this data set is left alone.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from shenwan_data.errors import Text, UsageError
from shenwan_data.publish import git_withdrawal
from shenwan_data.publish.credentials import Credentials
from shenwan_data.publish.git_command import environment, executable
from shenwan_data.publish.http import Retries, TransientError
from shenwan_data.publish.plan import Action, ConflictError, Journal, Plan, PortalError
from shenwan_data.publish.release_folder import ReleaseFolder
from shenwan_data.publish.targets import Address
from shenwan_data.release.descriptor import DESCRIPTOR
from shenwan_data.release.manifest import MANIFEST

_TRANSIENT = re.compile(
    r"Could not resolve|[Cc]onnection|timed out|unexpectedly|HTTP (5|429)|returned error: (5|429)"
)
# What git says of a reference that moved meanwhile. A hook that declines a push is no such case, nor
# is a message in which "lock" or "rejected" is a part of another word or a name.
_CONFLICT = re.compile(
    r"! \[rejected\]|cannot lock ref|failed to update ref|incorrect old value provided"
    r"|reference already exists|is at [0-9a-f]{7,} but expected"
)


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
                [executable(), "-C", str(folder), *command],
                env={**environment(self._remote, self._credentials), **dates, **(who or {})},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode == 0:
                return done.stdout
            said = self._credentials.hide(done.stderr.strip())
            if _CONFLICT.search(said):
                raise self._conflict(said)
            if _TRANSIENT.search(said):
                raise TransientError(said)
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
        listed = self._git(repository, "ls-remote", self._remote)
        lines = (line.split("\t") for line in listed.splitlines())
        return {name: digest for digest, name in lines}

    def _push(self, repository: Path, moves: list[str], after: dict[str, str | None]) -> None:
        """Move references together or not at all, to where ``after`` says they then are."""
        try:
            self._git(repository, "push", "--quiet", "--atomic", self._remote, *moves)
        except ConflictError:
            # After a lost answer the conflict may be with this very push.
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

    def _require_own(self, repository: Path, release: ReleaseFolder) -> None:
        """Whether the branch holds releases of this data set, which the next commit replaces."""
        options = ("--quiet", "--depth=1", "--no-tags")
        self._git(repository, "fetch", *options, self._remote, self._branch)
        names = self._git(repository, "ls-tree", "--name-only", "FETCH_HEAD").splitlines()
        found = None
        if DESCRIPTOR in names:
            try:
                content = self._git(repository, "show", f"FETCH_HEAD:{DESCRIPTOR}")
                found = json.loads(content)["name"]
            except (ValueError, KeyError, TypeError):
                found = None
        if found != release.descriptor["name"]:
            raise PortalError(
                Text(
                    f"分支 {self._branch} 存放的是其他内容，未作改动",
                    f"{self._branch} holds something else; it was left alone",
                ),
                place=self.name,
                remedy=Text(
                    "请在 targets.yaml 中用 branch 指定一个新分支或空仓库",
                    "name a new branch with `branch` in targets.yaml, or an empty repository",
                ),
            )

    def _tag(self, release: ReleaseFolder) -> str:
        return f"refs/tags/v{release.version}"

    def _staging(self, release: ReleaseFolder) -> str:
        return f"refs/staging/v{release.version}"

    def plan(self, release: ReleaseFolder, *, force: bool) -> Plan:
        """What differs. A tag that somebody moved is drift; nothing moves it back but ``force``."""
        with self._repository() as repository:
            tag = self._tag(release)
            references = self._references(repository)
            if tag not in references:
                if self._branch in references:
                    self._require_own(repository, release)
                actions = [Action("create", file.path) for file in release.files]
                actions += [Action("update", self._branch), Action("create", tag)]
                return Plan(self.name, release.version, tuple(actions))
            found = self._fetched(repository, tag)
        wanted = {file.path: file.sha256 for file in release.files}
        if MANIFEST in found and found[MANIFEST] != wanted[MANIFEST]:
            raise UsageError(
                Text(
                    f"{release.version} 已以其他内容发布，已发布的版本不再改动",
                    f"{release.version} is already published with other content; a published "
                    "release never changes",
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
                    Text("远程仓库中的文件与发送的不一致", "the file on the remote differs"),
                    file=path,
                    place=self.name,
                    remedy=Text(
                        "没有公开任何内容；请重新发布", "nothing was made public; publish again"
                    ),
                )
        journal.write("verified", release.version, release.manifest_sha256)
        return found

    def switch(self, release: ReleaseFolder, plan: Plan, journal: Journal) -> None:
        """Move branch and tag to the staged commit in one push, which removes the staging name."""
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
            repaired = any(
                action.subject == tag and action.kind == "update" for action in plan.writes
            )
            moves = [f"{'+' if repaired else ''}{tag}:{tag}", f":{staging}"]
            if not repaired:
                # If the branch has moved meanwhile, all of it is refused.
                moves.append(f"{commit}:{self._branch}")
            tagged = self._git(repository, "rev-parse", tag).strip()
            after = {tag: tagged, staging: None} | ({} if repaired else {self._branch: commit})
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
