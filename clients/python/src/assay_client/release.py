"""A release: what the service says about it, and the body that its digest stands for."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

from assay_client import keys
from assay_client.errors import ServiceError


class Release(Mapping[str, Any]):
    """A released set of values; as a mapping it is the service's own description, field by field.

    Attributes:
        id: rises with each release, also over a failover.
        digest: `sha256:…` of the body's bytes.
        body: those bytes.
        settings: the released values, in nested tables; for reading only.
        supplied: keys of secrets, which each instance supplies itself.
    """

    def __init__(self, described: Mapping[str, Any], body: bytes) -> None:
        self._described = {key: value for key, value in described.items() if key != "digest_key"}
        self.id = int(described["id"])
        self.digest = str(described["digest"])
        self.environment = str(described["environment"])
        self.project = str(described["project"])
        self.body = body
        read = _body(body, self.digest)
        for name, own in (("project", self.project), ("environment", self.environment)):
            if str(read.get(name)).lower() != own.lower():
                raise ServiceError(f"The body {self.digest} is of the {name} {read.get(name)}, not of {own}.")
        self.settings: Mapping[str, Any] = _typed(read["values"], read.get("typed"))
        self.supplied: tuple[str, ...] = tuple(str(key) for key in read["supplied"])

    def __getitem__(self, key: str) -> Any:
        return self._described[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._described)

    def __len__(self) -> int:
        return len(self._described)

    def __repr__(self) -> str:
        return f"Release(id={self.id}, digest={self.digest!r})"

    @property
    def described(self) -> dict[str, Any]:
        """The service's description, as JSON."""
        return dict(self._described)


_KINDS: Mapping[str, Callable[[str], Any]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "float": float,
}
"""What JSON has no kind of its own for, by the name that a body gives it; it stands there as a text."""


_VERSION = 1
"""Of heads and of bodies: what another one means is not known here."""

_GREATEST_ID = 10**18 - 1
"""The service gives no greater one, and takes none."""


def digest_of(body: bytes) -> str:
    """`sha256:` and the digest of a body's bytes, in hexadecimal digits."""
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def is_description(value: object) -> bool:
    """Whether it has what a release's description must have, each of its type."""
    return (
        isinstance(value, dict)
        and type(value.get("id")) is int
        and 0 < value["id"] <= _GREATEST_ID
        and all(isinstance(value.get(key), str) for key in ("digest", "environment", "project"))
    )


def assert_version(said: Mapping[str, Any], what: str) -> None:
    """Raises ServiceError where a document of the service is of another version than this client reads."""
    version = said.get("version")
    if type(version) is not int or version != _VERSION:
        raise ServiceError(f"{what} is of version {version!r}, and this client reads {_VERSION}: take a newer one.")


def _body(body: bytes, digest: str) -> dict[str, Any]:
    if digest_of(body) != digest:
        raise ServiceError(f"The body has another digest than {digest}: it was changed on its way.")
    try:
        read = json.loads(body.decode())
    except (ValueError, RecursionError) as error:
        raise ServiceError(f"The body {digest} is no JSON.") from error
    if not isinstance(read, dict) or not isinstance(read.get("values"), dict):
        raise ServiceError(f"The body {digest} has no values.")
    assert_version(read, f"The body {digest}")
    if not isinstance(read.setdefault("supplied", []), list):
        raise ServiceError(f"The body {digest} does not list what instances supply.")
    return read


def _typed(values: dict[str, Any], kinds: object) -> dict[str, Any]:
    """The values, where a text stands for another kind as that kind."""
    if not isinstance(kinds, dict) or not kinds:
        return values
    return {name: _with_kinds(keys.top(name), value, kinds) for name, value in values.items()}


def _with_kinds(key: str, value: Any, kinds: Mapping[str, object]) -> Any:
    if isinstance(value, dict):
        return {name: _with_kinds(f"{key}.{keys.part(name)}", item, kinds) for name, item in value.items()}
    if isinstance(value, list):
        return [_with_kinds(f"{key}[{position}]", item, kinds) for position, item in enumerate(value)]
    read = _KINDS.get(str(kinds.get(key)))
    if read is None or not isinstance(value, str):
        return value
    try:
        return read(value)
    except ValueError as error:
        raise ServiceError(f"The body says that {key} is a {kinds[key]}, and it is none.") from error
