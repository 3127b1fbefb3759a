"""Revisions as a request may name them."""

import re

from app.core.errors import ArgumentError

REVISION = r"[A-Za-z0-9_](?:[A-Za-z0-9_/~^-]|\.[A-Za-z0-9_/~^-])*"
"""A name, an id, or an ancestor of one; no range, no option, and nothing that git looks up in its log of moves."""

LONGEST = 200


def legal(revision: str | None) -> str:
    """A revision that may be handed to git; empty where none is named.

    Raises:
        ArgumentError: it may not.
    """
    if revision is None:
        return ""
    if len(revision) > LONGEST or not re.fullmatch(REVISION, revision):
        raise ArgumentError(f"{revision[:LONGEST]!r} is no revision here.", fix="Name a branch, a tag or an id.")
    return revision
