"""What the client is told: variables of the process, or the same names handed to `configure`."""

import difflib
import hashlib
import os
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from assay_client.errors import ConfigurationError

NAMES = (
    "ASSAY_SERVICE_URLS",
    "ASSAY_SERVICE_TOKEN",
    "ASSAY_PROJECT",
    "ASSAY_LAST_GOOD",
    "ASSAY_INSTANCE",
    "ASSAY_TIMEOUT",
)
_DEFAULT_TIMEOUT = 2.0
_LONGEST_TIMEOUT = 300.0


@dataclass(frozen=True)
class Configuration:
    """Where releases come from.

    Attributes:
        urls: the service's addresses, without a slash at the end; none: the last good file alone.
        token: what the service knows this client by.
        project: the project's name, where a service has several.
        last_good: the file that is named, if one is.
        instance: the name that is reported; none: host and process id.
        timeout: seconds that a start waits for the first answer.
    """

    urls: tuple[str, ...]
    token: str | None
    project: str | None
    last_good: Path | None
    instance: str | None
    timeout: float

    def __repr__(self) -> str:
        return f"Configuration(urls={self.urls!r}, project={self.project!r})"  # the token stays inside

    def file_for(self, environment: str) -> Path:
        """The last good file of an environment.

        Without a project's name the folder that the process was started in stands for it, so that two applications
        of one user never read each other's file.
        """
        if self.last_good:
            return self.last_good
        project = self.project or hashlib.sha256(os.fsencode(_working_directory())).hexdigest()[:16]
        return _cache_folder() / "assay" / _as_name(project) / f"{_as_name(environment)}.json"

    def instance_name(self) -> str:
        """The name of this process, read anew after a fork."""
        return self.instance or f"{socket.gethostname()}:{os.getpid()}"


def read(environ: Mapping[str, str], told: Mapping[str, object]) -> Configuration | None:
    """The configuration; None where nothing says where releases come from.

    Args:
        environ: the process's variables.
        told: what `configure` was told, which wins.

    Raises:
        ConfigurationError: something of it cannot be used.
    """
    said = {name: told.get(name, environ.get(name)) for name in NAMES}
    urls = _urls(said["ASSAY_SERVICE_URLS"])
    last_good = _text(said, "ASSAY_LAST_GOOD")
    token = _text(said, "ASSAY_SERVICE_TOKEN")
    if not urls and not last_good:
        if token:
            raise ConfigurationError("ASSAY_SERVICE_TOKEN is set, and ASSAY_SERVICE_URLS is not: set it, too.")
        return None
    if token and not (token.isascii() and token.isprintable()):
        raise ConfigurationError("ASSAY_SERVICE_TOKEN has characters that no header can carry: copy it anew.")
    return Configuration(
        urls=urls,
        token=token,
        project=_text(said, "ASSAY_PROJECT"),
        last_good=_file(last_good) if last_good else None,
        instance=_text(said, "ASSAY_INSTANCE"),
        timeout=_seconds(said["ASSAY_TIMEOUT"]),
    )


def canonical_names(told: Mapping[str, object]) -> dict[str, object]:
    """What `configure` was told, by the variables' names: `service_urls` is `ASSAY_SERVICE_URLS`.

    Raises:
        ConfigurationError: a name that is none, with the nearest.
    """
    named = {}
    for name, value in told.items():
        upper = name.upper()
        full = upper if upper.startswith("ASSAY_") else f"ASSAY_{upper}"
        if full not in NAMES:
            nearest = difflib.get_close_matches(full, NAMES, 1, 0.0)[0]
            raise ConfigurationError(f"configure() knows no {name}; did you mean {nearest}?")
        named[full] = value
    return named


def _text(said: Mapping[str, object], name: str) -> str | None:
    value = said[name]
    return str(value).strip() or None if value is not None else None


def _urls(value: object) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else [str(item) for item in _items(value)]
    return tuple(_url(part.strip()) for part in parts if part.strip())


def _items(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, (list, tuple)) else () if value is None else (value,)


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise ConfigurationError("ASSAY_SERVICE_URLS has an address that is none: write http://HOST:PORT or https://….")
    if "@" in parts.netloc:
        raise ConfigurationError("ASSAY_SERVICE_URLS holds a password: take it out, and set ASSAY_SERVICE_TOKEN.")
    if parts.query or parts.fragment:
        raise ConfigurationError(f"ASSAY_SERVICE_URLS: {parts.hostname} has something behind its path: take it out.")
    return text.rstrip("/")


def _seconds(value: object) -> float:
    try:
        seconds = float(str(value)) if value not in (None, "") else _DEFAULT_TIMEOUT
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= _LONGEST_TIMEOUT:
        raise ConfigurationError(f"ASSAY_TIMEOUT is {value!r}: write seconds, from 0 to {_LONGEST_TIMEOUT:.0f}.")
    return seconds


def _file(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise ConfigurationError("ASSAY_LAST_GOOD begins with ~, and no home is known: write the whole path.") from None


def _cache_folder() -> Path:
    named = os.environ.get("XDG_CACHE_HOME", "")
    if named.startswith("/"):
        return Path(named)
    try:
        return Path("~/.cache").expanduser()
    except RuntimeError:  # a container's user whom the image does not know; what cannot be written there is told
        return Path("/.cache")


def _working_directory() -> str:
    try:
        return str(Path.cwd())
    except OSError:  # somebody took it away
        return os.environ.get("PWD", "")


def _as_name(text: str) -> str:
    """A name that is safe as a file's, and another for each text."""
    safe = re.sub(r"[^A-Za-z0-9._-]", "_", text)[:80]
    changed = safe != text or safe.startswith(".")
    return f"{safe.lstrip('.')}-{hashlib.sha256(text.encode()).hexdigest()[:8]}" if changed else safe
