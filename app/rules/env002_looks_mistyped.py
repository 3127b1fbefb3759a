"""A variable's text is not what Dynaconf makes of it.

Dynaconf reads a variable like the right-hand side of a TOML line: `true` is a boolean, but `TRUE` and `yes` are texts;
`01` is a text, `5 # five` is 5, `a,b` is one text, and a password of digits, or `1e5`, is a number. What begins with
`@str` stays the text that it is. A line of `.env` that is no `NAME=value`, or whose quotation mark is not closed, is
left out without a word.

Wrong:

    $ export DYNACONF_CACHE=TRUE
    $ export DYNACONF_WEBHOOK_SECRET=30417726850149

Right:

    $ export DYNACONF_CACHE=true
    $ export DYNACONF_WEBHOOK_SECRET='@str 30417726850149'
"""

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from app.core import limits
from app.core.findings import Finding, Fix, Severity
from app.core.layers import CODE, dotted, fold
from app.core.roles import SECRET_ROLES, words
from app.rules.kit.layering import Setting
from app.rules.kit.rule import Rule
from app.rules.kit.service_links import service_links
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.toml_text import toml_literal
from app.rules.kit.variable_texts import assignment, edit, kept, kind_of, read
from app.rules.kit.variables import Variable

_HIDDEN = "is not what Dynaconf makes of its text"
"""What is said where a secrets file sets the key too, so that the value may not be quoted."""


class _Complaint(Struct, frozen=True, kw_only=True):
    """What is odd about a text.

    Attributes:
        what: the end of a sentence about the variable.
        meant: the text that says what was probably meant.
        sure: whether that changes nothing that may have been meant.
        discreet: what is said where the text may not be quoted.
    """

    what: str
    meant: str
    sure: bool = True
    discreet: str = _HIDDEN


type _Look = Callable[[Variable, str, list[Setting]], _Complaint | None]

