"""The API's description: whole, true, and kept by every answer.

`ASSAY_FUZZ=5000` asks for at least so many requests; without it there are a few hundred.
"""

import asyncio
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from remembered import look, remember

from app.database.engine import ConnectionManager
from app.database.target import Target
from app.web.asgi import create_app
from app.web.http.description import complete, operations
from docs import examples

TOKEN = "canary-operator-token"
REQUESTS = int(os.environ.get("ASSAY_FUZZ", "300"))
EXAMPLES = max(5, (REQUESTS - 300) // 18)
"""Of each operation; about 300 requests are made whatever is asked for."""

SERVICE = f"""
[default.server]
allowed_hosts = ["testserver"]
posts_per_minute = 100000

[default.diagnostics]
readiness_needs_database = false
max_concurrent_probes = 100

[default.auth]
tokens = [{{ name = "ci", role = "operator", sha256 = "{hashlib.sha256(TOKEN.encode()).hexdigest()}" }}]
"""
"""Typed-in targets are not allowed: nothing is connected to but the project's own database."""

OWN_DATABASE = """
[development.database]
host = "{host}"
port = {port}
name = "{name}"
username = "{username}"
password = "{password}"
"""


def vars_of(target: Target) -> dict[str, object]:
    return {name: getattr(target, name) for name in ("host", "port", "name", "username", "password")}


@pytest.fixture
def sample(tmp_path: Path, tables: Target) -> Path:
    """The sample project, with a service's own settings, and a database in which it remembers."""
    examples.commit(tmp_path)
    (tmp_path / "settings" / "development.toml").write_text(OWN_DATABASE.format_map(vars_of(tables)))
    (tmp_path / "settings.toml").write_text(examples.PROJECT["settings.toml"] + SERVICE)
    return tmp_path


@pytest.fixture
async def description(project: Any, ask: Any) -> dict[str, Any]:
    async with ask(project().root) as client:
        found: dict[str, Any] = (await client.get("/schema/openapi.json")).json()
    return found


def _answers(description: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for _, _, operation in operations(description):
        for status, answer in operation["responses"].items():
            for content in answer.get("content", {}).values():
                yield operation["operationId"], status, content


def _validator(description: dict[str, Any], schema: dict[str, Any]) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator({**schema, "components": description["components"]})


async def test_every_answer_has_an_example_that_its_schema_allows(description: dict[str, Any]) -> None:
    without, wrong = [], []
    for name, status, content in _answers(description):
        if "example" not in content:
            without.append((name, status))
        elif error := next(_validator(description, content["schema"]).iter_errors(content["example"]), None):
            wrong.append((name, status, error.message))
    assert without == [], "write one with `python -m docs.examples`"
    assert wrong == []


async def test_every_body_has_examples_that_its_schema_allows(description: dict[str, Any]) -> None:
    seen = 0
    for _, _, operation in operations(description):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            for example in content["examples"].values():
                _validator(description, content["schema"]).validate(example["value"])
                seen += 1
    assert seen >= 4


async def test_every_problem_of_the_examples_is_of_the_status_it_stands_at(description: dict[str, Any]) -> None:
    problems = [
        (status, content["example"])
        for _, status, content in _answers(description)
        if content["schema"].get("$ref", "").endswith("/ProblemDetails")
    ]
    assert len(problems) > 50
    assert [problem for status, problem in problems if str(problem["status"]) != status] == []


async def test_every_operation_says_who_may_ask_and_has_a_name_of_its_own(description: dict[str, Any]) -> None:
    found = [operation for _, _, operation in operations(description)]
    names = [operation["operationId"] for operation in found]
    assert len(set(names)) == len(names)
    assert {name for operation in found for one in operation["security"] for name in one} == {"bearer", "session"}
    links = {
        link["operationId"]
        for operation in found
        for answer in operation["responses"].values()
        for link in answer.get("links", {}).values()
    }
    assert links <= set(names)
    unsaid = [one["name"] for operation in found for one in operation.get("parameters", []) if "example" not in one]
    assert unsaid == []


def test_the_examples_are_what_the_service_says_of_the_sample_project(tmp_path: Path) -> None:
    root = tmp_path / "orders"
    root.mkdir()

    async def collect() -> dict[str, Any]:
        async with examples.asked(root, None) as client:
            return await examples.configuration(client)

    for name, document in asyncio.run(collect()).items():
        assert examples.written(name) == document, f"{name}: write it anew with `python -m docs.examples`"


async def test_a_description_is_completed_but_once(project: Any, ask: Any) -> None:
    async with ask(project().root) as client:
        first = await client.get("/schema")
        second = await client.get("/schema")
    assert first.content == second.content


@pytest.mark.parametrize("path", ["/config/validate", "/health", "/health/ready", "/metrics", "/schema", "/nothing"])
async def test_head_gives_the_headers_of_get_and_no_body(project: Any, ask: Any, path: str) -> None:
    async with ask(project().root) as client:
        head, whole = await client.head(path), await client.get(path)
    assert (head.status_code, head.content) == (whole.status_code, b"")
    assert head.headers["Content-Type"] == whole.headers["Content-Type"]
    assert head.headers.get("ETag") == whole.headers.get("ETag")


async def test_head_of_an_endless_answer_is_refused(project: Any, ask: Any) -> None:
    async with ask(project().root) as client:
        answer = await client.head("/events")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, OPTIONS")


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/session", "DELETE, OPTIONS, POST"),
        ("/config/rules/APP001", "GET, HEAD, OPTIONS"),
        ("/schema", "GET, HEAD, OPTIONS"),
    ],
)
async def test_options_and_refusals_name_every_method(project: Any, ask: Any, path: str, allowed: str) -> None:
    async with ask(project().root) as client:
        asked, refused = await client.options(path), await client.put(path)
    assert (asked.status_code, asked.headers["Allow"]) == (204, allowed)
    assert (refused.status_code, refused.headers["Allow"]) == (405, allowed)
    assert refused.headers["Content-Type"] == "application/problem+json"


