"""What the API's description says beyond what the handlers tell: examples, headers, links, and the general answers."""

import json
from collections.abc import Iterator
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from typing import Any

import msgspec

from app.database.fields import FIELDS
from app.database.target import SESSION_ATTRIBUTES
from app.database.tls import TLS_VERSIONS
from app.web.http.described_requests import BODIES, PARAMETERS, PARAMETERS_OF
from app.web.http.problem_examples import FIELD_ERRORS, PROBLEMS, PROBLEMS_OF
from app.web.http.problems import PROBLEM_JSON, titled

type Node = dict[str, Any]

OF_PROJECT = "project_"
"""What the names of operations begin with that are about the project which the path names."""

_OPEN = frozenset({"rules", "rule_page", "settings_schema", "health", "live", "ready", "sign_in", "sign_out"})
_ALWAYS_ANSWERED = frozenset({"live"})
_EXAMPLES = "examples"

SECURITY: Node = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "A token of `auth.tokens`."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "assay_session",
        "description": "The page's, from `POST /session`; what changes anything also needs the header X-CSRF-Token.",
    },
}

_TARGET_WORDS: Node = {
    "target_session_attrs": {"enum": list(SESSION_ATTRIBUTES)},
    "min_version": {"enum": list(TLS_VERSIONS)},
    "max_version": {"enum": list(TLS_VERSIONS)},
    "port": {"maximum": 65535},
    "timeout_ms": {"maximum": 600_000},
    "host": {"minLength": 1},
    "url": {"format": "uri", "minLength": 1},
}
_OWN_OR_TYPED_IN: list[Node] = [
    {"properties": {name: False for name in FIELDS if name != "timeout_ms"}},
    {"anyOf": [{"required": ["url"]}, {"required": ["host"]}], "properties": {"environment": False}},
]

