"""A variable turns a setting into another kind of thing than the files have: a text into a number, or back.

Dynaconf reads a variable like the right-hand side of a TOML line, whatever the files say. A build that is called
`4e71823` becomes the number infinity, a version `1.10` becomes 1.1, a day becomes a date, and `.5` is a text, since
TOML has no such number. `@str` in front keeps a text what it is.

Wrong:

    [production]
    build = "rel-17"

    $ export ENV_FOR_DYNACONF=production
    $ export DYNACONF_BUILD=4e71823

Right:

    [production]
    build = "rel-17"

    $ export ENV_FOR_DYNACONF=production
    $ export DYNACONF_BUILD='@str 4e71823'
"""

import re
from collections.abc import Iterator

from app.core import limits
from app.core.findings import Finding, Fix, Severity
from app.core.layers import dotted, fold
from app.rules.kit.known_defaults import is_blank, is_reference
from app.rules.kit.rule import Rule
from app.rules.kit.service_links import service_links
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.variable_texts import Kind, assignment, edit, is_infinite, kept, kind_of
from app.rules.kit.variables import Variable

_NUMBER = r"[+-]?(\d{1,40}\.\d{0,40}|\.\d{1,40}|\d{1,40})"
_INFINITE = frozenset({"inf", "+inf", "-inf", "nan", "+nan", "-nan"})
_ARTICLES = {"boolean": "a boolean", "number": "a number", "date": "a date", "text": "a text"}


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Variables that hold one value of another kind than every file does."""
    links = service_links(subject)
    for variable in subject.variables:
        kind = kind_of(variable.value)
        if variable.text is None or variable.text.startswith("@") or kind is None or variable.name in links:
            continue
        kinds = _kinds(subject, variable)
        is_endless = is_infinite(variable.value) and variable.text.strip().lower() not in _INFINITE
        if (kinds and kind not in kinds) or (is_endless and variable.prefixed):
            yield _finding(rule, subject, variable, kinds)


def _kinds(subject: EnvironmentContext, variable: Variable) -> set[Kind]:
    """The kinds that files have there; empty where one of them is none, is made by a token, or is to be filled in."""
    said = [one for one in subject.settings.get(fold(variable.path), ()) if one.layer.kind == "file"]
    values = [one.items[0][1] for one in said]
    kinds = {kind_of(value) for value in values}
    if None in kinds or any(one.kind != "scalar" for one in said) or any(_is_open(value) for value in values):
        return set()
    return {kind for kind in kinds if kind}


def _is_open(value: object) -> bool:
    """Whether a text only stands for what is to come: empty, a token, a reference, a placeholder."""
    if not isinstance(value, str):
        return False
    return not value.strip() or value.startswith("@") or is_reference(value) or is_blank(value)


def _finding(rule: Rule, subject: EnvironmentContext, variable: Variable, kinds: set[Kind]) -> Finding:
    key, kind = dotted(variable.path), kind_of(variable.value) or "text"
    now = "an infinite number" if is_infinite(variable.value) else _ARTICLES[kind]
    before = " or ".join(_ARTICLES[one] for one in sorted(kinds))
    there = f", and the files have {before} there" if kinds else ""
    message = f"{variable.name} makes {key} {now}{there}."
    return rule.finding(subject, variable.path, message, _fix(subject, variable, kinds), origin=variable.origin)


def _fix(subject: EnvironmentContext, variable: Variable, kinds: set[Kind]) -> Fix:
    text = (variable.text or "").strip()
    is_secret = subject.is_secret(variable.path)
    if "text" in kinds or not kinds:
        made = None if is_secret else edit(variable, kept(variable), text)
        return Fix(text=f"Write {assignment(variable, kept(variable), secret=is_secret)}.", edit=made)
    if "number" in kinds and len(text) <= limits.DIGITS.figure and re.fullmatch(_NUMBER, text):
        value = int(text) if re.fullmatch(r"[+-]?\d+", text) else float(text)
        made = None if is_secret else edit(variable, repr(value), value)
        return Fix(text=f"Write {assignment(variable, repr(value), secret=is_secret)}.", edit=made)
    wanted = " or ".join(_ARTICLES[one] for one in sorted(kinds))
    return Fix(text=f"Give {variable.name} {wanted}, as the files have it, or unset it.")


RULE = Rule(
    id="ENV005",
    name="changes-kind",
    severity=Severity.WARNING,
    applies_to="always",
    summary="A variable turns a setting into another kind of thing than the files have.",
    source="dynaconf.utils.parse_conf.parse_conf_data",
    page=__doc__,
    check=check,
    superseded_by=("ENV002", "TYP002"),
)
