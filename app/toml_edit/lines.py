"""The lines of a file, as bytes."""

from msgspec import Struct


class Lines(Struct, frozen=True, kw_only=True):
    """A file's bytes, asked by position."""

    raw: bytes

    @property
    def ending(self) -> bytes:
        """What ends the file's lines."""
        return b"\r\n" if self.raw[: self.raw.find(b"\n")].endswith(b"\r") and b"\n" in self.raw else b"\n"

    @property
    def is_open(self) -> bool:
        """Whether the last line has no end."""
        return bool(self.raw) and not self.raw.endswith(b"\n")

    def line(self, position: int) -> int:
        """How many lines end before this position; an open last line ends at the end of the file."""
        return self.raw.count(b"\n", 0, position) + (self.is_open and position == len(self.raw))

    def start(self, position: int) -> int:
        """Where the line of this position begins."""
        return self.raw.rfind(b"\n", 0, position) + 1

    def after(self, position: int) -> int:
        """Where the next line begins; the file's length where there is none."""
        found = self.raw.find(b"\n", position)
        return len(self.raw) if found < 0 else found + 1

    def before(self, start: int) -> bytes:
        """The line above the one that begins here, with its end; nothing at the top."""
        return self.raw[self.start(start - 1) : start] if start else b""

    def indent(self, position: int) -> bytes:
        """The blanks before this position, if nothing else stands there."""
        blanks = self.raw[self.start(position) : position]
        return b"" if blanks.strip() else blanks


def is_blank(line: bytes) -> bool:
    """Whether it is an end and nothing else."""
    return line in {b"\n", b"\r\n"}
