"""Values and explanations as text."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import click
from msgspec import UNSET, UnsetType

from app.cli.session import pass_over
from app.reports import wire
from app.reports.present import place as reports
from app.reports.present import wording
from app.reports.present.wording import clamped

_MOST = 3
_COLUMN = 40
"""Longer values stand out of their column, or are cut."""


def place(origin: wire.Origin | None) -> str:
    """An origin as people write it."""
    return reports.place(origin, pass_over, "not set")


def literal(value: Any, *, secret: bool = False, opaque: bool = False, unresolved: bool = False) -> str:
    """A value as TOML would write it, secrets as stars."""
    return pass_over(wording.literal(value, wording.quoted, secret=secret, opaque=opaque, unresolved=unresolved))


def values(document: wire.Values, room: int | None) -> str:
    """The environment, then one line a leaf: key, value, origin.

    Args:
        document: what to show.
        room: the columns to which values are cut; None for whole ones.
    """
    if not document.values and not document.judged:
        return pass_over(f"What {document.environment} has is not known: {document.reason}.")
    if not document.values:
        return f"{pass_over(document.environment)} has no values."
    keys = min(max(len(value.key) for value in document.values), 36)
    most = None if room is None else max(16, min(_COLUMN, room - keys - 30))
    shown = [_shown(value, most) for value in document.values]
    column = min(max(map(len, shown)), _COLUMN)
    head = click.style(pass_over(document.environment), bold=True)
    return "\n".join([head, *map(partial(_line, keys=keys, column=column), document.values, shown)])


def _shown(value: wire.Value, most: int | None) -> str:
    shown = literal(value.value, secret=value.secret, opaque=value.opaque, unresolved=value.unresolved)
    return clamped(shown, most)


def _line(value: wire.Value, shown: str, *, keys: int, column: int) -> str:
    key = click.style(pass_over(value.key).ljust(keys), bold=True)
    return f"  {key}  {shown.ljust(column)}  {click.style(place(value.origin), dim=True)}"


def explanation(document: wire.Explanation) -> str:
    """Each leaf with its layers, the winner marked."""
    environment = pass_over(document.environment)
    return "\n\n".join(_explained(leaf, environment) for leaf in document.leaves)


def _explained(leaf: wire.ExplainedLeaf, environment: str) -> str:
    if leaf.effective:
        shown = literal(leaf.value, secret=leaf.secret, opaque=leaf.opaque, unresolved=leaf.unresolved)
        why = f": {pass_over(leaf.reason)}" if leaf.reason else ""
        head = f"{click.style(pass_over(leaf.key), bold=True)} = {shown}  in {environment}{why}"
    else:
        head = f"{click.style(pass_over(leaf.key), bold=True)} is not in effect in {environment}"
    if leaf.taken_by:
        head += f": {'what layers say was ' if leaf.effective else ''}taken by {place(leaf.taken_by)}"
    places = [_place(layer.origin) for layer in leaf.layers]
    width = max((len(text) for text in places), default=0)
    lines = [
        f"  {'▸' if layer.winner else ' '} {text.ljust(width)}  {literal(layer.value, secret=leaf.secret)}"
        + ("  ← wins" if layer.winner else "")
        for layer, text in zip(leaf.layers, places, strict=True)
    ]
    return "\n".join([head, *lines, *_written(leaf.origin), *_reads(leaf.reads)])


def _written(origin: wire.Origin | None) -> list[str]:
    """Who wrote the line that wins, and with which commit."""
    said = authorship(origin)
    return [f"    written by {said}"] if said else []


def authorship(origin: wire.Origin | None) -> str:
    """The commit of a line; empty where it is not known."""
    return pass_over(reports.authorship(origin))


def _reads(reads: Sequence[wire.KeyRead] | UnsetType) -> list[str]:
    if reads is UNSET:
        return []
    return [f"    read at {read_places(reads)}" if reads else "    read nowhere by its name"]


def read_places(reads: Sequence[wire.KeyRead], most: int = _MOST) -> str:
    """Where a key is read; what of it only tests do is told."""
    shown = list(dict.fromkeys(f"{one.file}:{one.line}{' (test)' if one.test else ''}" for one in reads))
    more = f" and {len(shown) - most} more" if len(shown) > most else ""
    return pass_over(", ".join(shown[:most]) + more)


def _place(origin: wire.Origin) -> str:
    section = f" [{pass_over(origin.section)}]" if isinstance(origin, wire.FileOrigin) and origin.section else ""
    return place(origin) + section
