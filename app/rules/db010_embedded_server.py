"""A production-like environment would run with the embedded PostgreSQL.

It is made for trying things out: no backups, no TLS, one machine, and gone with its folder. It counts where no layer
sets `url` or `host`.

Wrong:

    # assay.toml
    schema = "app.schema:Settings"

    # settings.toml
    [production.database]
    embedded = true

Right:

    # assay.toml
    schema = "app.schema:Settings"

    # settings.toml
    [production.database]
    embedded = false
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.layers import Path
from app.core.roles import Role
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.switches import is_on

_NAMING = ("url", "host")


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Embedded servers that are in use."""
    for leaf in subject.leaves(Role.EMBEDDED):
        if is_on(leaf.value) and not any(_is_named(subject, (*leaf.path[:-1], name)) for name in _NAMING):
            message = f"{leaf.key}: {subject.tree.environment} would run with the embedded PostgreSQL."
            fix = subject.setting((*leaf.path[:-1], "url"), secret=True, says="Name its server: {}.")
            yield rule.finding(subject, leaf.path, message, fix, leaf=leaf)


def _is_named(subject: EnvironmentContext, path: Path) -> bool:
    """Whether a layer, or the environment's deployment, names another server."""
    said = subject.tree.said(path)
    return subject.deployed.covers(path) or any(one.layer.kind != "default" and one.value for one in said)


RULE = Rule(
    id="DB010",
    name="embedded-server",
    severity=Severity.ERROR,
    applies_to="production",
    summary="A production-like environment would run with the embedded PostgreSQL.",
    source="The twelve-factor app, X, dev/prod parity",
    page=__doc__,
    check=check,
)
