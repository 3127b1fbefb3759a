"""Cached answers, by question: each is computed once for a project snapshot, however many ask (single flight)."""

from functools import partial

from app.checking.check import validate
from app.checking.compare import compare, diff
from app.checking.environments import environments
from app.checking.values import show
from app.project.workspace import Workspace
from app.reports import wire
from app.watching.project_snapshot import CachedAnswer, ProjectSnapshot

ALL = "all"
"""The name that stands for every environment."""


def prepare(picture: ProjectSnapshot) -> None:
    """Works out what will surely be asked of a new reading."""
    workspace = picture.workspace
    active = [workspace.active] if workspace.runs else []
    verdict(picture, None if active else ALL)
    verdict(picture, ALL)
    listing(picture)


def verdict(picture: ProjectSnapshot, name: str | None) -> CachedAnswer:
    """The verdict on one environment (by default the active one), or on all.

    Raises:
        AssayError: there is no such environment, or the project cannot be used.
    """
    if name == ALL:
        return picture.answer(("validate", ALL), validate)
    chosen = picture.workspace.environment(name)
    return picture.answer(("validate", "one", chosen), partial(_judge, name=chosen))


def _judge(workspace: Workspace, name: str) -> wire.Report:
    return validate(workspace, [name])


def listing(picture: ProjectSnapshot) -> CachedAnswer:
    """The environments, each with its verdict in numbers.

    Raises:
        AssayError: the project cannot be used.
    """
    return picture.answer(("environments",), environments)


def values(picture: ProjectSnapshot, name: str | None) -> CachedAnswer:
    """The effective values of an environment, by default the active one.

    Raises:
        AssayError: there is no such environment, or the project cannot be used.
    """
    chosen = picture.workspace.environment(name)
    return picture.answer(("values", chosen), partial(show, name=chosen))


def matrix(picture: ProjectSnapshot) -> CachedAnswer:
    """Keys by environments.

    Raises:
        AssayError: the project cannot be used.
    """
    return picture.answer(("matrix",), compare)


def difference(picture: ProjectSnapshot, left: str, right: str) -> CachedAnswer:
    """How two environments differ.

    Raises:
        AssayError: there is no such environment, or the project cannot be used.
    """
    pair = picture.workspace.environment(left), picture.workspace.environment(right)
    return picture.answer(("diff", *pair), partial(diff, left=pair[0], right=pair[1]))
