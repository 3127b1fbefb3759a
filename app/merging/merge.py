"""The merge engine: layers in, effective leaves out. Dynaconf decides every value.

Dynaconf 3.3.5 is used without its loaders and its globals. What only tables, lists and scalars say is folded with
its `object_merge` under the rule of `Settings.set` (folding.py), once for all environments that share it; what holds
markers, tokens or dotted keys is replayed through an isolated `Settings` (replaying.py). Values carry tags through
both (provenance_tags.py), so each comes out with its origin.
"""

import os
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from itertools import chain, groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from app.merging.process_isolation import without_options

with without_options(os.environ):
    from dynaconf.nodes import DataDict
    from dynaconf.utils.parse_conf import boolean_fix, parse_conf_data

from app.core import limits
from app.core.layers import Layer
from app.core.tree import Leaf, Statement, in_order
from app.merging.flattening import failed, flatten
from app.merging.folding import Memory
from app.merging.isolated_settings import FAILURES, Replay, reason_of, require_bounded
from app.merging.items import Item, MergeOptions, batch
from app.merging.lazy import UnresolvedError
from app.merging.replaying import set_all
from app.merging.statements import attribute, tell

if TYPE_CHECKING:
    from app.merging.replay_state import Failure

_PATH = attrgetter("path")

_READ = frozenset({"DYNABOXIFY"})
"""What Dynaconf asks a settings object while it sets something else, and profiles may say."""

_ASKING = frozenset("@{[")
"""Only a text with one of these may become something that knows the settings object."""


class MergeOutcome(NamedTuple):
    """What layers come to.

    Attributes:
        leaves: every effective leaf, in the order of their paths. One that Dynaconf would fail on is `unresolved`.
        statements: every leaf that some layer states.
        references: those of the statements that refer to something else.
    """

    leaves: Sequence[Leaf]
    statements: Sequence[Statement]
    references: Sequence[Statement]


def merge(
    layers: Sequence[Layer], options: MergeOptions, environ: Mapping[str, str], memory: Memory | None = None
) -> MergeOutcome:
    """Merge layers, lowest first, as Dynaconf does with the project's options.

    Args:
        layers: what each source says.
        options: the project's own.
        environ: variables that `@format {env[...]}` may refer to.
        memory: what earlier merges under these options have made; the environment may be another.

    Source: `Settings.set`, `Settings._merge_before_set` and `object_merge` of Dynaconf 3.3.5.
    """
    load = _Load(layers, options, environ, memory or Memory(options))
    load.load(whole=False)
    return load.outcome()


def loaded(layers: Sequence[Layer], options: MergeOptions, environ: Mapping[str, str]) -> tuple[Replay, MergeOutcome]:
    """The same, with the settings object that has all values."""
    load = _Load(layers, options, environ, Memory(options))
    load.load(whole=True)
    return load.replay, load.outcome()