_BOOLEANS = {"true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false"}
_ZEROS = r"[+-]?0\d+"
_COMMENT = r"(?P<value>[^\s#]+)\s+#\s*(?P<comment>.*)"
_PLACES = frozenset({"lang", "language", "locale", "country", "region"})
_SWITCHES = frozenset({"allow", "disable", "enable", "has", "is", "require", "use", "verify", "with"})


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Variables that Dynaconf reads otherwise than their author."""
    links = service_links(subject)
    for variable in subject.variables:
        others = _others(subject, variable)
        if variable.text is None or variable.text.startswith("@") or not (variable.prefixed or others):
            continue
        if variable.value is None:  # a table or a list, spelled as TOML has it
            continue
        if (subject.shape and not subject.shape.at(variable.path)) or variable.name in links:
            continue
        is_secret = subject.role(variable.path, "") in SECRET_ROLES
        if complaint := _complaint(variable, others, _SECRET_LOOKS if is_secret else _LOOKS):
            message, fix = f"{variable.name} {complaint.what}.", _fix(variable, complaint, is_secret=is_secret)
            if subject.is_placed(variable.path) and not is_secret:
                spelled = "true or false" if complaint.meant in _BOOLEANS else "…, as TOML spells it"
                message, fix = f"{variable.name} {complaint.discreet}.", Fix(text=f"Write {variable.name}={spelled}.")
            yield rule.finding(subject, variable.path, message, fix, origin=variable.origin)


def _fix(variable: Variable, complaint: _Complaint, *, is_secret: bool) -> Fix:
    """What was probably meant; where the text may be meant as it stands, also how it stays."""
    line = assignment(variable, complaint.meant, secret=is_secret)
    if complaint.sure:
        made = None if is_secret else edit(variable, complaint.meant, read(complaint.meant))
        return Fix(text=f"Write {line}.", edit=made)
    return Fix(text=f"Write {line}; or {assignment(variable, kept(variable))} if the text is meant as it stands.")


def _complaint(variable: Variable, others: list[Setting], looks: tuple[_Look, ...]) -> _Complaint | None:
    text = (variable.text or "").strip()
    return next((said for look in looks if (said := look(variable, text, others))), None)


def _others(subject: EnvironmentContext, variable: Variable) -> list[Setting]:
    """What other layers than variables say about the same key."""
    said = subject.settings.get(fold(variable.path), ())
    return [one for one in said if one.layer.kind in {"file", "default", *CODE}]


def _secret(variable: Variable, text: str, _: list[Setting]) -> _Complaint | None:
    """A secret that becomes a number, a date or a boolean; a switch beside a secret is none."""
    if not text or isinstance(variable.value, str | dict | list):
        return None
    if isinstance(variable.value, bool) and _is_switch(variable):
        return None
    noun = kind_of(variable.value) or type(variable.value).__name__
    return _Complaint(what=f"is a secret, and Dynaconf makes a {noun} of its text", meant=kept(variable))


def _is_switch(variable: Variable) -> bool:
    return bool(_SWITCHES & {*words(str(variable.path[-1]))[:1]})


def _comment(variable: Variable, text: str, _: list[Setting]) -> _Complaint | None:
    """A comment that is dropped, or stays; a `#` inside of quotes is none."""
    found = re.fullmatch(_COMMENT, text)
    if not found:
        return None
    value = found["value"]
    if variable.value != text:
        is_same = repr(read(value)) == repr(variable.value)
        said = "carries a comment, which Dynaconf drops"
        return _Complaint(what=said, meant=value, discreet=said) if is_same else None
    if re.search(r"[A-Za-z]", found["comment"]) and text[found.end("value") :].lstrip().startswith("# "):
        return _Complaint(what="carries a comment, which stays part of the text", meant=value, sure=False)
    return None


def _boolean(variable: Variable, text: str, others: list[Setting]) -> _Complaint | None:
    meant = _BOOLEANS.get(text.lower())
    if meant is None or not isinstance(variable.value, str) or _is_another(others, "boolean"):
        return None
    if text.lower() == "no" and _PLACES & {*words(str(variable.path[-1]))}:
        return None
    return _Complaint(
        what=f"is the text {text!r}, no boolean",
        meant=meant,
        sure=_holds(others, "boolean"),
        discreet="is a text, no boolean",
    )


def _zeros(variable: Variable, text: str, others: list[Setting]) -> _Complaint | None:
    is_number = len(text) <= limits.DIGITS.figure and re.fullmatch(_ZEROS, text)
    if not is_number or not isinstance(variable.value, str) or _is_another(others, "number"):
        return None
    what = f"is the text {text!r}, no number, because of the zero in front"
    return _Complaint(
        what=what,
        meant=str(int(text)),
        sure=_holds(others, "number"),
        discreet="is a text, no number, because of a zero in front",
    )


def _list(variable: Variable, text: str, others: list[Setting]) -> _Complaint | None:
    lists = [one for one in others if one.kind == "list"]
    if "," not in text or not isinstance(variable.value, str) or not lists:
        return None
    if any(one.layer.kind == "default" for one in others):
        return None  # a model takes commas, and TOML, for a list
    key = dotted(variable.path)
    inner = text[1:-1] if text[:1] + text[-1:] == "[]" else text
    items = [_item(item.strip(), lists[-1]) for item in inner.split(",") if item.strip()]
    what = f"is one text with commas, and {key} is a list in {others[-1].layer.file}"
    return _Complaint(what=what, meant=toml_literal(items))


def _item(text: str, like: Setting) -> object:
    """An item as the file has them: a number where all of them are numbers, a text without the quotes around it."""
    kinds = {kind_of(value) for _, value in like.items}
    value = read(text)
    if {kind_of(value)} == kinds:
        return value
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == "'" else text


def _is_another(others: list[Setting], kind: str) -> bool:
    """Whether files hold a text there, or single values of other kinds alone, as ENV005 tells."""
    kinds = {kind_of(one.items[0][1]) for one in others if one.kind == "scalar"}
    return "text" in kinds or bool(kinds and kind not in kinds)


def _holds(others: list[Setting], kind: str) -> bool:
    """Whether a file holds a value of that kind there."""
    return any(one.kind == "scalar" and kind_of(one.items[0][1]) == kind for one in others)


_SECRET_LOOKS: tuple[_Look, ...] = (_secret,)
_LOOKS: tuple[_Look, ...] = (_comment, _boolean, _zeros, _list)

RULE = Rule(
    id="ENV002",
    name="looks-mistyped",
    severity=Severity.WARNING,
    applies_to="always",
    summary="A variable's text is not what Dynaconf makes of it.",
    source="dynaconf.utils.parse_conf.parse_conf_data",
    page=__doc__,
    check=check,
    superseded_by=("TYP002",),
)
