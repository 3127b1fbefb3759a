"""A key that production has is missing in staging, or the other way round.

Staging is there to show what production will do; with other keys it shows something else. The usual names of the two
are compared (`staging`, `stage`, `stg`, `uat`, `preprod`, `pre-production`; `production`, `prod`). A whole table that
is missing is told once, a list is one key. Silent are what deployments supply: variables of the active environment,
keys under the option `deployed`, secrets that an inactive environment does not hold here, and keys that a layer states
and another took (SRC020).

Wrong:

    # assay.toml
    known_environments = ["development", "staging", "production"]

    # settings.toml
    [staging]
    queue = "orders"

    [production]
    queue = "orders"
    queue_retries = 5

Right:

    # assay.toml
    known_environments = ["development", "staging", "production"]

    # settings.toml
    [staging]
    queue = "orders"
    queue_retries = 1

    [production]
    queue = "orders"
    queue_retries = 5
"""

from collections.abc import Iterator, Mapping, Sequence

from app.core.findings import Finding, Severity
from app.core.layers import CODE, Path, dotted, fold, stem
from app.core.losses import key_of
from app.core.roles import SECRET_ROLES, Role, words
from app.core.tree import Leaf
from app.core.usage.misspelling import is_slip
from app.rules.kit.comparing import places
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.survey import ProjectContext

_MOST = 8
_PRODUCTION = frozenset({"production", "prod"})
_STAGING = frozenset({"staging", "stage", "stg", "uat", "preprod", "preproduction"})


def survey(rule: Rule, survey: ProjectContext) -> Iterator[Finding]:
    """What one of the two lacks, either way."""
    named = {"".join(words(name)): subject for name, subject in survey.subjects.items()}
    live = [subject for name, subject in named.items() if name in _PRODUCTION]
    for staging in (subject for name, subject in named.items() if name in _STAGING):
        for production in live:
            yield from _lacking(rule, staging, production)
            yield from _lacking(rule, production, staging)


def _lacking(rule: Rule, subject: EnvironmentContext, model: EnvironmentContext) -> Iterator[Finding]:
    """What an environment lacks that its model has, whole tables in one finding."""
    there, stated = _settings(subject), _stated(model)
    tables = {path[:depth] for path in there for depth in range(1, len(path))}
    tables |= {path for path, leaf in there.items() if leaf.value == {}}
    missing: dict[Path, list[Leaf]] = {}
    for path, leaf in _settings(model).items():
        if path not in there and path in stated and _is_told(subject, path, leaf, there, tables):
            missing.setdefault(_top(path, tables), []).append(leaf)
    for top, leaves in missing.items():
        near = _near(top, there) if len(leaves) == 1 else None
        yield _finding(rule, subject, model, leaves[0].path[: len(top)], leaves, near)


def _settings(subject: EnvironmentContext) -> Mapping[Path, Leaf]:
    """Every effective setting by its folded key, a list as its first item."""
    found: dict[Path, Leaf] = {}
    for path, leaf in subject.tree.by_path.items():
        found.setdefault(stem(path), leaf)
    return found


def _stated(subject: EnvironmentContext) -> set[Path]:
    """What not only variables of this process say."""
    said = (statement for statement in subject.tree.statements if statement.layer.kind in {"file", "default", *CODE})
    return {stem(fold(statement.path)) for statement in said}


def _is_told(
    subject: EnvironmentContext, path: Path, leaf: Leaf, there: Mapping[Path, Leaf], tables: set[Path]
) -> bool:
    """Whether it is really missing: not another type of thing, and not the deployment's business."""
    if path in tables or any(path[:depth] in there and path[:depth] not in tables for depth in range(1, len(path))):
        return False
    if key_of(leaf.path) in {key_of(loss.path) for loss in subject.losses}:
        return False  # it is stated, and SRC020 says who took it
    supplied = any(fold(one.path)[: len(path)] == path for one in subject.supplied)
    if supplied or subject.deployed.covers(path):
        return False
    role = subject.role(leaf.path, leaf.value)
    return subject.active or (role not in SECRET_ROLES and role is not Role.DSN)


def _top(path: Path, tables: set[Path]) -> Path:
    """The outermost table of this path that is missing as a whole, else the path itself."""
    return next((path[:depth] for depth in range(1, len(path)) if path[:depth] not in tables), path)


def _near(path: Path, there: Mapping[Path, Leaf]) -> Path | None:
    """The key beside this one that was probably meant by it: who is asked to set it as well would misspell it twice."""
    name = str(path[-1])
    beside = (other for other in there if other[:-1] == path[:-1])
    return next((other for other in beside if is_slip(name, str(other[-1]), endings=True)), None)


def _finding(
    rule: Rule,
    subject: EnvironmentContext,
    model: EnvironmentContext,
    top: Path,
    leaves: list[Leaf],
    near: Path | None,
) -> Finding:
    environment, other = subject.tree.environment, model.tree.environment
    path = stem(leaves[0].path) if len(leaves) == 1 else top
    what = dotted(path) if len(leaves) == 1 else f"{dotted(path)}, a table of {len(leaves)} keys,"
    sample = '"…"' if len(leaves) == 1 else _table(top, leaves)
    message = f"{what} stands in {other} and is missing in {environment}"
    says = f"Write {{}}. Or take it out of {other}."
    if near:
        message += f"; it looks like {dotted(near)}, which both have"
        says = f"Name it {dotted(near)} in {other}, if that was meant. Else write {{}}."
    fix = subject.setting(path, sample=sample, says=says)
    message += "."
    return rule.finding(subject, path, message, fix, related=places(None, *leaves))


def _table(top: Path, leaves: Sequence[Leaf]) -> str:
    """The table with what stands for its values; of a long one, what stands for its keys too."""
    keys = dict.fromkeys(stem(leaf.path)[len(top) :] for leaf in leaves)
    return f"{{ {', '.join(_pair(key) for key in keys) if len(keys) <= _MOST else _pair(('…',))} }}"


def _pair(key: Path) -> str:
    return f'{dotted(key)} = "…"'


RULE = Rule(
    id="XENV003",
    name="missing-in-staging",
    severity=Severity.INFO,
    applies_to="always",
    summary="Staging lacks a key that production has, or the other way round.",
    source="The Twelve-Factor App, X",
    page=__doc__,
    survey=survey,
    superseded_by=("TYP001", "USE002"),
)
