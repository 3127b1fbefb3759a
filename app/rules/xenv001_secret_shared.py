"""A secret of production also stands in an environment that is not production-like.

Everybody who may read the development settings can then log in to production, and a secret that leaks from a test has
to be changed everywhere at once. The same key with the same value is told, and so is the same long text under another
secret's key; passwords inside URLs count. Production-like environments may share with each other. Where both merely
inherit one line of the base section, an inactive environment gets a warning: its deployment may set another.

Wrong:

    # settings.toml
    [development]
    region = "local"

    [production]
    region = "eu"

    # .secrets.toml
    [development]
    webhook_token = "h4T-9wqLm2_Zx8RkV6pB"

    [production]
    webhook_token = "h4T-9wqLm2_Zx8RkV6pB"

Right:

    # settings.toml
    [development]
    region = "local"

    [production]
    region = "eu"

    # .secrets.toml
    [development]
    webhook_token = "c7N-1ysHd5_Fg3QtU0jW"

    [production]
    webhook_token = "h4T-9wqLm2_Zx8RkV6pB"
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from app.core import limits
from app.core.findings import Finding, Severity
from app.core.layers import Path
from app.rules.kit.comparing import Secret, listed, of_one_variable, others, places, productions, secrets
from app.rules.kit.edits import alone
from app.rules.kit.known_defaults import is_placeholder
from app.rules.kit.literals import is_secret
from app.rules.kit.rule import Rule
from app.rules.kit.survey import ProjectContext

_LONG = 12
"""Characters from which on nobody chooses the same text twice by chance."""


def survey(rule: Rule, survey: ProjectContext) -> Iterator[Finding]:
    """Each secret of a production-like environment that stands in another, once; what is to be filled in is none."""
    watched = [secret for subject in productions(survey) for secret in secrets(subject) if is_secret(secret.text)]
    elsewhere = _elsewhere(survey) if watched else {}
    for secret in watched:
        alike = elsewhere.get((secret.text, None if _is_telling(secret.text) else secret.name), ())
        apart = (other for other in alike if not of_one_variable(secret.leaf, other.leaf))
        if shared := list(islice(apart, limits.LISTED.figure)):
            yield _finding(rule, secret, shared)


def _elsewhere(survey: ProjectContext) -> Mapping[tuple[str, Path | None], list[Secret]]:
    """The secrets of the other environments by their text, and by their text and key."""
    found: dict[tuple[str, Path | None], list[Secret]] = {}
    for subject in others(survey):
        for secret in secrets(subject):
            found.setdefault((secret.text, None), []).append(secret)
            found.setdefault((secret.text, secret.name), []).append(secret)
    return found


def _is_telling(text: str) -> bool:
    """Whether two equal texts are one secret whatever their keys."""
    return len(text) >= _LONG and not is_placeholder(text)


def _finding(rule: Rule, secret: Secret, shared: Sequence[Secret]) -> Finding:
    subject, leaf = secret.subject, secret.leaf
    where = listed(_place(secret, other) for other in shared)
    message = f"{leaf.key}: {subject.tree.environment} shares this secret with {where}."
    fix = alone(subject.setting(leaf.path, secret=True, says=f"Give {subject.tree.environment} one of its own: {{}}."))
    return rule.inheritable(subject, leaf, message, fix, related=places(leaf, *(other.leaf for other in shared)))


def _place(secret: Secret, other: Secret) -> str:
    """The other environment, with the key where it is another."""
    environment = other.subject.tree.environment
    return environment if secret.name == other.name else f"{environment} ({other.leaf.key})"


RULE = Rule(
    id="XENV001",
    name="secret-shared",
    severity=Severity.ERROR,
    applies_to="always",
    summary="A secret of production also stands in another environment.",
    source="OWASP ASVS 5.0, 13.3.1",
    page=__doc__,
    survey=survey,
)
