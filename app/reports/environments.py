"""The environments of a project, each with its verdict in numbers: `GET /config/environments`."""

from collections.abc import Mapping

from msgspec import UNSET, Struct, UnsetType

from app.core.tree import Tree
from app.reports.wire import VERSION, FindingCounts, Report


class EnvironmentSummary(Struct, frozen=True, kw_only=True):
    """One environment; `files` are those that say something for it, the lowest first."""

    name: str
    active: bool
    production: bool
    files: list[str]
    counts: FindingCounts
    valid: bool
    judged: bool = True
    reason: str | UnsetType = UNSET
    fingerprint: str


class Environments(Struct, frozen=True, kw_only=True):
    """Every environment of a project."""

    version: int = VERSION
    active: str
    environments: list[EnvironmentSummary]


def environments(report: Report, trees: Mapping[str, Tree]) -> Environments:
    """The list.

    Args:
        report: the verdict on all environments.
        trees: what each of them runs with.
    """
    listed = [
        EnvironmentSummary(
            name=one.name,
            active=one.active,
            production=one.production,
            files=_files(trees[one.name]),
            counts=one.counts,
            valid=one.valid,
            judged=one.judged,
            reason=one.reason,
            fingerprint=one.fingerprint,
        )
        for one in report.environments
    ]
    return Environments(active=report.active, environments=listed)


def _files(tree: Tree) -> list[str]:
    return list(dict.fromkeys(layer.file for layer in tree.layers if layer.file))
