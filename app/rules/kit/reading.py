"""What rules about code that reads keys share."""

from collections.abc import Iterable, Sequence

from app.core.usage.reads import Look, Read, look
from app.rules.kit.survey import ProjectContext

_MOST = 3


def listed(reads: Iterable[Read]) -> str:
    """The places of reads, as a sentence lists them."""
    places = list(dict.fromkeys(read.place for read in reads))
    more = f" and {len(places) - _MOST} more" if len(places) > _MOST else ""
    return ", ".join(places[:_MOST]) + more


def read_elsewhere(everything: ProjectContext) -> frozenset[Look]:
    """The keys that are set, and read under another name close by."""
    return frozenset(look(one.nearest) for one in everything.missing if one.nearest)


def demanded(everything: ProjectContext) -> frozenset[Look]:
    """The keys without which a validator fails."""
    names = (name for validator in everything.demands.validators for name in validator.demanded)
    return frozenset(look(name.replace("__", ".").split(".")) for name in names)


def own_reads(reads: Sequence[Read]) -> list[Read]:
    """The reads of the application itself, the sure ones first."""
    return sorted((read for read in reads if not read.test), key=lambda read: not read.sure)
