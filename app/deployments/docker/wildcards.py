"""Patterns of pieces with anything between them, which are looked for in one pass."""

from collections.abc import Sequence


def in_order(pieces: Sequence[str], anything: str, *, shortest: bool = False) -> str:
    """An expression for pieces that follow each other.

    The first place of each piece but the last is as good as any, so that none is looked for again: an expression that
    tried others would take the text's length to the power of the pieces.

    Args:
        pieces: expressions, each of a certain length.
        anything: what stands between two of them, `.*`.
        shortest: whether the last one's first place counts, too; else its last one.
    """
    if len(pieces) == 1:
        return pieces[0]
    first, *between, last = pieces
    passed = "".join(f"(?>{anything}?{piece})" for piece in between)
    return f"{first}{passed}{anything}{'?' if shortest else ''}{last}"
