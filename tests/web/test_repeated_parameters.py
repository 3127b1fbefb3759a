"""A parameter that stands in a query twice asks two things: whichever were taken, the other may have been meant."""

from collections.abc import Iterator
from typing import Any

import pytest
from test_roles_table import framework

PLACES = {"key": "database.host", "digest": f"sha256:{'0' * 64}", "rule": "APP001", "environment": "production"}


def parameters(app: Any) -> Iterator[tuple[str, str]]:
    """The paths of the API, each with a parameter that its description has."""
    described = framework(app).openapi_schema.to_schema()["paths"]
    for path, methods in described.items():
        for method in methods.values():
            names = [one["name"] for one in method.get("parameters", ()) if one["in"] == "query"]
            yield from ((path.format_map({"project": app.state.service.main.name, **PLACES}), name) for name in names)


async def test_each_parameter_of_each_route_is_said_once(project: Any, ask: Any) -> None:
    async with ask(project().root) as client:
        found = list(parameters(client.app))
        assert {"base", "after", "left", "also", "kind"} <= {name for _, name in found}
        for path, name in found:
            for query in (f"{name}=1&{name}=2", f"{name}=1&{name}=1", f"{name}=1&%{ord(name[0]):x}{name[1:]}="):
                answer = await client.get(f"{path}?{query}")
                assert (answer.status_code, answer.json()["code"]) == (400, "parameter-repeated"), (path, query)
                assert [one["key"] for one in answer.json()["errors"]] == [name]


@pytest.mark.parametrize("path", ["/config/values", "/releases/production/head", "/static/page.css", "/health"])
async def test_what_a_route_does_not_know_may_stand_there_twice(project: Any, ask: Any, path: str) -> None:
    async with ask(project().root) as client:
        once, twice = [await client.get(f"{path}?{query}") for query in ("seen=1", "seen=1&seen=2")]
    assert once.status_code == twice.status_code != 400
