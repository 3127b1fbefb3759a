"""One layer says two things about one part of a database connection.

A URL is shorthand for its parts. Where the same section also names the host in so many words, and another one, one of
the two is a leftover, and whoever changes the wrong one wonders why nothing happens.

Wrong:

    [production.database]
    url = "postgresql://app@db-1.example.com/orders?sslmode=verify-full"
    host = "db-2.example.com"
    tls = { mode = "verify-full" }

Right:

    [production.database]
    host = "db-2.example.com"
    username = "app"
    name = "orders"
    tls = { mode = "verify-full" }
"""

from collections.abc import Iterator, Mapping
from itertools import islice, pairwise
from typing import Any

from app.core.findings import Finding, Severity
from app.core.layers import Layer, Origin, Path, dotted
from app.core.limits import FINDINGS
from app.core.tree import Leaf, Tree
from app.rules.kit.layering import Setting, place
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.survey import ProjectContext
from app.rules.kit.url_parts import Contradiction, contradictions, is_database, part_of
from app.rules.kit.variables import Variable


def survey(rule: Rule, survey: ProjectContext) -> Iterator[Finding]:
    """Contradictions inside a layer, for every environment that reads it."""
    known: dict[tuple[str, str | None], list[Contradiction]] = {}
    for name, subject in survey.subjects.items():
        for layer in subject.tree.layers:
            if layer.kind == "file":
                at = (layer.file or "", layer.section)
                if at not in known:
                    known[at] = list(islice(contradictions(_raw(survey, layer)), FINDINGS.figure + 1))
                yield from (_finding(rule, survey, name, layer, found) for found in known[at])
        for variable in subject.variables:
            found_here = contradictions(_table(variable)) if len(variable.leaves) > 1 else ()
            yield from (_finding(rule, survey, name, variable.layer, found) for found in found_here)
        yield from _twins(rule, name, subject)


def _raw(survey: ProjectContext, layer: Layer) -> Mapping[str, Any]:
    """What the layer's section says, URLs still in one piece."""
    values = next((file.values for file in survey.files if file.name == layer.file), {})
    return values if layer.section is None else values[layer.section]


def _table(variable: Variable) -> Mapping[str, Any]:
    """What a variable says, as tables in tables."""
    leaves = tuple(Leaf(path=path, value=value) for path, value in variable.leaves)
    return Tree(environment="", leaves=leaves).nested()


def _origin(survey: ProjectContext, layer: Layer, path: Path) -> Origin:
    file = next((file for file in survey.files if file.name == layer.file), None)
    if file is None or layer.kind != "file":
        return layer.origin(path)
    return file.origin(path if layer.section is None else (layer.section, *path), section=layer.section)


def _finding(rule: Rule, survey: ProjectContext, environment: str, layer: Layer, found: Contradiction) -> Finding:
    url, part = dotted(found.url), dotted(found.part)
    what = f"{url} and {part} disagree about the {found.noun}"
    is_hidden = any(map(survey.subjects[environment].is_placed, (found.url, found.part)))
    message = f"{what}: {found.said[0]!r} and {found.said[1]!r}." if found.said and not is_hidden else f"{what}."
    earlier, later = sorted((_origin(survey, layer, path) for path in (found.url, found.part)), key=_position)
    fix = f"Say it once in {place(layer)}: take {part} out, or write the URL's parts in its stead."
    key = (str(found.part[0]).lower(), *found.part[1:])
    return rule.project_finding(message, fix, origin=later, key=key, environment=environment, related=(earlier,))


def _position(origin: Origin) -> tuple[int, int]:
    return (origin.span.line, origin.span.column) if origin.span else (0, 0)


def _twins(rule: Rule, environment: str, subject: EnvironmentContext) -> Iterator[Finding]:
    """One part that a layer spells twice: in two cases, or dotted and in a table."""
    for said in subject.contested.values():
        pairs = [(one, other) for one, other in pairwise(said) if one.layer is other.layer and not one.equals(other)]
        if pairs and _is_part(said[0].path):
            yield from (_twin(rule, environment, one, other) for one, other in pairs)


def _twin(rule: Rule, environment: str, one: Setting, other: Setting) -> Finding:
    earlier, later = sorted((one, other), key=lambda setting: _position(setting.origin))
    names = f"{dotted(earlier.source)} and {dotted(later.source)}"
    message = f"{names} in {place(later.layer)} say different things about {dotted(later.path)}."
    fix = f"Keep one of {names}."
    return rule.project_finding(
        message, fix, origin=later.origin, key=later.path, environment=environment, related=(earlier.origin,)
    )


def _is_part(path: Path) -> bool:
    return len(path) > 1 and is_database(path[:-1]) and part_of(str(path[-1])) is not None


RULE = Rule(
    id="DB006",
    name="url-contradicts-parts",
    severity=Severity.ERROR,
    applies_to="always",
    summary="A URL and a part of it disagree in one layer.",
    source="a URL is shorthand for its parts",
    page=__doc__,
    survey=survey,
)
