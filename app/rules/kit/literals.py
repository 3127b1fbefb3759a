"""Secrets that stand in files in so many words."""

from collections.abc import Iterator

from msgspec.structs import replace

from app.core import dsn
from app.core.errors import TargetError
from app.core.findings import Fix
from app.core.layers import CODE, stem
from app.core.roles import LITERAL_SECRETS
from app.core.tree import Leaf, Statement
from app.rules.kit.connection_urls import read_remains, read_url
from app.rules.kit.edits import removal
from app.rules.kit.known_defaults import DEFAULT_PASSWORDS, is_blank, is_reference
from app.rules.kit.subject import EnvironmentContext

_REFERENCES = ("${", "{{", "{env[", "{this.", "%(")


_NOTHING = frozenset({"", "none", "null", "example", "dummy", "placeholder"})
"""Words among the known defaults that stand for no secret at all."""


def secret_leaves(subject: EnvironmentContext) -> Iterator[Leaf]:
    """The leaves whose value is a secret in so many words; switches are none."""
    for leaf in subject.leaves(*sorted(LITERAL_SECRETS)):
        if leaf.value is not None and not isinstance(leaf.value, bool | dict | list):
            yield leaf


def secret_texts(subject: EnvironmentContext) -> Iterator[tuple[Leaf, str]]:
    """The same with their text, but for references: what is kept elsewhere is not judged."""
    for leaf in secret_leaves(subject):
        if not is_reference(str(leaf.value)):
            yield leaf, str(leaf.value)


def committed(subject: EnvironmentContext, leaf: Leaf) -> Iterator[Statement]:
    """What committed files say about a leaf, as it stands there, the highest layer first.

    What the environment's own section says counts even where something overrides it: it is there for all to read. What
    others override in the base section is not this environment's.
    """
    for said in reversed(subject.tree.said(leaf.path)):
        layer = said.layer
        if layer.kind in {"file", *CODE} and subject.is_committed(layer.file or ""):
            section = (layer.section or "").lower()
            inherited = layer.kind in CODE or section in {*subject.base_sections, "global"}
            if layer is leaf.layer or not inherited:
                yield said


def moved(subject: EnvironmentContext, said: Statement, leaf: Leaf, says: str) -> Fix:
    """The fix for a secret in a committed file: its own place, or the variable where that would be the same file."""
    fix, name = subject.setting(leaf.path, secret=True, says=says), subject.variable(stem(leaf.path))
    if name and fix.edit and fix.edit.file == said.layer.file:
        return Fix(text=says.format(f"set {name}"))
    return fix


def is_inside_url(said: Statement) -> bool:
    """Whether the value is a part of a URL that stands in the file."""
    return said.source in said.layer.aliases


def taking_out(said: Statement, text: str) -> Fix:
    """The fix for a secret that something above overrides already; of a list, the whole list is overridden."""
    return removal(text, replace(said, source=stem(said.source)))


def is_secret(text: str) -> bool:
    """Whether a text is a secret at all: not empty, no reference, and not still to be filled in.

    A default that servers really accept is one, though it asks to be changed: `changeme`.
    """
    stripped = text.strip()
    if not stripped or is_reference(stripped):
        return False
    return stripped.lower() in DEFAULT_PASSWORDS - _NOTHING or not is_blank(stripped)


def url_password(text: str) -> str | None:
    """The password inside a URL of whatever kind; None where there is none, or where it comes from elsewhere."""
    if any(mark in text for mark in _REFERENCES):
        return None
    read = read_url(text)
    if read:
        return read.parts.get("password")
    try:
        return dsn.parse(text).password
    except TargetError:
        if (left := read_remains(text)) is not None:
            return left.parts.get("password")
        return "?" if "://" in text and dsn.mask(text) != text else None
