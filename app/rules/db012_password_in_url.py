"""A password stands inside a URL, in a file that is in everybody's hands.

URLs are logged, shown in error messages and copied whole. Inside one a password is easily overlooked, by people and by
the tools that look for secrets.

Wrong:

    [development]
    database_url = "postgresql://orders:mV7_tQ2xL9wK@db.example.com/orders?sslmode=verify-full"

Right: the URL without it, and the password where secrets are kept.

    [development]
    database_url = "postgresql://orders@db.example.com/orders?sslmode=verify-full"
"""

from collections.abc import Iterator

from app.core import dsn
from app.core.findings import Finding, Fix, Severity
from app.core.roles import Role
from app.core.tree import Statement
from app.rules.kit.literals import committed, is_inside_url, is_secret, moved, taking_out, url_password
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """URLs with a password that stand in a committed file, whole or taken apart."""
    taken_apart = any(layer.aliases for layer in subject.tree.layers)
    for leaf in subject.leaves(Role.DSN, *([Role.PASSWORD] if taken_apart else [])):
        said = next((said for said in committed(subject, leaf) if is_secret(_password(said))), None)
        if said is not None:
            message = f"{leaf.key}: {said.layer.file} holds a password inside a URL."
            fix = moved(subject, said, leaf, "Take it out of the URL, and change it: {}.")
            if is_inside_url(said):  # the parts stay where they are: what is to be written has two places
                fix = Fix(text=fix.text)
            elif said.layer is not leaf.layer:
                fix = taking_out(said, f"Take it out: {leaf.key} comes from {leaf.origin} by now. And change it.")
            yield rule.finding(subject, leaf.path, message, fix, origin=said.origin)


def _password(said: Statement) -> str:
    """The password of a URL, whole or taken apart; empty where there is none."""
    if is_inside_url(said):
        return str(said.value)
    return (url_password(said.value) or "") if isinstance(said.value, str) and dsn.looks_like_dsn(said.value) else ""


RULE = Rule(
    id="DB012",
    name="password-in-url",
    severity=Severity.WARNING,
    applies_to="always",
    summary="A committed file holds a password inside a URL.",
    source="CWE-312; The twelve-factor app, III, config",
    page=__doc__,
    check=check,
)
