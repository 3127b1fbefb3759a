"""A placeholder of another tool, which Dynaconf leaves as it stands: the application gets `${DB_HOST}` itself.

Shells, Compose, Ansible, configparser and Jinja fill in `${X}`, `$X`, `%(x)s`, `{{ x }}` and `{x}`; Dynaconf does not.
Its own spelling is `@format {env[X]}` for a variable, and `@format {this.x}` for another setting. It is an error for a
secret in a production-like environment: the password is then known to everybody who reads the file.

Wrong:

    [production]
    ldap_password = "${LDAP_PASSWORD}"

Right:

    [production]
    ldap_password = "@format {env[LDAP_PASSWORD]}"

    $ export LDAP_PASSWORD=uN9kd82xQ4-vT7_wLz5
"""

import re
from collections.abc import Iterator

from app.core import dsn
from app.core.findings import Edit, Finding, Fix, Severity
from app.core.layers import CODE, VARIABLES, Path, dotted
from app.core.roles import SECRET_ROLES
from app.core.secrecy.names import words
from app.core.tree import Leaf
from app.rules.kit.layering import place
from app.rules.kit.placeholders import Placeholder, as_format, placeholders
from app.rules.kit.remerging import effect, setting
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.toml_text import toml_lines, toml_literal, variable_line

_TEMPLATES = frozenset({"format", "fmt", "pattern", "placeholder", "template"})


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Values that are, or hold, a placeholder that nobody fills in."""
    for leaf, found in subject.found(_unfilled):
        yield _finding(rule, subject, leaf, found)


def _unfilled(leaf: Leaf) -> list[Placeholder] | None:
    """The placeholders in a text."""
    is_said = leaf.state == "plain" and leaf.layer is not None and leaf.layer.kind != "default"
    if not is_said or not isinstance(leaf.value, str) or _is_filled(leaf):
        return None
    return placeholders(leaf.value) or None


def _is_filled(leaf: Leaf) -> bool:
    """Whether the key's name says that its text is for the application to fill in."""
    names = [part for part in leaf.path if isinstance(part, str)]
    return not _TEMPLATES.isdisjoint(words(names[-1]) if names else ())


def _finding(rule: Rule, subject: EnvironmentContext, leaf: Leaf, found: list[Placeholder]) -> Finding:
    severity = Severity.ERROR if _is_secret(subject, leaf, found) and subject.production else Severity.WARNING
    names = ", ".join(dict.fromkeys(one.shown for one in found))
    if subject.is_placed(leaf.path):
        names = "a placeholder"
    message = f"Nothing fills {names} in: the application gets {leaf.key} as it stands."
    return rule.finding(subject, leaf.path, message, _fix(subject, leaf, found), leaf=leaf, severity=severity)


def _is_secret(subject: EnvironmentContext, leaf: Leaf, found: list[Placeholder]) -> bool:
    """Whether a secret is to be filled in: by the key's name, or as the password of a URL."""
    password = _password(str(leaf.value))
    return subject.role(leaf.path, "") in SECRET_ROLES or any(one.written in password for one in found)


def _password(text: str) -> str:
    """What stands for the password in a URL; empty where there is none."""
    _, mark, rest = text.partition("://")
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0] if mark else ""
    return authority.rpartition("@")[0].partition(":")[2]


def _fix(subject: EnvironmentContext, leaf: Leaf, found: list[Placeholder]) -> Fix:
    value = str(leaf.value)
    if subject.is_placed(leaf.path):
        return Fix(text='Write "@format {env[NAME]}", with the name of the variable.')
    if not _is_shown(subject, leaf, found):
        names = " and ".join(f"{{{_reference(subject, leaf.path, one.name)}}}" for one in found)
        return Fix(text=f'Begin the text with "@format ", and write {names} in place of the placeholder.')
    text = as_format(value, found, lambda name: _reference(subject, leaf.path, name))
    return Fix(text=f"Write {_line(leaf, text)}.", edit=_edit(subject, leaf, text))


def _is_shown(subject: EnvironmentContext, leaf: Leaf, found: list[Placeholder]) -> bool:
    """Whether nothing in the text is secret but what the placeholders stand for."""
    value = str(leaf.value)
    around = "".join(_between(value, found))
    password = _password(value)
    if "://" in value:
        return dsn.mask(around) == around and password in {"", *(one.written for one in found)}
    return not around.strip() or subject.role(leaf.path, "") not in SECRET_ROLES


def _between(text: str, found: list[Placeholder]) -> Iterator[str]:
    at = 0
    for one in found:
        yield text[at : one.start]
        at = one.end
    yield text[at:]


def _reference(subject: EnvironmentContext, path: Path, name: str) -> str:
    """A setting of that name, where there is one and it is not the same; else the variable."""
    first, _, rest = name.partition(".")
    if first in {"env", "this"} and rest:
        return f"env[{rest}]" if first == "env" else name
    parts = tuple(name.split("."))
    other = subject.tree.get(*parts)
    is_setting = name != name.upper() and other is not None and other.path != path
    return f"this.{name}" if is_setting else f"env[{name}]"


def _line(leaf: Leaf, text: str) -> str:
    layer = leaf.layer
    if layer is None or layer.kind in VARIABLES:
        return variable_line(layer.name or "", text) if layer else text
    if isinstance(leaf.path[-1], int):
        return f"{toml_literal(text)} for {leaf.key} in {place(layer)}"
    return f"{dotted(leaf.path[-1:])} = {toml_literal(text)} in {place(layer)}"


def _edit(subject: EnvironmentContext, leaf: Leaf, text: str) -> Edit | None:
    """The edit of the line itself; none where the environment would not start for want of the variable."""
    layer = leaf.layer
    if layer is None or layer.kind in CODE or any(isinstance(part, int) for part in leaf.source):
        return None
    if layer.kind in VARIABLES:
        if len(leaf.source) > 1:
            return None
        return Edit(kind="variable", text=variable_line(layer.name or "", text), key=layer.name or "", file=layer.file)
    found = effect(subject.tree, layer, setting(leaf.source, text))
    after = found.after.get(*leaf.path) if found else None
    is_inherited = layer.section is not None and layer.section.lower() in {*subject.base_sections, "global"}
    if after is None or (after.state != "plain" and (subject.active or is_inherited)):
        return None
    table = leaf.source[:-1] if layer.section is None else (layer.section, *leaf.source[:-1])
    lines = toml_lines(table, leaf.source[-1:], text)
    return Edit(kind="set", text=lines, key=dotted(leaf.source), file=layer.file, section=layer.section, value=text)


RULE = Rule(
    id="ENV007",
    name="foreign-placeholder",
    severity=Severity.WARNING,
    applies_to="always",
    summary="A placeholder that Dynaconf leaves as it stands.",
    source="dynaconf.utils.parse_conf: @format",
    page=__doc__,
    check=check,
)
