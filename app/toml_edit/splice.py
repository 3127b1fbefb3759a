"""One stretch of bytes in place of another, and the proof that nothing else changed."""

from msgspec import Struct


class Splice(Struct, frozen=True, kw_only=True):
    """A text for the bytes from `start` to `end`; without an end it is put between."""

    start: int
    text: bytes
    end: int | None = None

    def applied(self, raw: bytes) -> bytes:
        """The file with the text in its place, every other byte as it was."""
        return raw[: self.start] + self.text + raw[self.start if self.end is None else self.end :]
