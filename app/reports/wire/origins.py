"""Where a value or a finding stands, in the wire format."""

from msgspec import UNSET, Struct, UnsetType

from app.core.layers import CODE
from app.core.layers import Origin as Place


class LineCommit(Struct, frozen=True, kw_only=True):
    """The commit that a line is from; `date` is the author's, ISO 8601 with its zone."""

    id: str
    author: str
    date: str
    subject: str


class FileOrigin(Struct, frozen=True, kw_only=True, tag_field="kind", tag="file"):
    """A place in a file; lines and columns count characters from 1, the end is one past the last.

    `commit` is there where it was asked for, and git knows the line.
    """

    file: str
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    section: str | None = None
    commit: LineCommit | UnsetType = UNSET


class DotenvOrigin(Struct, frozen=True, kw_only=True, tag_field="kind", tag="dotenv"):
    """A line of `.env`."""

    file: str
    line: int | None
    name: str


class DeploymentOrigin(Struct, frozen=True, kw_only=True, tag_field="kind", tag="deployment"):
    """A variable of a deployment; `via` is the ConfigMap, Secret or file that its text is from, else null.

    `commit` is as a file's.
    """

    file: str
    line: int | None
    column: int | None
    name: str
    via: str | None
    commit: LineCommit | UnsetType = UNSET


class VariableOrigin(Struct, frozen=True, kw_only=True, tag_field="kind", tag="variable"):
    """An environment variable."""

    name: str


class DefaultOrigin(Struct, frozen=True, kw_only=True, tag_field="kind", tag="default"):
    """A default of the model."""

    model: str


class CallOrigin(Struct, frozen=True, kw_only=True, tag_field="kind", tag="call"):
    """An argument of the application's Dynaconf call."""

    file: str
    line: int
    column: int


class ValidatorOrigin(Struct, frozen=True, kw_only=True, tag_field="kind", tag="validator"):
    """A validator's default or cast."""

    file: str
    line: int
    column: int


type Origin = (
    FileOrigin | DotenvOrigin | DeploymentOrigin | VariableOrigin | DefaultOrigin | CallOrigin | ValidatorOrigin
)


def origin(place: Place | None) -> Origin | None:  # noqa: PLR0911 - one for each kind
    """A place in the wire format."""
    if place is None:
        return None
    if place.kind == "variable":
        return VariableOrigin(name=place.name or "")
    if place.kind == "default":
        return DefaultOrigin(model=place.model or "")
    span = place.span
    if place.kind in CODE:
        made = CallOrigin if place.kind == "call" else ValidatorOrigin
        return made(file=place.file or "", line=span.line if span else 1, column=span.column if span else 1)
    if place.kind == "dotenv":
        return DotenvOrigin(file=place.file or "", line=span.line if span else None, name=place.name or "")
    if place.kind == "deployment":
        return DeploymentOrigin(file=place.file or "", line=span.line if span else None,
                                column=span.column if span else None, name=place.name or "", via=place.via)  # fmt: skip
    if span is None:
        return FileOrigin(file=place.file or "", section=place.section)
    return FileOrigin(file=place.file or "", line=span.line, column=span.column, end_line=span.end_line,
                      end_column=span.end_column, section=place.section)  # fmt: skip
