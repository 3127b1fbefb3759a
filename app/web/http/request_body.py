"""What the API's description says of bodies: they are read by the use cases, not by the framework."""

from dataclasses import dataclass

from litestar.openapi.spec import (
    OpenAPIFormat,
    OpenAPIMediaType,
    OpenAPIResponse,
    OpenAPIType,
    Operation,
    RequestBody,
    Schema,
)

from app.database.fields import FIELDS, TLS_FIELDS
from app.database.target import TLS_MODES

_TEXT = Schema(type=OpenAPIType.STRING)
_NUMBER = Schema(type=OpenAPIType.INTEGER, minimum=1)
_TLS = Schema(
    type=OpenAPIType.OBJECT,
    properties={**dict.fromkeys(TLS_FIELDS, _TEXT), "mode": Schema(type=OpenAPIType.STRING, enum=list(TLS_MODES))},
    additional_properties=False,
)
_TARGET = Schema(
    type=OpenAPIType.OBJECT,
    description="Nothing for the active environment's database, the name of another, or a target.",
    properties={
        "environment": _TEXT,
        **dict.fromkeys(FIELDS, _TEXT),
        "port": _NUMBER,
        "timeout_ms": _NUMBER,
        "tls": _TLS,
    },
    additional_properties=False,
)
_STREAM = "Server-sent events: `stage` with each stage as it ends, then `probe` with the whole document."

_SESSION = Schema(type=OpenAPIType.OBJECT, properties={"token": _TEXT}, required=["token"], additional_properties=False)

_SESSION_FORM = Schema(
    type=OpenAPIType.OBJECT,
    description="A token, and where the page leads then; or `leave` with the page's `csrf` to sign out.",
    properties=dict.fromkeys(("token", "next", "leave", "csrf"), _TEXT),
    additional_properties=False,
)


_NOTHING = Schema(type=OpenAPIType.NULL)
_OPTIONAL = Schema(one_of=[_TEXT, _NOTHING])
_REASON = Schema(one_of=[Schema(type=OpenAPIType.STRING, pattern=r"[^\W_]"), _NOTHING])
"""A letter or a digit at least."""

_RELEASE = Schema(
    type=OpenAPIType.OBJECT,
    properties={
        "environment": _TEXT,
        "message": _TEXT,
        "expect": _OPTIONAL,
        "force": _REASON,
        "dry_run": Schema(type=OpenAPIType.BOOLEAN),
    },
    required=["environment"],
    additional_properties=False,
)

_MESSAGE = Schema(type=OpenAPIType.OBJECT, properties={"message": _TEXT}, additional_properties=False)


@dataclass
class ReleaseOperation(Operation):
    """An operation whose body says what to release."""

    def __post_init__(self) -> None:
        """Puts the body where the framework sees none."""
        self.request_body = RequestBody(content={"application/json": OpenAPIMediaType(schema=_RELEASE)}, required=True)


_INSTANCE = Schema(
    type=OpenAPIType.OBJECT,
    description="What a process of an application runs with; digests tell whether two values are equal, and no value.",
    properties={
        "name": _TEXT,
        "host": _TEXT,
        "environment": _TEXT,
        "started_at": Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.DATE_TIME),
        "release": Schema(type=[OpenAPIType.INTEGER, OpenAPIType.NULL]),
        "digests": Schema(
            type=OpenAPIType.OBJECT,
            additional_properties=Schema(type=OpenAPIType.STRING, pattern="^[0-9a-f]{64}$"),
        ),
    },
    required=["name", "host", "environment", "started_at"],
    additional_properties=False,
)


@dataclass
class InstanceOperation(Operation):
    """An operation whose body is what an instance reports."""

    def __post_init__(self) -> None:
        """Puts the body where the framework sees none."""
        self.request_body = RequestBody(content={"application/json": OpenAPIMediaType(schema=_INSTANCE)}, required=True)


@dataclass
class MessageOperation(Operation):
    """An operation whose body, if it has one, says what for."""

    def __post_init__(self) -> None:
        """Puts the body where the framework sees none."""
        self.request_body = RequestBody(content={"application/json": OpenAPIMediaType(schema=_MESSAGE)}, required=False)


@dataclass
class SessionOperation(Operation):
    """An operation whose body is a token."""

    def __post_init__(self) -> None:
        """Puts the body where the framework sees none."""
        forms = {"application/x-www-form-urlencoded": OpenAPIMediaType(schema=_SESSION_FORM)}
        content = {"application/json": OpenAPIMediaType(schema=_SESSION), **forms}
        self.request_body = RequestBody(content=content, required=True)


_ANY_VALUE = Schema(description="Text, a number, true or false, a list or a table; a text stays one.")
_EDIT = Schema(
    type=OpenAPIType.OBJECT,
    description="What to set and to take out, all of it or nothing; `file` where another profile is meant.",
    properties={
        "environment": _TEXT,
        "set": Schema(type=OpenAPIType.OBJECT, additional_properties=_ANY_VALUE),
        "typed": Schema(
            type=OpenAPIType.OBJECT,
            description="As somebody types it: the key keeps its type.",
            additional_properties=_TEXT,
        ),
        "unset": Schema(type=OpenAPIType.ARRAY, items=_TEXT),
        "file": Schema(type=[OpenAPIType.STRING, OpenAPIType.NULL]),
        "dry_run": Schema(type=OpenAPIType.BOOLEAN),
    },
    required=["environment"],
    additional_properties=False,
)


@dataclass
class EditOperation(Operation):
    """An operation whose body is an edit of profiles."""

    def __post_init__(self) -> None:
        """Puts the body where the framework sees none."""
        self.request_body = RequestBody(content={"application/json": OpenAPIMediaType(schema=_EDIT)}, required=True)


@dataclass
class ProbeOperation(Operation):
    """An operation whose body is a target."""

    def __post_init__(self) -> None:
        """Puts the body where the framework sees none."""
        self.request_body = RequestBody(content={"application/json": OpenAPIMediaType(schema=_TARGET)}, required=True)
        answer = (self.responses or {}).get("200")
        if isinstance(answer, OpenAPIResponse):
            told = OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING, description=_STREAM))
            answer.content = {**(answer.content or {}), "text/event-stream": told}
