"""What was read of code that has not changed since: kept below `.assay/`, where that may be written.

Whoever sends a project may send such a file with it, and tell what its code does not say. So what is kept is signed
with a key that lies with the user, and links are not followed.
"""

import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

from app.core.usage.reads import Usage

_VERSION = b"5"
_FOLDER = ".assay"
_FILE = "usage.cache"
_KEY = 32
_LARGEST = 8 << 20
_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_WRITE = os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_CREAT | os.O_EXCL


class KeptUsage(Struct, frozen=True):
    """What is kept: of which code, and what it reads."""

    digest: bytes
    usage: Usage


class UsageCache:
    """Keeps what one project's code reads.

    Args:
        root: the project's folder.
        environ: the variables of the process, which say where the user's files are.
    """

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        self._root = root
        home = Path(environ.get("HOME", ""))
        place = Path(environ.get("XDG_CACHE_HOME") or home / ".cache")
        self._key_file = place / "assay" / "usage.key" if place.is_absolute() else None

    def load(self, digest: bytes) -> Usage | None:
        """What code of that digest reads; None where that is not known."""
        key = self._key()
        raw = self._raw() if key else b""
        signature, body = raw[:_KEY], raw[_KEY:]
        if not key or not hmac.compare_digest(signature, _signature(key, body)):
            return None
        try:
            kept = msgspec.msgpack.decode(body, type=KeptUsage)
        except (msgspec.MsgspecError, RecursionError):
            return None
        return kept.usage if kept.digest == digest else None

    def store(self, digest: bytes, usage: Usage) -> None:
        """Keeps it, where that can be done."""
        try:
            key = self._key() or self._new_key()
            body = msgspec.msgpack.encode(KeptUsage(digest, usage))
            if key and len(body) < _LARGEST:
                self._write(_signature(key, body) + body)
        except OSError:
            return

    def _raw(self) -> bytes:
        try:
            with self._folder() as folder:
                return _read_plain(_FILE, folder)
        except OSError:
            return b""

    @contextmanager
    def _folder(self) -> Iterator[int]:
        folder = os.open(self._root / _FOLDER, _READ | os.O_DIRECTORY)
        try:
            yield folder
        finally:
            os.close(folder)

    def _write(self, raw: bytes) -> None:
        if not os.path.lexists(self._root / _FOLDER):
            (self._root / _FOLDER).mkdir(0o755)  # the embedded server's account goes through it, too
            with self._folder() as folder:
                _write_new(".gitignore", b"*\n", folder)
        with self._folder() as folder:
            name = f"{_FILE}.{secrets.token_hex(8)}"
            _write_new(name, raw, folder)
            os.replace(name, _FILE, src_dir_fd=folder, dst_dir_fd=folder)

    def _key(self) -> bytes:
        """The user's key; empty where there is none, or where others might know it."""
        if self._key_file is None:
            return b""
        try:
            return key if len(key := _read_plain(self._key_file, None, private=True)) == _KEY else b""
        except OSError:
            return b""

    def _new_key(self) -> bytes:
        if self._key_file is None:
            return b""
        self._key_file.parent.mkdir(0o700, parents=True, exist_ok=True)
        _write_new(self._key_file, secrets.token_bytes(_KEY), None)
        return self._key()


@cache
def _reader() -> bytes:
    """A digest of the code that reads code: what another reader has found is not kept."""
    made = hashlib.blake2b(_VERSION, digest_size=_KEY)
    for file in sorted(Path(__file__).parents[1].rglob("*.py")):
        made.update(file.read_bytes())
    return made.digest()


def digest_of(asked: tuple[object, ...], texts: Mapping[Path, bytes]) -> bytes:
    """The digest of code, and of what is asked about it."""
    made = hashlib.blake2b(_reader(), digest_size=_KEY)
    made.update(repr(asked).encode("utf-8", "surrogatepass"))
    for path, text in texts.items():
        made.update(repr(str(path)).encode("utf-8", "surrogatepass"))
        made.update(hashlib.blake2b(text, digest_size=_KEY).digest())
    return made.digest()


def _signature(key: bytes, body: bytes) -> bytes:
    return hashlib.blake2b(body, key=key, digest_size=_KEY).digest()


def _read_plain(name: str | Path, folder: int | None, *, private: bool = False) -> bytes:
    descriptor = os.open(name, _READ, dir_fd=folder)
    try:
        status = os.fstat(descriptor)
        is_others = private and (status.st_uid != os.geteuid() or stat.S_IMODE(status.st_mode) & 0o077)
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST or is_others:
            return b""
        return os.read(descriptor, _LARGEST)
    finally:
        os.close(descriptor)


def _write_new(name: str | Path, raw: bytes, folder: int | None) -> None:
    descriptor = os.open(name, _WRITE, 0o600, dir_fd=folder)
    with os.fdopen(descriptor, "wb") as file:
        file.write(raw)
