"""What the model's process may say: a stranger's code runs there, so that nothing of it is taken on trust."""

from typing import Any

import msgspec
from msgspec import Struct, UnsetType


class ModelRefusal(Struct, kw_only=True):
    """Why the model cannot be asked; which of the others are told depends on the kind."""

    kind: str
    missing: str = ""
    known: list[str] = []
    found: str = ""
    exception: str = ""
    message: str = ""
    status: str = ""
    file: str = ""
    line: int = 0


class ModelDescription(Struct, kw_only=True):
    """What the model looks like; `schema` is JSON Schema, as far as its author left it that."""

    schema: dict[str, Any]
    names: list[list[str]]
    files: list[str]


class ModelComplaint(Struct, kw_only=True):
    """One error of Pydantic's."""

    loc: list[str | int]
    type: str
    msg: str


class ModelVerdicts(Struct, kw_only=True):
    """What the model says about each environment."""

    environments: list[list[ModelComplaint]]


class ModelReply(Struct, kw_only=True):
    """Any answer, as far as it says that there is none."""

    error: ModelRefusal | UnsetType = msgspec.UNSET


def read[S: Struct](said: Any, kind: type[S]) -> S | None:
    """The answer; None where it is none of that kind."""
    try:
        return msgspec.convert(said, kind)
    except (msgspec.ValidationError, RecursionError):
        return None
