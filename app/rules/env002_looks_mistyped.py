"""A variable's text is not what Dynaconf makes of it.

Dynaconf reads a variable like the right-hand side of a TOML line: `true` is a boolean, but `TRUE` and `yes` are texts;
`01` is a text, `5 # five` is 5, `a,b` is one text, and a password of digits, or `1e5`, is a number.

Wrong:

    $ export DYNACONF_CACHE=TRUE
    $ export DYNACONF_WEBHOOK_SECRET=30417726850149

Right:

    $ export DYNACONF_CACHE=true
    $ export DYNACONF_WEBHOOK_SECRET='"30417726850149"'
"""

import re
from collections.abc import Callable, Iterator

from app import dsn
from app.findings import Finding, Severity
from app.layers import dotted, fold
from app.roles import SECRET_ROLES, words
from app.rules.layering import Setting
from app.rules.rule import Rule
from app.rules.subject import Subject
from app.rules.variables import Variable

type _Complaint = tuple[str, str]
type _Look = Callable[[Variable, str, list[Setting]], _Complaint | None]

_BOOLEANS = {"true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false"}
_ZEROS = r"[+-]?0\d+"
_COMMENT = r"(?P<value>[^\s#]+)\s+#\s*(?P<comment>.*)"
_PLACES = frozenset({"lang", "language", "locale", "country", "region"})
_HIDDEN: _Complaint = ("is not what Dynaconf makes of its text", "…, as TOML spells it")
"""What is said where a secrets file sets the key too, so that the value may not be quoted."""
_SWITCHES = frozenset({"allow", "disable", "enable", "has", "is", "require", "use", "verify", "with"})


def check(rule: Rule, subject: Subject) -> Iterator[Finding]:
    """Variables that Dynaconf reads otherwise than their author."""
    for variable in subject.variables:
        others = _others(subject, variable)
        if variable.text is None or variable.text.startswith("@") or not (variable.prefixed or others):
            continue
        if subject.shape and not subject.shape.at(variable.path):
            continue
        is_secret = subject.role(variable.path, "") in SECRET_ROLES
        if complaint := _complaint(variable, others, _SECRET_LOOKS if is_secret else _LOOKS):
            what, value = _HIDDEN if subject.is_placed(variable.path) and not is_secret else complaint
            fix = f"Write {variable.name}={dsn.mask(value)}."
            yield rule.finding(subject, variable.path, f"{variable.name} {what}.", fix, origin=variable.origin)


def _complaint(variable: Variable, others: list[Setting], looks: tuple[_Look, ...]) -> _Complaint | None:
    text = (variable.text or "").strip()
    return next((said for look in looks if (said := look(variable, text, others))), None)


def _others(subject: Subject, variable: Variable) -> list[Setting]:
    """What other layers than variables say about the same key."""
    said = subject.settings.get(fold(variable.path), [])
    return [one for one in said if one.layer.kind in {"file", "default"}]


def _secret(variable: Variable, text: str, _: list[Setting]) -> _Complaint | None:
    """A secret that becomes a number, a date or a boolean; a switch beside a secret is none."""
    if not text or isinstance(variable.value, str | dict | list):
        return None
    if isinstance(variable.value, bool) and _is_switch(variable):
        return None
    kind = "boolean" if isinstance(variable.value, bool) else type(variable.value).__name__
    noun = {"int": "number", "float": "number"}.get(kind, kind)
    return f"is a secret, and Dynaconf makes a {noun} of its text", "'\"…\"', with the quotes"


def _is_switch(variable: Variable) -> bool:
    return bool(_SWITCHES & {*words(str(variable.path[-1]))[:1]})


def _comment(variable: Variable, text: str, _: list[Setting]) -> _Complaint | None:
    found = re.fullmatch(_COMMENT, text)
    if not found:
        return None
    if not isinstance(variable.value, str):
        return "carries a comment, which Dynaconf drops", found["value"]
    if re.search(r"[A-Za-z]", found["comment"]) and text[found.end("value") :].lstrip().startswith("# "):
        return "carries a comment, which stays part of the text", found["value"]
    return None


def _boolean(variable: Variable, text: str, others: list[Setting]) -> _Complaint | None:
    meant = _BOOLEANS.get(text.lower())
    if meant is None or not isinstance(variable.value, str) or _is_text(others):
        return None
    if text.lower() == "no" and _PLACES & {*words(str(variable.path[-1]))}:
        return None
    return f"is the text {text!r}, no boolean", meant


def _zeros(variable: Variable, text: str, others: list[Setting]) -> _Complaint | None:
    if not re.fullmatch(_ZEROS, text) or not isinstance(variable.value, str) or _is_text(others):
        return None
    return f"is the text {text!r}, no number, because of the zero in front", str(int(text))


def _list(variable: Variable, text: str, others: list[Setting]) -> _Complaint | None:
    if "," not in text or not isinstance(variable.value, str) or not any(one.kind == "list" for one in others):
        return None
    if any(one.layer.kind == "default" for one in others):
        return None  # a model takes commas, and TOML, for a list
    key = dotted(variable.path)
    items = ", ".join(f'"{item.strip()}"' for item in text.split(",") if item.strip())
    return f"is one text with commas, and {key} is a list in {others[-1].layer.file}", f"'[{items}]'"


def _is_text(others: list[Setting]) -> bool:
    """Whether a file holds a text there, so that the variable may."""
    return any(one.kind == "scalar" and isinstance(one.items[0][1], str) for one in others)


_SECRET_LOOKS: tuple[_Look, ...] = (_secret,)
_LOOKS: tuple[_Look, ...] = (_comment, _boolean, _zeros, _list)

RULE = Rule(
    id="ENV002",
    name="looks-mistyped",
    severity=Severity.WARNING,
    speaks="always",
    summary="A variable's text is not what Dynaconf makes of it.",
    source="dynaconf.utils.parse_conf.parse_conf_data",
    page=__doc__,
    check=check,
    yields_to=("TYP002",),
)
