"""The example of the secrets file holds a secret that is in use.

The example is committed, so that everybody sees which secrets there are. What it shows has to be made up, or empty.

Wrong:

    # .secrets.toml
    [production]
    api_token = "mV7_tQ2xL9wKcZ4bNr8y"

    # .secrets.toml.example
    [production]
    api_token = "mV7_tQ2xL9wKcZ4bNr8y"

Right:

    # .secrets.toml
    [production]
    api_token = "mV7_tQ2xL9wKcZ4bNr8y"

    # .secrets.toml.example
    [production]
    api_token = "<from the payment provider>"
"""

from collections.abc import Iterator, Mapping

from app.core.findings import Finding, Severity
from app.core.layers import VARIABLES, Path, fold
from app.core.roles import LITERAL_SECRETS, Role
from app.core.tree import Statement
from app.rules.kit.exemplified import exemplified
from app.rules.kit.known_defaults import is_placeholder, is_reference
from app.rules.kit.literals import url_password
from app.rules.kit.rule import Rule
from app.rules.kit.survey import ProjectContext


def survey(rule: Rule, survey: ProjectContext) -> Iterator[Finding]:
    """Secrets of an example that are real, once each."""
    shown = [said for said in exemplified(survey) if isinstance(said.value, str | int) and str(said.value).strip()]
    real = _real(survey) if shown else {}
    for said in shown:
        found = real.get((fold(said.path), str(said.value)))
        if found is not None:
            where = said.origin
            message = f"{where.file}: the example's {'.'.join(map(str, said.path))} is the secret that is in use."
            fix = "Empty it in the example, and change the secret: the repository's history keeps it."
            yield rule.project_finding(message, fix, origin=where, key=said.path, related=(found.origin,))


def _real(survey: ProjectContext) -> Mapping[tuple[Path, str], Statement]:
    """What is said where secrets are kept, by key and text; placeholders are no secrets."""
    secret = {file.name for file in survey.secret_files}
    return {
        (fold(said.path), str(said.value)): said
        for subject in survey.subjects.values()
        for said in subject.tree.statements
        if (said.layer.kind in VARIABLES or (said.layer.kind == "file" and said.layer.file in secret))
        and _is_real(subject.role(said.path, said.value), said.value)
    }


def _is_real(role: Role | None, value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return False
    text = (url_password(str(value)) or "") if role is Role.DSN else str(value) if role in LITERAL_SECRETS else ""
    return bool(text.strip()) and not is_placeholder(text) and not is_reference(text)


RULE = Rule(
    id="SEC006",
    name="example-real",
    severity=Severity.ERROR,
    applies_to="always",
    summary="The example of the secrets file holds a secret that is in use.",
    source="CWE-798; OWASP ASVS 5.0, 13.3.1",
    page=__doc__,
    survey=survey,
)
