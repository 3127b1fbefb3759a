"""Who made which values through the service: told when they are written, asked when they are read."""

from collections.abc import Mapping
from threading import Lock

_MOST = 20


class Edits:
    """Edits that no reading has shown yet; safe to tell from other threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._made: dict[str, tuple[tuple[str, str], ...]] = {}

    def add(self, asked_by: str, fingerprints: Mapping[str, str]) -> None:
        """Remembers an edit.

        Args:
            asked_by: the token's name, or `operator` on loopback.
            fingerprints: of the environments that it changed, as it left them.
        """
        with self._lock:
            for environment, fingerprint in fingerprints.items():
                before = self._made.get(environment, ())[1 - _MOST :]
                self._made[environment] = (*before, (fingerprint, asked_by))

    def author(self, environment: str, fingerprint: str) -> str | None:
        """Who made an environment what it is; several, where one reading shows edits of several; None where nobody did.

        What is told is forgotten.
        """
        with self._lock:
            made = self._made.get(environment, ())
            number = next((number for number, (left, _) in enumerate(made) if left == fingerprint), None)
            if number is None:
                return None
            self._made[environment] = made[number + 1 :]
        return ", ".join(dict.fromkeys(by for _, by in made[: number + 1]))
