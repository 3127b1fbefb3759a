"""Leaves as intervals: a snapshot writes those that differ from the snapshot before it, and nothing else."""

import json
from collections.abc import Iterable
from typing import Any

from msgspec import Struct
from sqlalchemy import ARRAY, BigInteger, Row, Text, any_, cast, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.history.store.drafts import LeafDraft
from app.history.store.models import LeafRecord
from app.history.store.spelling import folded, lineless, origin, read_place, spelled, storable, writable

# The texts of JSON as they were written: most leaves are compared without being read.
_KEPT = select(
    LeafRecord.id,
    LeafRecord.key,
    cast(LeafRecord.value, Text).label("value"),
    LeafRecord.secret,
    LeafRecord.digest,
    LeafRecord.state,
    cast(LeafRecord.origin, Text).label("origin"),
)


class Changes(Struct, frozen=True, kw_only=True):
    """How leaves differ from those in force.

    Attributes:
        ended: the rows of those that are no longer in force.
        begun: the columns of those that are new.
        count: how many leaves differ; one that is replaced counts once.
    """

    ended: list[int]
    begun: list[dict[str, Any]]
    count: int


async def changes_of(session: AsyncSession, series: int, leaves: Iterable[LeafDraft]) -> Changes:
    """How these leaves differ from those of the newest snapshot, in a transaction that holds the series' lock."""
    in_force = await session.execute(_KEPT.where(LeafRecord.series_id == series, LeafRecord.until.is_(None)))
    kept = {row.key: row for row in in_force}
    found = {storable(leaf.key): leaf for leaf in leaves}
    new = [key for key, leaf in found.items() if key not in kept or _differs(kept[key], leaf)]
    gone = kept.keys() - found.keys()
    return Changes(
        ended=[kept[key].id for key in (*gone, *new) if key in kept],
        begun=[_columns(key, found[key]) for key in new],
        count=len(gone) + len(new),
    )


async def record_leaves(session: AsyncSession, changes: Changes, common: dict[str, Any]) -> None:
    """Ends what is no longer in force, and begins what is new.

    Args:
        session: in the same transaction.
        changes: of the snapshot.
        common: the columns that all new leaves share; `since` is the snapshot's position.
    """
    if changes.ended:
        ended = LeafRecord.id == any_(literal(changes.ended, ARRAY(BigInteger)))
        await session.execute(update(LeafRecord).where(ended).values(until=common["since"]))
    if changes.begun:
        await session.execute(insert(LeafRecord), [columns | common for columns in changes.begun])


def _differs(row: Row[*tuple[Any, ...]], leaf: LeafDraft) -> bool:
    if (row.secret, row.digest, row.state) != (leaf.secret, leaf.digest, leaf.state):
        return True
    return _text(row.value) != _text_of(_value(leaf)) or _moved(row.origin, leaf)


def _text(kept: str | None) -> str | None:
    return None if kept is None else spelled(json.loads(kept)) if kept[0] in "[{" else kept


def _text_of(value: Any) -> str | None:
    return None if value is None else spelled(value)


def _moved(kept: str | None, leaf: LeafDraft) -> bool:
    if kept is None or leaf.origin is None:
        return (kept is None) != (leaf.origin is None)
    place = read_place(kept)
    return place != leaf.origin and lineless(origin(place)) != lineless(origin(leaf.origin))


def _value(leaf: LeafDraft) -> Any:
    return None if leaf.secret else writable(leaf.value)


def _columns(key: str, leaf: LeafDraft) -> dict[str, Any]:
    return {
        "key": key,
        "path": folded(leaf.key),
        "value": _value(leaf),
        "secret": leaf.secret,
        "digest": leaf.digest,
        "state": leaf.state,
        "origin": origin(leaf.origin),
    }
