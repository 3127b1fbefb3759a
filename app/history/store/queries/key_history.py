"""When a key changed: the beginnings and ends of its leaves."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.core.errors import UnknownKey, nearest
from app.core.layers import dotted, parse_key
from app.history.store.models import STEM, LeafRecord, Series, SnapshotRecord
from app.history.store.queries import rows
from app.history.store.queries.comparison import same, side
from app.history.store.queries.paging import cursor_of, numbers_of, require_limit
from app.history.store.spelling import folded, storable
from app.reports import history
from app.reports.digests import SET

_Before = aliased(LeafRecord, name="before")
_MOST_KEYS = 10_000


async def key_changes(
    session: AsyncSession, project: str, environment: str, key: str, *, limit: int, before: str | None = None
) -> history.KeyHistory:
    """A page of the changes of a key, newest first; of a table's, those of all its leaves.

    Args:
        session: of the service's own database.
        project: its name.
        environment: one of its environments.
        key: as people write it, in whatever case.
        limit: how many at most.
        before: what the page before gave as `next`.

    Raises:
        ArgumentError: the limit or the cursor cannot be used.
        UnknownKey: nothing was ever recorded under this key; the nearest is suggested.
    """
    require_limit(limit)
    place = numbers_of(before, 2)
    path = folded(key)
    series = await _series(session, storable(project), storable(environment))
    under = and_(LeafRecord.series_id.in_(series), _is_under(path))
    found = (await session.execute(_detailed(_events(under, place).limit(limit + 1)))).all()
    if not found and not await session.scalar(select(exists().where(under))):
        raise await _unknown(session, series, key, environment)
    listed = found[:limit]
    return history.KeyHistory(
        environment=environment,
        key=next((row.LeafRecord.key for row in listed if row.LeafRecord.path == path), key),
        changes=[_change(row) for row in listed],
        next=cursor_of(listed[-1].position, listed[-1].leaf) if len(found) > limit else None,
        since=await session.scalar(select(func.max(LeafRecord.appeared_at)).where(under, LeafRecord.until.is_(None))),
        known=not await session.scalar(select(exists().where(under, LeafRecord.digest == SET))),
    )


async def _series(session: AsyncSession, project: str, environment: str) -> list[int]:
    """Where the environment is active, and where it is not."""
    asked = select(Series.id).where(Series.project == project, Series.environment == environment)
    return list(await session.scalars(asked))


def _is_under(path: str) -> ColumnElement[bool]:
    """Whether a leaf is the one of this path, or below it; answered from the index but for very long keys."""
    stem = _stem(LeafRecord)
    if len(path) >= STEM:
        exact = or_(LeafRecord.path == path, *(func.starts_with(LeafRecord.path, path + mark) for mark in ".["))
        return and_(stem == path[:STEM], exact)
    # In the collation "C" the character after a dot, or a bracket, is where what begins with it ends.
    below = (and_(stem >= path + mark, stem < path + chr(ord(mark) + 1)) for mark in ".[")
    return or_(stem == path, *below)


def _stem(leaf: type[LeafRecord]) -> ColumnElement[str]:
    return func.left(leaf.path, literal_column(str(STEM)))


def _events(under: ColumnElement[bool], place: tuple[int, ...] | None) -> Select[*tuple[Any, ...]]:
    """Each beginning of a leaf, with the one that it replaces, and each end of one that nothing replaces.

    What happened in a snapshot that is no longer kept is not told.
    """
    kept, following = LeafRecord, aliased(LeafRecord, name="following")
    begun = select(kept.id.label("leaf"), kept.since.label("position")).where(under)
    replaced = exists().where(_is_same_key(kept, following), following.since == kept.until)
    ended = select(kept.id, kept.until).where(under, kept.until.is_not(None), not_(replaced))
    happened = union_all(begun, ended).subquery("happened")
    position, leaf = happened.c.position, happened.c.leaf
    page = select(SnapshotRecord.id, SnapshotRecord.recorded_at, position, leaf).join(
        SnapshotRecord, SnapshotRecord.position == position
    )
    if place:
        page = page.where(or_(position < place[0], and_(position == place[0], leaf > place[1])))
    return page.order_by(position.desc(), leaf)


def _is_same_key(one: type[LeafRecord], other: type[LeafRecord]) -> ColumnElement[bool]:
    return and_(one.series_id == other.series_id, _stem(one) == _stem(other), one.key == other.key)


def _detailed(events: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """A page of events, each with its leaf, the leaf that it replaced, and its series."""
    page, kept = events.subquery("page"), LeafRecord
    replaced = and_(_is_same_key(kept, _Before), _Before.until == page.c.position, kept.since == page.c.position)
    return (
        select(page, kept, _Before, Series.active)
        .join(kept, kept.id == page.c.leaf)
        .join(Series, Series.id == kept.series_id)
        .outerjoin(_Before, replaced)
        .order_by(page.c.position.desc(), page.c.leaf)
    )


def _change(row: Row[*tuple[Any, ...]]) -> history.KeyChange:
    kept = rows.leaf(row.LeafRecord)
    has_begun = row.LeafRecord.since == row.position
    before = rows.leaf(row.before) if row.before else None
    left, right = (before, kept) if has_begun else (kept, None)
    return history.KeyChange(
        snapshot=str(row.id),
        recorded_at=row.recorded_at,
        active=row.active,
        key=kept.key,
        kind="removed" if right is None else "changed" if left else "added",
        left=side(left),
        right=side(right),
        unknown=left is not None and right is not None and same(left, right) is None,
    )


async def _unknown(session: AsyncSession, series: list[int], key: str, environment: str) -> UnknownKey:
    asked = select(LeafRecord.key).where(LeafRecord.series_id.in_(series)).distinct().limit(_MOST_KEYS)
    keys = set(await session.scalars(asked))
    tables = {dotted(path[:depth]) for known in keys if (path := parse_key(known)) for depth in range(1, len(path))}
    near = nearest(key, keys | tables)
    message = f"Nothing was recorded of {key!r} in the environment {environment!r}."
    fix = f"Did you mean {near!r}?" if near else "`assay history show` lists the keys of a snapshot."
    return UnknownKey(message, fix=fix)
