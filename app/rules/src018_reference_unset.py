"""A value refers to something that is not there, or cannot be read. The application does not start.

What only the deployment of an inactive environment holds is *deferred*: told, not failed. That is every variable, and
of the settings (`{this.X}`, which a variable may set, too) those that are deferred where they are required: secrets,
keys under the option `deployed`, and what the deployment names a source of. Any other setting that no layer has is an
error in every environment, since the application fails wherever that variable is forgotten. A variable that the module
of the Dynaconf call sets itself (`os.environ["HERE"] = …`) is there when the settings are read, and so is a setting
that the code sets (`settings.HERE = …`): told for information.

Wrong: the variable `REGION` is not set.

    [production]
    bucket = "@format orders-{env[REGION]}"

Right:

    [production]
    bucket = "@format orders-{env[REGION]}"

    $ export REGION=eu-west-1
"""

import re
from collections.abc import Iterator

from app.core.errors import nearest
from app.core.findings import Deferred, Edit, Finding, Fix, Severity
from app.core.layers import Path, dotted, parse_key
from app.core.roles import SECRET_ROLES
from app.core.tree import UNTOLD, Leaf
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext

_VARIABLE = r"the environment variable (?P<name>.+) is not set"
_SETTING = r"the setting (?P<name>.+) does not exist"

_OURS = (
    "it refers to itself",
    "it is nested deeper",
    "it holds a",
    "it has more than",
    "references multiply",
    "an environment variable is",
    "{",
    "the format ",
    "the cast ",
    "the template ",
    "the path ",
)


_DONE = "Nothing is to be done."
_KNOWN = "Nothing is to be done; with the variable set where assay runs, the value is judged."


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """References that lead nowhere, but for those that are deferred."""
    for leaf in subject.tree.leaves if subject.has_unknown else ():
        if leaf.state == "unresolved" and leaf.reason != UNTOLD and not _is_deferred(subject, leaf):
            if setter := _setter(subject, leaf):
                message = f"{leaf.key} is not known: {setter} when it runs."
                fix = _KNOWN if _variable(leaf) else _DONE
                yield rule.finding(subject, leaf.path, message, fix, leaf=leaf, severity=Severity.INFO)
                continue
            message = f"{leaf.key} cannot be read: {_reason(leaf)}."
            yield rule.finding(subject, leaf.path, message, _fix(subject, leaf), leaf=leaf)


def deferred(subject: EnvironmentContext) -> Iterator[Deferred]:
    """References to variables that an inactive environment's own deployment holds."""
    for leaf in subject.tree.leaves if subject.has_unknown else ():
        if leaf.state == "unresolved" and (name := _variable(leaf)) and _is_deferred(subject, leaf):
            message = f"{leaf.key} refers to {name}, which the deployment of {subject.tree.environment} holds."
            yield Deferred(key=leaf.key, variable=name, message=message)
        elif leaf.state == "unresolved" and (path := _setting(leaf)) and _is_deferred(subject, leaf):
            yield subject.deferral(path, dotted(path))


def _is_deferred(subject: EnvironmentContext, leaf: Leaf) -> bool:
    """Whether it refers to what the environment's own deployment may hold, or names a source of."""
    if path := _setting(leaf):
        is_secret = not subject.active and subject.role(path, "") in SECRET_ROLES
        return is_secret or subject.deployed.covers(path)
    name = _variable(leaf)
    named = subject.deployment.supplied if subject.deployment else ()
    return name is not None and (not subject.active or any(one.name == name for one in named))


def _setter(subject: EnvironmentContext, leaf: Leaf) -> str | None:
    """Where the code sets what is missing, in words."""
    if path := _setting(leaf):
        return f"the code itself sets {dotted(path)}" if subject.is_written(path) else None
    name = _variable(leaf)
    place = subject.set_by_code.get(name or "")
    return f"{place} sets {name}" if place else None


def _variable(leaf: Leaf) -> str | None:
    """The variable that is not set, if that is what is missing."""
    found = re.fullmatch(_VARIABLE, leaf.reason)
    return found["name"] if found else None


def _setting(leaf: Leaf) -> Path | None:
    """The setting that does not exist, if that is what is missing."""
    found = re.fullmatch(_SETTING, leaf.reason)
    return parse_key(found["name"].lower()) if found else None


def _reason(leaf: Leaf) -> str:
    """What is missing; where the text itself could not be read, it may be the secret, and is not shown."""
    if re.fullmatch(_VARIABLE, leaf.reason) or re.fullmatch(_SETTING, leaf.reason):
        return leaf.reason
    return leaf.reason if leaf.reason.startswith(_OURS) else "Dynaconf cannot convert it"


def _fix(subject: EnvironmentContext, leaf: Leaf) -> Fix | str:
    if name := _variable(leaf):
        return Fix(text=f"Set it: export {name}=…", edit=Edit(kind="variable", text=f"{name}=…", key=name))
    if found := re.fullmatch(_SETTING, leaf.reason):
        readable = [other.key for other in subject.tree.leaves if other.state != "unresolved"]  # and so in no circle
        match = nearest(found["name"], readable)
        declared = f' Or declare it deployed in assay.toml: deployed = ["{found["name"].lower()}"].'
        deployed = "" if subject.active else declared
        return f"Did you mean {match!r}?" if match else f"Set {found['name']}, or take the reference out.{deployed}"
    return f"Correct {leaf.key}."


RULE = Rule(
    id="SRC018",
    name="reference-unset",
    severity=Severity.ERROR,
    applies_to="always",
    summary="A reference leads nowhere.",
    source="dynaconf.utils.parse_conf.Lazy",
    page=__doc__,
    check=check,
    defer=deferred,
)