class _Load:
    """One environment's load: what is plain is folded, what is not is replayed."""

    def __init__(
        self, layers: Sequence[Layer], options: MergeOptions, environ: Mapping[str, str], memory: Memory
    ) -> None:
        self._options, self._environ, self._memory = options, environ, memory
        self._uncast: list[Failure] = []
        self._layers = [memory.compiled(layer, self._cast) for layer in layers]
        self._fold = memory.fold(self._layers)
        self._ignored: list[Item] = []
        self._take(self._odd_groups())

    @cached_property
    def replay(self) -> Replay:
        """The settings object."""
        return Replay(self._options, self._environ)

    @property
    def _items(self) -> list[Item]:
        return [item for layer in self._layers for item in layer.items]

    def _odd_groups(self) -> Collection[str]:
        """The groups of keys that are replayed: all of them where the order of all keys matters."""
        if self._options.ignore_unknown_envvars or any(layer.ordered for layer in self._layers):
            return self._all_groups()
        if all(layer.plain for layer in self._layers):
            return self._fold.unfit
        return {item.group for item in self._items if not item.is_foldable} | self._fold.unfit

    def _all_groups(self) -> Collection[str]:
        return {item.group for item in self._items}

    def _take(self, odd: Collection[str]) -> None:
        """Has the keys of these groups replayed, and no others."""
        folded = self._fold.chains
        self._folded = {top: found for top, found in folded.items() if found.item.group not in odd} if odd else folded
        self._rest = self._possible([item for item in self._items if item.group in odd] if odd else [])

    def _possible(self, rest: list[Item]) -> list[Item]:
        """The same; where more would be replayed than is, none of it is, and each statement fails."""
        if sum(_size(item.value) for item in rest) <= limits.REPLAYED.figure:
            return rest
        for item in rest:
            reason = UnresolvedError(f"it has more than {limits.REPLAYED} beside it")
            self._uncast.append((item.layer, item.source, reason))
        return []

    def _cast(self, text: str, layer: Layer, key: str) -> Any:
        """What Dynaconf makes of a variable's text; where it fails, or that is too much, the text and a failure."""
        may_ask = not _ASKING.isdisjoint(text)
        settings = self.replay if may_ask else {"AUTO_CAST_FOR_DYNACONF": self._options.auto_cast}
        try:
            value = parse_conf_data(boolean_fix(text), tomlfy=True, box_settings=settings)
            require_bounded(value)
        except FAILURES as error:
            self._uncast.append((layer, (key,), error))
            return text
        return value

    def load(self, *, whole: bool) -> None:
        """Sets what is replayed; all of it in its order, once something is evaluated before everything is set.

        Args:
            whole: whether the settings object has what is folded too, though nothing asks for it.
        """
        self._set_rest(whole=whole)
        if self._rest and self.replay.state.evaluated and len(self._rest) < len(self._items):
            self.replay.restart()
            self._take(self._all_groups())
            self._set_rest(whole=whole)

    def _set_rest(self, *, whole: bool) -> None:
        is_read = bool(self._rest) and not self._folded.keys().isdisjoint(_READ)
        if whole or is_read or any(item.lazy for item in self._rest):
            self._store_folded()
        self._ignored = [item for _, items in groupby(self._rest, batch) for item in set_all(list(items), self.replay)]

    def _store_folded(self) -> None:
        """Puts what is folded where references find it."""
        for key, found in self._folded.items():
            value = found.value
            self.replay.store[key] = DataDict(value, core=self.replay) if isinstance(value, dict) else value

    def outcome(self) -> MergeOutcome:
        """What the layers come to."""
        leaves = self._leaves()
        references = [said for layer in self._layers for said in layer.references]
        return MergeOutcome(leaves=leaves, statements=self._statements(), references=references)

    def _leaves(self) -> list[Leaf]:
        in_their_order = sorted(self._folded.values(), key=_PATH)
        folded = list(chain.from_iterable(map(self._memory.leaves, in_their_order)))
        return self._with_replayed(folded) if self._rest or self._uncast else folded

    def _with_replayed(self, folded: list[Leaf]) -> list[Leaf]:
        replay = self.replay
        replay.state.failures[:0] = self._uncast
        failures = tuple(replay.state.failures)  # what fails later than this fails where it stands
        replay.state.fatal = failures
        replayed = [key for key in replay.user_keys() if key not in self._folded]
        found = [leaf for key in replayed for leaf in flatten((key.lower(),), replay.raw(key), replay)]
        missed = (failed(layer, path, reason_of(error), self._options) for layer, path, error in failures)
        leaves = tell([*folded, *found], missed)
        return in_order(attribute(leaves, self._statements()))

    def _statements(self) -> list[Statement]:
        """What the layers state, once the leaves are known: not what is ignored."""
        if self._ignored:
            return self._memory.said(item for item in self._items if item not in self._ignored)
        return list(chain.from_iterable(layer.statements for layer in self._layers))


def _size(value: Any) -> int:
    """How many values a value holds, itself included."""
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(_size, children))