_EVENT: Node = {
    "type": "object",
    "description": "One event of the stream.",
    "properties": {
        "event": {"type": "string"},
        "id": {"type": "string"},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
    "required": ["data"],
}

_LINKS: dict[str, dict[str, tuple[str, Node]]] = {
    "environments": {
        "verdict": ("validation", {"environment": "$response.body#/environments/0/name"}),
        "values": ("values", {"environment": "$response.body#/environments/0/name"}),
    },
    "values": {"explanation": ("explanation", {"key": "$response.body#/values/0/key",
                                               "environment": "$response.body#/environment"})},
    "validation": {"rule": ("rule_page", {"rule": "$response.body#/environments/0/findings/0/rule"})},
    "rules": {"page": ("rule_page", {"rule": "$response.body#/rules/0/id"})},
    "history": {
        "whole": ("snapshot", {"snapshot": "$response.body#/snapshots/0/id"}),
        "changed since": ("snapshot_difference", {"left": "$response.body#/snapshots/0/id", "right": "now"}),
    },
    "key_history": {"whole": ("snapshot", {"snapshot": "$response.body#/changes/0/snapshot"})},
    "releases": {"whole": ("release", {"release": "$response.body#/releases/0/id"})},
}  # fmt: skip


def complete(description: Node) -> Node:
    """The framework's description, with what it cannot know; changed in place.

    Args:
        description: an OpenAPI document as JSON has it.
    """
    description.setdefault("components", {})["securitySchemes"] = SECURITY
    for path, _, operation in operations(description):
        name = operation["operationId"].removeprefix(OF_PROJECT)
        operation["tags"] = [path.split("/")[1]]
        operation["security"] = [] if name in _OPEN else [{"bearer": []}, {"session": []}]
        for parameter in operation.get("parameters", []):
            parameter.update(PARAMETERS.get(parameter["name"], {}))
            parameter.update(PARAMETERS_OF.get(name, {}).get(parameter["name"], {}))
        if "requestBody" in operation:
            _body(operation)
        _answers(operation, path, has_body="requestBody" in operation)
    return description


def _body(operation: Node) -> None:
    """Examples of bodies; and of a target which words it may use, and which fields belong together."""
    for content in operation["requestBody"]["content"].values():
        content["examples"] = BODIES[operation["operationId"].removeprefix(OF_PROJECT)]
        fields = content["schema"]["properties"]
        if "tls" in fields:
            content["schema"]["anyOf"] = _OWN_OR_TYPED_IN
            for table in (fields, fields["tls"]["properties"]):
                table.update({name: _optional({**said, **_TARGET_WORDS.get(name, {})}) for name, said in table.items()})


def _optional(field: Node) -> Node:
    """A field that may be null, which is as if it were not there."""
    words = {"enum": [*field["enum"], None]} if "enum" in field else {}
    return {**field, "type": [field["type"], "null"], **words}


def operations(description: Node) -> Iterator[tuple[str, str, Node]]:
    """Each operation of a description, with its path and its method."""
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _answers(operation: Node, path: str, *, has_body: bool) -> None:
    """Adds the answers that the handler knows nothing of; then examples, headers and links to all of them."""
    name, answers = operation["operationId"].removeprefix(OF_PROJECT), operation["responses"]
    whose = OF_PROJECT if name != operation["operationId"] else ""
    for status in (*_general(name, has_body=has_body), *([404] if whose else [])):
        answers.setdefault(str(status), _problem_answer(status))
    if "ETag" in (headers := _headers(path)):
        answers["304"] = {"description": "The caller has it already, as If-None-Match said.", "headers": headers}
    answers.get("204", {}).pop("content", None)
    for status, answer in answers.items():
        for media, content in answer.get("content", {}).items():
            _exemplify(content, media, name, int(status), path)
    if headers:
        answers["200"]["headers"] = headers
    for code, header in (("401", "WWW-Authenticate"), ("429", "Retry-After"), ("503", "Retry-After")):
        if code in answers:
            answers[code]["headers"] = {header: {"schema": {"type": "string"}}}
    if name in _LINKS:
        answers["200"]["links"] = {
            link: {"operationId": f"{whose if target not in _OPEN else ''}{target}", "parameters": parameters}
            for link, (target, parameters) in _LINKS[name].items()
        }


def _general(name: str, *, has_body: bool) -> Iterator[int]:
    """The statuses that come from before or beyond the handler."""
    yield 500
    if name not in _ALWAYS_ANSWERED:
        yield 503
    if has_body:
        yield from (408, 413)
    if name == "database_test":
        yield 404


def _problem_answer(status: int) -> Node:
    schema = {"$ref": "#/components/schemas/ProblemDetails"}
    return {"description": HTTPStatus(status).phrase, "content": {PROBLEM_JSON: {"schema": schema}}}


def _headers(path: str) -> Node:
    """The headers of a document: what is about configuration may be kept and asked for anew."""
    asked = path.removeprefix("/projects/{project}")
    if asked != "/projects" and (not asked.startswith("/config/") or asked.startswith("/config/database/")):
        return {}
    text: Node = {"schema": {"type": "string"}, "required": True}
    return {"ETag": text, "Cache-Control": text}


def _exemplify(content: Node, media: str, name: str, status: int, path: str) -> None:
    found = _problem(name, status, path) if media == PROBLEM_JSON else example(name, status)
    if found is not None:
        content["example"] = found
    if media == "text/event-stream":
        content["schema"] = _EVENT
        content["example"] = found if "data" in found else {"event": "probe", "data": json.dumps(found)}


def _problem(name: str, status: int, path: str) -> Any:
    code, detail = PROBLEMS_OF.get(name, {}).get(status) or PROBLEMS[status]
    problem = msgspec.to_builtins(titled(HTTPStatus(status), code, detail, path))
    if (name, status) in FIELD_ERRORS:
        problem["errors"] = [FIELD_ERRORS[name, status]]
    return problem


@cache
def example(name: str, status: int) -> Any:
    """The document that the sample project's service gave; None where there is none.

    Args:
        name: the operation's id.
        status: the answer's status.
    """
    folder = files("app.web").joinpath(_EXAMPLES)
    stem = name if status == HTTPStatus.OK else f"{name}-{status}"
    written = folder.joinpath(f"{stem}.json")
    if written.is_file():
        return json.loads(written.read_text("utf-8"))
    told = folder.joinpath(f"{stem}.txt")
    return told.read_text("utf-8") if told.is_file() else None
