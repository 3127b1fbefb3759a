"""What is to be planned, and as whom."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from app.project.workspace import Clock, Scope


class PlanRequest(Struct, frozen=True, kw_only=True):
    """What is to be compared, and as whom.

    Attributes:
        root: the project's folder in its clone.
        environ: this process's variables.
        clock: tells the time.
        revisions: `BASE`, `BASE..HEAD` or `BASE...HEAD`; None for the default.
        scope: which environments get the variables.
        call: the place of the Dynaconf call that counts, relative to the folder; empty where that is to be found.
        is_named: whether somebody named that call: it then stands on one of the sides, or nothing is planned.
        with_untracked: whether files count that git does not track.
        only: the environments that the answer is about; none: all.
        blame: whether the lines' commits are asked for.
        accepted: the variables with which a stranger's revision is read: one that HEAD does not hold, so that nobody
            has accepted what it says. A model of the project is then asked at no such one, since that runs its code.
            None: whoever asks trusts any.
    """

    root: Path
    environ: Mapping[str, str]
    clock: Clock
    revisions: str | None = None
    scope: Scope = "active"
    call: str = ""
    is_named: bool = False
    with_untracked: bool = False
    only: tuple[str, ...] = ()
    blame: bool = True
    accepted: Mapping[str, str] | None = None
