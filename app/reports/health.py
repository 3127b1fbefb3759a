"""How the service itself is, in the wire format's shape. It is open to everybody: no host, no name, no path."""

from typing import Literal

from msgspec import Struct

type Condition = Literal["ok", "degraded", "failed"]


class ProfilesCheck(Struct, frozen=True, kw_only=True):
    """Whether the profiles can be read; times are ISO 8601."""

    status: Condition
    loaded_at: str | None
    last_good_at: str | None
    message: str | None


class Check(Struct, frozen=True, kw_only=True):
    """One thing that the service needs."""

    status: Condition
    message: str | None


class Checks(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was looked at."""

    profiles: ProfilesCheck | None = None
    database: Check | None = None
    history: Check | None = None
    releases: Check | None = None
    disk: Check | None = None


class Health(Struct, frozen=True, kw_only=True):
    """Degraded: something is amiss, yet it serves. Failed: it cannot do its work."""

    status: Condition
    checks: Checks
