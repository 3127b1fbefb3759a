"""Environments have the same values, key by key.

One of them was probably copied and never finished; or one is enough. Environments that set nothing of their own are
not meant, nor those of which some value is only known where they are deployed.

Wrong:

    # assay.toml
    known_environments = ["qa", "demo", "production"]
    env = "qa"

    # settings.toml
    [qa]
    region = "eu"
    workers = 2

    [demo]
    region = "eu"
    workers = 2

Right:

    # assay.toml
    known_environments = ["qa", "demo", "production"]
    env = "qa"

    # settings.toml
    [qa]
    region = "eu"
    workers = 2

    [demo]
    region = "us"
    workers = 2
"""

from collections.abc import Callable, Hashable, Iterable, Iterator

from app.core.findings import Finding, Severity
from app.core.layers import fold
from app.core.tree import Leaf
from app.rules.kit.comparing import is_own, listed, places
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.survey import ProjectContext


def survey(rule: Rule, survey: ProjectContext) -> Iterator[Finding]:
    """One finding for each group of environments that are alike."""
    for alike in _grouped(survey.subjects.values()):
        own = [leaf for subject in alike if (leaf := _own(subject))]
        names = listed(subject.tree.environment for subject in alike)
        message = f"{names} have the same values: nothing tells them apart."
        fix = "Keep one of them, or set what should differ."
        yield rule.project_finding(message, fix, origin=own[0].origin, related=places(own[0], *own[1:]))


def _grouped(subjects: Iterable[EnvironmentContext]) -> Iterator[list[EnvironmentContext]]:
    """Environments with sections of their own that are alike; the cheap comparison comes first."""
    comparable = [subject for subject in subjects if _own(subject) and _is_known(subject)]
    alike = _by(comparable, lambda subject: len(subject.tree.leaves))
    for few in (few for many in alike for few in _by(many, _digests)):
        yield from _by(few, _values)


def _by(
    subjects: list[EnvironmentContext], mark: Callable[[EnvironmentContext], Hashable]
) -> Iterator[list[EnvironmentContext]]:
    groups: dict[Hashable, list[EnvironmentContext]] = {}
    for subject in subjects:
        groups.setdefault(mark(subject), []).append(subject)
    return (group for group in groups.values() if len(group) > 1)


def _own(subject: EnvironmentContext) -> Leaf | None:
    """The first value that the environment's own sections set."""
    return next((leaf for leaf in subject.tree.leaves if is_own(subject, leaf.layer)), None)


def _is_known(subject: EnvironmentContext) -> bool:
    return not subject.supplied and not subject.has_unknown


def _digests(subject: EnvironmentContext) -> Hashable:
    """What environments of the same values have in common, and hardly any others."""
    return frozenset(map(subject.answers(_digest).__getitem__, subject.tree.by_id))


def _digest(leaf: Leaf) -> int:
    return hash((fold(leaf.path), repr(leaf.value)))


def _values(subject: EnvironmentContext) -> Hashable:
    """Every key with its value, types included, in whatever order they stand."""
    return frozenset((path, repr(leaf.value)) for path, leaf in subject.tree.by_path.items())


RULE = Rule(
    id="XENV006",
    name="identical-environments",
    severity=Severity.INFO,
    applies_to="always",
    summary="Environments have the same values.",
    source="The Twelve-Factor App, X",
    page=__doc__,
    survey=survey,
)
