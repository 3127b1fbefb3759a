"""A nested variable sets a key in another case than the model or the files have it.

Below the first part Dynaconf keeps the case of a variable's name, unless a file has the key already. So
`OTTER_POOL__MAX_SIZE` adds `pool.MAX_SIZE` beside `pool.max_size`, and a model that ignores what it does not know keeps
its default. Write the part behind the separator as the model has it.

Wrong: only the section of another environment has the key, in lower case.

    [development.pool]
    max_size = 5

    [production.pool]
    timeout = 30

    $ export ENV_FOR_DYNACONF=production
    $ export DYNACONF_POOL__MAX_SIZE=30

Right:

    [development.pool]
    max_size = 5

    [production.pool]
    timeout = 30

    $ export ENV_FOR_DYNACONF=production
    $ export DYNACONF_POOL__max_size=30
"""

from collections.abc import Iterator, Mapping

from app.core.findings import Finding, Severity
from app.core.layers import Path, dotted, fold, stem
from app.rules.kit.misspelling import renamed
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.variables import Variable


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Keys below the first part that only a variable spells so."""
    nested = [variable for variable in subject.variables if variable.prefixed and len(variable.leaves[0][0]) > 1]
    known = _in_files(subject) if nested else {}
    for variable in nested:
        if (found := _misspelled(subject, variable, known)) and found[0] != found[1]:
            path, meant = found
            is_whole = len(variable.path) == len(meant)
            message = f"{variable.name} sets {dotted(path)}, not {dotted(meant)}."
            fix = (
                f"Rename it to {renamed(variable.name, path, meant)}."
                if is_whole
                else f"Write {dotted(meant[-1:])} in it, as {dotted(meant)} has it."
            )
            yield rule.finding(subject, path, message, fix, origin=variable.origin)


def _misspelled(
    subject: EnvironmentContext, variable: Variable, known: Mapping[Path, Path]
) -> tuple[Path, Path] | None:
    """The first key that the variable spells in its own way, and the way that the model, else a file, has it."""
    for leaf in subject.tree.leaves:
        path = stem(leaf.path)
        if leaf.layer is variable.layer and len(path) > 1:
            meant = _modelled(subject, path) or known.get(fold(path))
            if meant and meant[1:] != path[1:]:
                return path, (path[0], *meant[1:])
    return None


def _modelled(subject: EnvironmentContext, path: Path) -> Path | None:
    """The key as the model spells it; None where the model does not know it, or does not say how it is spelled."""
    shape, meant = subject.shape, []
    for part in map(str, path):
        name = shape.spelled(part) if shape else None
        if shape is None or name is None:
            return None
        exact = part if part in shape.fields else name
        meant.append(exact)
        shape = shape.fields[exact]
    return tuple(meant)


def _in_files(subject: EnvironmentContext) -> Mapping[Path, Path]:
    """How the project's files spell keys below the first part, in whatever environment."""
    spelled: dict[Path, Path] = {}
    for tree in (*subject.neighbours(), subject.tree):
        for statement in tree.statements:
            if statement.layer.kind == "file" and len(statement.path) > 1:
                path = stem(statement.path)
                spelled |= {fold(path[:depth]): path[:depth] for depth in range(2, len(path) + 1)}
    return spelled


RULE = Rule(
    id="ENV006",
    name="other-case",
    severity=Severity.WARNING,
    applies_to="always",
    summary="A variable sets a key in another case than the model or the files have it.",
    source="dynaconf.utils.object_merge",
    page=__doc__,
    check=check,
    superseded_by=("TYP003",),
)
