"""Which database does an environment run with?"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from app.core import dsn
from app.core.errors import TargetError
from app.core.layers import dotted
from app.database.embedded import start
from app.database.fields import target_from_fields
from app.database.target import Target
from app.project.described_database import DescribedDatabase, described_database
from app.project.workspace import Workspace
from app.rules.kit.driver_advice import refusals

_NAMING = (("database", "url"), ("database", "host"))


def wants_embedded(workspace: Workspace, environment: str) -> bool:
    """Whether the environment runs a PostgreSQL of its own: it says so, and no layer names another."""
    if not workspace.model.is_service:
        return False
    tree = workspace.tree(environment)
    asked = tree.get("database", "embedded")
    said = [statement for path in _NAMING for statement in tree.said(path)]
    named = any(statement.layer.kind != "default" and statement.value for statement in said)
    return bool(asked and asked.value is True) and not named


def environment_target(workspace: Workspace, environment: str, embedded: Target | None = None) -> Target:
    """The target of an environment.

    Args:
        workspace: the project.
        environment: one of its environments.
        embedded: the embedded server of the project's folder, where it runs.

    Raises:
        TargetError: the environment names no database, or one that cannot be understood.
    """
    if wants_embedded(workspace, environment):
        if embedded is None:
            raise _nothing(environment, "Its embedded PostgreSQL runs with `assay serve`; start that first.")
        return embedded
    described = described_database(workspace, environment)
    if described is None:
        raise _nothing(environment, "Set database.url, or database.host and its neighbours.")
    if not workspace.model.is_service:
        return _application_target(workspace, environment, described)
    target = target_from_fields(described.fields)
    _require_fit(workspace, environment)
    return replace(target, **_timeouts(workspace, environment))


def _require_fit(workspace: Workspace, environment: str) -> None:
    """Lets a target pass that `assay check` lets pass: what is not as the model wants it counts as little as a URL.

    Raises:
        TargetError: a part of it is wrong; what is missing the server will tell.
    """
    wrong = {
        dotted(problem.path[1:]): problem.message
        for problem in workspace.subject(environment).problems
        if problem.path[:1] == ("database",) and problem.path[1:2] != ("pool",) and problem.kind != "missing"
    }
    if wrong:
        listed = "; ".join(f"{key} {what}" for key, what in wrong.items())
        raise TargetError(f"This is no database target: {listed}.", fix="Correct these fields.", errors=wrong)


def _application_target(workspace: Workspace, environment: str, described: DescribedDatabase) -> Target:
    """Another program's database: what its own driver makes of the URL is told, and what says nothing of the target."""
    fields, said = described.fields, workspace.mask().said(described.remark)
    if "url" not in fields:
        return replace(target_from_fields(fields), described=said)
    remarks = refusals(workspace.subject(environment), fields["url"])
    url, names = dsn.heeded(fields["url"])
    return replace(target_from_fields({**fields, "url": url}), remarks=remarks, unheeded=names,
                   described=said)  # fmt: skip


def _timeouts(workspace: Workspace, environment: str) -> dict[str, Any]:
    """What the environment says of time, where it says something that can be."""
    names = {"connect": "connect_timeout", "statement": "statement_timeout"}
    found = {field: workspace.tree(environment).get("database", "timeouts", name) for name, field in names.items()}
    return {
        field: float(leaf.value)
        for field, leaf in found.items()
        if leaf is not None and type(leaf.value) in {int, float} and leaf.value > 0
    }


def environment_demand(workspace: Workspace, environment: str) -> int | None:
    """How many connections the pools of all workers may ask for; None where nothing says it."""
    if not workspace.model.is_service:
        return None
    tree = workspace.tree(environment)
    leaves = (
        tree.get("database", "pool", "size"),
        tree.get("database", "pool", "max_overflow"),
        tree.get("server", "workers"),
    )
    size, overflow, workers = (leaf.value if leaf and type(leaf.value) is int else None for leaf in leaves)
    return (size + overflow) * workers if size and overflow is not None and workers else None


@contextmanager
def environment_database(workspace: Workspace, environment: str) -> Iterator[Target]:
    """The target of an environment; its embedded server, if it has one, runs meanwhile.

    Raises:
        TargetError: the environment names no database, or one that cannot be understood.
        EmbeddedServerError: the embedded server cannot run.
    """
    if not wants_embedded(workspace, environment):
        yield environment_target(workspace, environment)
        return
    with start(workspace.project.root) as server:
        yield server.target


def _nothing(environment: str, fix: str) -> TargetError:
    message = f"The environment {environment!r} names no database that runs."
    return TargetError(message, fix=fix, errors={"environment": "names no database that runs"})
