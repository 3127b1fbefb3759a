"""What all sections have in common."""

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo
from pydantic_core import PydanticCustomError


class Section(BaseModel):
    """A table of settings: unknown keys are errors, values are taken as they stand, nothing changes later.

    A field's description is the docstring below it; document.py reads it for the few who ask, since Pydantic would
    parse every section's source at each start.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        hide_input_in_errors=True,
        defer_build=True,  # a section is only ever validated inside Settings, whose validator holds all of them
    )


def described(description: str, factory: Callable[[], Any]) -> Any:
    """A sub-table that is its own default."""
    return Field(default_factory=lambda: factory(), description=description)  # noqa: PLW0108 - a signature that is quick to inspect


def production_like(info: ValidationInfo) -> bool:
    """True where the environment that is validated is under production rules."""
    return bool((info.context or {}).get("production"))


def missing(why: str) -> PydanticCustomError:
    """The error of a value that is required here, though not everywhere."""
    return PydanticCustomError("missing", "{why}", {"why": why})
