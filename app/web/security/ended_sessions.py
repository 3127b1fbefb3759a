"""Sessions that were ended before their time: their cookies say nothing any more, in every worker."""

import hashlib
from contextlib import suppress
from pathlib import Path

_FOLDER = "ended-sessions"


class EndedSessions:
    """The cookies that were signed out, until they would have run out anyway.

    Args:
        shared: the folder in which several workers note what they must all know; None where there is one alone.
    """

    def __init__(self, shared: str | None = None) -> None:
        self._ended: dict[str, float] = {}
        self._folder = Path(shared) / _FOLDER if shared else None
        if self._folder:
            self._folder.mkdir(exist_ok=True)

    def end(self, cookie: str, expires: float, now: float) -> None:
        """Notes that a session has ended.

        Args:
            cookie: by which it was known.
            expires: the moment, in seconds since 1970, from which it says nothing anyway.
            now: the present moment.
        """
        self._ended = {name: until for name, until in self._ended.items() if until >= now}
        self._ended[_name(cookie)] = expires
        if self._folder:
            (self._folder / _name(cookie)).touch()

    def __contains__(self, cookie: str) -> bool:
        """Whether this session has ended."""
        name = _name(cookie)
        if name in self._ended:
            return True
        with suppress(OSError):
            return self._folder is not None and (self._folder / name).exists()
        return True  # what cannot be known opens nothing


def _name(cookie: str) -> str:
    return hashlib.sha256(cookie.encode("utf-8", "surrogateescape")).hexdigest()
