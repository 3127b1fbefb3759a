"""A value that only running code, or reading another file, would tell. Nothing of that is done here.

What the application gets is not known, so no rule judges it, and it may fail, which only the application itself would
tell. What is sure to fail is an error (SRC018): a template that Jinja cannot parse, one that asks a name that nothing
gives for something of its own, `@read_file` without a path, a cast of a known value that Dynaconf refuses. What the
application's own Dynaconf call computes is told for information. Where the code has converters of its own
(`add_converter("path", Path)`), nobody knows here what a value comes to that begins with theirs (`@path …`).

Wrong:

    [production]
    banner = "@jinja {{ this.load_file('/etc/motd') }}"

Right:

    [production]
    name = "orders"
    banner = "@format {this.name} in {env[REGION]}"

    $ export REGION=eu-west-1
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.layers import CODE, COMPUTED, PLACED_BY_CODE
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Values that stay text."""
    for leaf in subject.tree.leaves if subject.has_unknown else ():
        if leaf.state == "opaque":
            token = str(leaf.value).partition(" ")[0] if str(leaf.value).startswith("@") else "Its token"
            reason = leaf.reason or f"{token} is not run here"
            in_code = (leaf.layer is not None and leaf.layer.kind in CODE) or reason in {COMPUTED, PLACED_BY_CODE}
            message = f"{leaf.key} is not known: {reason}."
            if not in_code:
                message = f"{leaf.key} is not judged: {reason}, and where it fails the application does not start."
            fix = "Write the value itself, or an @format of settings and variables, or let a variable supply it."
            if reason == PLACED_BY_CODE:
                fix = "Nothing need change: it is known where the code runs. What depends on it is not judged here."
            severity = Severity.INFO if in_code else Severity.WARNING
            yield rule.finding(subject, leaf.path, message, fix, leaf=leaf, severity=severity)


RULE = Rule(
    id="SRC014",
    name="opaque-value",
    severity=Severity.WARNING,
    applies_to="always",
    summary="A value that only running code would tell.",
    source="dynaconf.utils.parse_conf, converters",
    page=__doc__,
    check=check,
)