def test_an_operation_without_a_body_cannot_be_too_large() -> None:
    operation = {"operationId": "live", "responses": {"200": {"description": "", "content": {}}}}
    described = complete({"paths": {"/health/live": {"get": operation}}})
    assert described["paths"]["/health/live"]["get"]["responses"].keys() == {"200", "500"}


def test_whatever_is_asked_the_service_answers_as_the_description_says(sample: Path) -> None:
    from described import requests  # noqa: PLC0415 - Schemathesis takes long to import, and this test alone needs it

    asked, failures = requests(create_app(sample, sample, {}), TOKEN, EXAMPLES)
    assert failures == []
    assert asked.total() >= REQUESTS
    assert asked["POST /config/database/test 200"], "some probe was tried"


@pytest.mark.parametrize(
    ("method", "path", "body", "name"),
    [
        ("GET", "/config/validate?environment=prodution", None, "validation"),
        ("GET", "/config/explain/database.prot?environment=production", None, "explanation"),
        ("GET", "/config/diff?right=production", None, "difference"),
        ("GET", "/config/rules/APP999", None, "rule_page"),
        ("GET", "/config/schema?kind=all", None, "settings_schema"),
        ("POST", "/config/database/test", b"{", "database_test"),
        ("POST", "/config/database/test", b'{"host": "db.example.com", "prot": 5433}', "database_test"),
        ("POST", "/session", b"{}", "sign_in"),
    ],
)
async def test_the_problems_of_the_examples_are_what_the_service_says(
    tmp_path: Path, ask: Any, method: str, path: str, body: bytes | None, name: str
) -> None:
    for file, content in examples.PROJECT.items():
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(content)
    async with ask(tmp_path) as client:
        description = (await client.get("/schema")).json()
        answer = await client.request(method, path, content=body)
    said = [
        content["example"]
        for operation, status, content in _answers(description)
        if (operation, status) == (name, str(answer.status_code))
    ]
    assert {key: said[0][key] for key in ("code", "detail")} == {key: answer.json()[key] for key in ("code", "detail")}
    assert said[0].get("errors") == answer.json().get("errors")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("?limit=501", "history"),
        ("/0000", "snapshot"),
        ("/now/diff/now", "snapshot_difference"),
        ("/key/database.port?before=4711", "key_history"),
        ("/key/database.prot?environment=production", "key_history"),
    ],
)
async def test_the_problems_of_the_history_are_what_the_service_says(
    project: Any, migrated: Target, manager: ConnectionManager, ask: Any, path: str, name: str
) -> None:
    made = project({**examples.PROJECT, "settings/development.toml": OWN_DATABASE.format_map(vars_of(migrated))})
    await remember(manager, *look(made, 0))
    async with ask(made.root) as client:
        description = (await client.get("/schema")).json()
        answer = await client.get(f"/config/history{path}")
    (said,) = [
        content["example"]
        for operation, status, content in _answers(description)
        if (operation, status) == (name, str(answer.status_code))
    ]
    assert {key: said[key] for key in ("code", "detail")} == {key: answer.json()[key] for key in ("code", "detail")}


async def test_the_snapshot_of_the_parameters_is_that_of_the_examples(description: dict[str, Any]) -> None:
    named = {
        parameter["example"]
        for _, _, operation in operations(description)
        for parameter in operation.get("parameters", [])
        if parameter["name"] in {"snapshot", "left"} and operation["operationId"].startswith("snapshot")
    }
    assert named == {examples.written("history")["snapshots"][0]["id"]}
