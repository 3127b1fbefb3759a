"""The folder of an embedded server: where it is, whose it is, and who may change what runs in it."""

import fcntl
import os
import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import EmbeddedServerError
from app.database.embedded.account import Account

_ELSEWHERE = "/var/tmp"  # noqa: S108 - a private folder is made in it
_POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """Where the server's files are; see the package."""

    place: Path
    account: Account

    @property
    def data(self) -> Path:
        """PostgreSQL's own folder."""
        return self.place / "data"

    @property
    def log(self) -> Path:
        """What the server wrote since its last start."""
        return self.place / "server.log"

    @property
    def major(self) -> int | None:
        """The major version that made the data; None where there is none yet.

        Raises:
            EmbeddedServerError: what is there is no data folder, or not ours.
        """
        if not self.data.exists():
            return None
        try:
            return int((self.data / "PG_VERSION").read_text(encoding="utf-8"))
        except PermissionError:
            raise not_ours(self.data) from None
        except (OSError, ValueError):
            message = f"{self.data} is no data folder of PostgreSQL."
            raise EmbeddedServerError(message, fix=f"Move {self.data} away, and start again.") from None

    def password(self) -> str:
        """The superuser's password.

        Raises:
            EmbeddedServerError: it is lost.
        """
        try:
            return (self.place / "password").read_text(encoding="utf-8").strip()
        except OSError:
            message = f"The password of the embedded PostgreSQL cannot be read from {self.place}."
            raise EmbeddedServerError(message, fix=f"Remove {self.place} to begin anew; its data is lost.") from None

    def new_password(self) -> str:
        """Makes the superuser's password, and a copy that only the server's user can read, for `initdb`."""
        password = secrets.token_urlsafe(24)
        _write_private(self.place / "password", password)
        self.account.settle(self.place / "password")
        _write_private(self.place / "password.initdb", password)
        self.account.own(self.place / "password.initdb")
        return password


def not_ours(path: Path) -> EmbeddedServerError:
    """The error of a folder that belongs to somebody else."""
    message = f"{path} belongs to another user."
    return EmbeddedServerError(message, fix="Run as that user, or remove the folder to begin anew.")


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def state_folder(home: Path, owner: Account) -> Path:
    """The home's `.assay` folder, made if it is missing.

    Raises:
        EmbeddedServerError: it cannot be made or written to.
    """
    state = home / ".assay"
    try:
        if not state.is_dir():
            state.mkdir(exist_ok=True)  # another process may make it at this moment
            state.chmod(0o755)
            owner.settle(state)
        descriptor, probe = tempfile.mkstemp(dir=state)
        os.close(descriptor)
        Path(probe).unlink()
    except OSError as error:
        raise cannot_write(state, error) from None
    return state


def cannot_write(path: Path, error: OSError) -> EmbeddedServerError:
    """The error of a full, read-only or closed folder."""
    fix = "Free some space, let this user write there, or set database.url to a server."
    return EmbeddedServerError(f"{path} cannot be written to: {error.strerror}.", fix=fix)


def locate(state: Path, account: Account) -> Folder:
    """The server's folder: in the state folder, or, where the server's user cannot get there, below /var/tmp.

    Raises:
        EmbeddedServerError: it belongs to somebody else, or cannot be made.
    """
    remembered = _remembered(state, account)
    place = remembered or state / "postgres"
    try:
        if remembered is None and not account.reaches(state):
            place = Path(tempfile.mkdtemp(prefix="assay-postgres-", dir=_ELSEWHERE))
            (state / "postgres.location").write_text(str(place), encoding="utf-8")
            account.settle(state / "postgres.location")
        place.mkdir(exist_ok=True)
        if not account.owns(place):
            raise not_ours(place)
        account.settle(place)
        # The server's user must get to its data, and need not see what else is here.
        place.chmod(0o700 if account.uid is None or account.at_home else 0o711)
    except OSError as error:
        raise cannot_write(place, error) from None
    return Folder(place=place, account=account)


def place_of(state: Path) -> Path:
    """Where the server's folder is, or would be, as the state folder says."""
    try:
        return Path((state / "postgres.location").read_text(encoding="utf-8").strip())
    except OSError:
        return state / "postgres"


def _remembered(state: Path, account: Account) -> Path | None:
    """The folder below /var/tmp that an earlier start made; None where it is gone, or somebody else's."""
    place = place_of(state)
    elsewhere = place != state / "postgres"
    return place if elsewhere and place.is_dir() and not place.is_symlink() and account.owns(place) else None


@contextmanager
def locked(state: Path, owner: Account, deadline: float) -> Iterator[None]:
    """Alone with the home's server: whoever starts, joins or leaves it waits for the others.

    Args:
        state: the home's `.assay` folder.
        owner: whose the folder is.
        deadline: of the monotonic clock.

    Raises:
        EmbeddedServerError: the lock's file cannot be written, or another process holds it for too long.
    """
    path = state / "postgres.lock"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        owner.settle(path)
    except OSError as error:
        raise cannot_write(path, error) from None
    try:
        while not _lock(descriptor):
            if time.monotonic() > deadline:
                message = "Another process is starting the embedded PostgreSQL, and does not get ready."
                raise EmbeddedServerError(message, fix=f"End the process that holds {path}.")
            time.sleep(_POLL_SECONDS)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
