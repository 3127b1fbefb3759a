"""What code reads: the document of `assay usage` and `GET /config/usage`."""

from typing import Literal

from msgspec import Struct

from app.reports.wire.encoding import VERSION
from app.reports.wire.leaves import KeyRead


class CodePlace(Struct, frozen=True, kw_only=True):
    """A line of the code."""

    file: str
    line: int


class UnclearPlace(Struct, frozen=True, kw_only=True):
    """A line of the code that may read a key, and why nobody knows."""

    file: str
    line: int
    message: str


class UsedKey(Struct, frozen=True, kw_only=True):
    """A key with the code that reads it; a list is one key."""

    key: str
    verdict: Literal["read", "unread", "unclear"]
    environments: list[str]
    reads: list[KeyRead]
    unclear: list[UnclearPlace]


class UnsetKey(Struct, frozen=True, kw_only=True):
    """A key that the code reads and these environments do not have; `nearest` was probably meant."""

    key: str
    environments: list[str]
    reads: list[KeyRead]
    nearest: str | None


class ValidatorVerdict(Struct, frozen=True, kw_only=True):
    """What a validator says about one environment; null where only running code would tell."""

    name: str
    passed: bool | None
    message: str | None


class CodeValidator(Struct, frozen=True, kw_only=True):
    """A validator of the code."""

    file: str
    line: int
    names: list[str]
    readable: bool
    environments: list[ValidatorVerdict]


class UsageReport(Struct, frozen=True, kw_only=True):
    """What the code reads: `assay usage`, `GET /config/usage`; `call` is null where no code is known to be read."""

    version: int = VERSION
    call: CodePlace | None
    keys: list[UsedKey]
    missing: list[UnsetKey]
    validators: list[CodeValidator]
