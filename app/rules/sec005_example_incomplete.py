"""The example of the secrets file does not name a secret that is needed.

Who sets up a machine copies the example and fills it in. What it leaves out is missed when the application starts, or
later. Needed is, with a model, each secret that a production-like environment requires or is given; without one, each
that the secrets file itself sets.

Wrong:

    # .secrets.toml
    [production]
    api_token = "mV7_tQ2xL9wKcZ4bNr8y"
    mail_password = "sT5_wR8nJ3vXhY6cMq1z"

    # .secrets.toml.example
    [production]
    api_token = ""

Right:

    # .secrets.toml
    [production]
    api_token = "mV7_tQ2xL9wKcZ4bNr8y"
    mail_password = "sT5_wR8nJ3vXhY6cMq1z"

    # .secrets.toml.example
    [production]
    api_token = ""
    mail_password = ""
"""

from collections.abc import Iterator, Mapping

from app.core.findings import Finding, Severity
from app.core.layers import VARIABLES, Layer, Origin, Path, dotted, fold
from app.core.roles import LITERAL_SECRETS, Role, words
from app.rules.kit.exemplified import exemplified
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.survey import ProjectContext


def survey(rule: Rule, survey: ProjectContext) -> Iterator[Finding]:
    """Secrets that no example names, once each."""
    readable = [file for file in survey.examples if not file.broken]
    if not readable:
        return
    named = {_name(said.path) for said in exemplified(survey)}
    for name, (path, environment) in _needed(survey).items():
        if name not in named and not _is_in_url(name, named):
            first, example = readable[0], readable[0].name
            message = f"{example} does not name {dotted(path)}, which {environment} needs."
            fix = f"Add to {example}: {_line(survey, path, environment)}"
            yield rule.project_finding(message, fix, origin=Origin(kind="file", file=first.name), key=path)


def _needed(survey: ProjectContext) -> Mapping[Path, tuple[Path, str]]:
    """The secrets that are needed, as the settings spell them, each with the first environment that needs it."""
    found: dict[Path, tuple[Path, str]] = {}
    secret = frozenset(file.name for file in survey.secret_files)
    for environment, subject in survey.subjects.items():
        for path in _of(subject, secret):
            found.setdefault(_name(path), (path, environment))
    return found


def _of(subject: EnvironmentContext, secret: frozenset[str]) -> Iterator[Path]:
    if subject.shape is not None and not subject.production:
        return
    for layer, statements in subject.tree.by_layer:
        if _is_apart(layer, secret, modelled=subject.shape is not None):
            yield from (said.path for said in statements if _is_secret(subject, said.path, said.value))
    yield from (one.path for one in subject.problems if one.kind == "missing" and _is_secret(subject, one.path, ""))


def _is_apart(layer: Layer, secret: frozenset[str], *, modelled: bool) -> bool:
    """Whether it is said where secrets are kept: in a file for them, with a model also in a variable."""
    kinds = VARIABLES if modelled else frozenset()
    return layer.kind in kinds or (layer.kind == "file" and layer.file in secret)


def _is_secret(subject: EnvironmentContext, path: Path, value: object) -> bool:
    role = subject.role(path, value)
    return role in LITERAL_SECRETS or role is Role.DSN


def _name(path: Path) -> Path:
    """The key without positions: the example shows one item of a list, or none."""
    return tuple(part for part in fold(path) if isinstance(part, str))


def _is_in_url(name: Path, named: set[Path]) -> bool:
    """Whether the example names the URL that a password is part of, or the table or list above."""
    urls = {(*name[:-1], word) for word in ("url", "uri", "dsn")}
    above = {name[:depth] for depth in range(1, len(name))}
    return bool(above & named) or (words(str(name[-1]))[-1:] == ("password",) and bool(urls & named))


def _line(survey: ProjectContext, path: Path, environment: str) -> str:
    above = (environment, *path[:-1]) if survey.sectioned else path[:-1]
    return f'[{dotted(above)}] {dotted(path[-1:])} = "".' if above else f'{dotted(path[-1:])} = "".'


RULE = Rule(
    id="SEC005",
    name="example-incomplete",
    severity=Severity.WARNING,
    applies_to="always",
    summary="The example of the secrets file does not name a secret that is needed.",
    source="The twelve-factor app, III, config",
    page=__doc__,
    survey=survey,
)
