"""The files that the page needs, as they are served: those that are there at the start, and no others."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from app.web.http.content_coding import packed

_MEDIA = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file, with its media type and the tag that changes whenever it does.

    Attributes:
        packed: the same, in gzip's format; None where that saves nothing.
    """

    body: bytes
    packed: bytes | None
    media: str
    tag: str


@cache
def assets() -> Mapping[str, Asset]:
    """The files by their names."""
    folder = files("app.web") / "static"
    read = {entry.name: entry.read_bytes() for entry in folder.iterdir() if entry.is_file()}
    return {
        name: Asset(body=body, packed=packed(body), media=_MEDIA[suffix], tag=_tag(body))
        for name, body in sorted(read.items())
        if (suffix := name[name.rfind(".") :]) in _MEDIA
    }


def _tag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


@cache
def version() -> str:
    """Changes whenever any of the files does; an address with it can be kept for ever."""
    tags = "".join(f"{name}{asset.tag}" for name, asset in assets().items())
    return hashlib.sha256(tags.encode()).hexdigest()[:12]
