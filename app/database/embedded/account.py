"""The user that the server runs as: PostgreSQL refuses to run as root."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict


class ProcessOptions(TypedDict, total=False):
    """What `subprocess` takes to start a process as somebody else."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A user and group; None is whoever we are.

    Attributes:
        at_home: the home folder is this user's: what is made in it becomes the user's own.
    """

    uid: int | None = None
    gid: int | None = None
    at_home: bool = False

    @property
    def process(self) -> ProcessOptions:
        """The options that start a process as this user, with no other groups."""
        if self.uid is None or self.gid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Gives a file or folder to this user."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def settle(self, path: Path) -> None:
        """Gives a file or folder to this user where it is at home, so that it can start the server itself."""
        if self.at_home:
            self.own(path)

    def owns(self, path: Path) -> bool:
        """True where the path is this user's, or ours."""
        return path.lstat().st_uid in {self.uid, os.geteuid()}

    def reaches(self, path: Path) -> bool:
        """True where this user can run a file, or enter a folder.

        The kernel is asked, not the mode bits: it also knows of access lists and mount options.
        """
        test = ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)]
        asked = subprocess.run(test, cwd="/", check=False, **self.process)  # noqa: S603 - a fixed command
        return asked.returncode == 0


def server_account(home: Path) -> Account:
    """Whom the server of this home folder runs as: us, but for root the folder's owner, else `nobody`.

    PostgreSQL wants a user with a name.
    """
    if os.geteuid() != 0:
        return Account()
    owner = home.stat()
    if owner.st_uid != 0 and _has_name(owner.st_uid):
        return Account(uid=owner.st_uid, gid=owner.st_gid, at_home=True)
    nobody = pwd.getpwnam("nobody")
    return Account(uid=nobody.pw_uid, gid=nobody.pw_gid)


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True
