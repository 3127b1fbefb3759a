"""Cached answers, by question: each is computed once for a project snapshot, however many ask (single flight)."""

from collections.abc import Callable
from functools import partial

from msgspec import Struct

from app.checking.check import validate
from app.checking.compare import compare, diff
from app.checking.environments import environments
from app.checking.usage import usage
from app.checking.values import show
from app.project.workspace import Workspace
from app.reports import wire
from app.watching.project_snapshot import CachedAnswer, Inquiry, ProjectSnapshot, document

ALL = "all"
"""The name that stands for every environment."""


def prepare(picture: ProjectSnapshot) -> None:
    """Works out what will surely be asked of a new reading."""
    workspace = picture.workspace
    for inquiry in (verdict(workspace, None if workspace.runs else ALL), verdict(workspace, ALL), listing(workspace)):
        picture.answer(inquiry)


def verdict(workspace: Workspace, name: str | None) -> Inquiry:
    """The verdict on one environment (by default the active one), or on all.

    Raises:
        UnknownEnvironment: there is no such environment.
    """
    if name == ALL:
        return Inquiry(("validate", ALL), _encoded(validate))
    chosen = workspace.environment(name)
    return Inquiry(("validate", "one", chosen), _encoded(partial(_judge, name=chosen)))


def _judge(workspace: Workspace, name: str) -> wire.Report:
    return validate(workspace, [name])


def listing(_: Workspace) -> Inquiry:
    """The environments, each with its verdict in numbers."""
    return Inquiry(("environments",), _encoded(environments))


def values(workspace: Workspace, name: str | None) -> Inquiry:
    """The effective values of an environment, by default the active one.

    Raises:
        UnknownEnvironment: there is no such environment.
    """
    chosen = workspace.environment(name)
    return Inquiry(("values", chosen), _encoded(partial(show, name=chosen)))


def matrix(_: Workspace) -> Inquiry:
    """Keys by environments."""
    return Inquiry(("matrix",), _encoded(compare))


def used(_: Workspace) -> Inquiry:
    """Which code reads each key."""
    return Inquiry(("usage",), _encoded(usage))


def difference(workspace: Workspace, left: str, right: str) -> Inquiry:
    """How two environments differ.

    Raises:
        UnknownEnvironment: there is no such environment.
    """
    pair = workspace.environment(left), workspace.environment(right)
    return Inquiry(("diff", *pair), _encoded(partial(diff, left=pair[0], right=pair[1])))


def _encoded(ask: Callable[[Workspace], Struct]) -> Callable[[Workspace], CachedAnswer]:
    return lambda workspace: document(ask(workspace))
