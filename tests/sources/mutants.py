"""Wrong merge engines: each is the right one with one line changed, in modules of its own."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from app.merging import compiled, flattening, folding, isolated_settings, items, merge, replaying, tables

MUTANTS: Mapping[str, tuple[ModuleType, str, str]] = {
    "a section's word on merging is ignored": (folding, "if layer.merge is None else layer.merge)", ")"),
    "what is plain is merged always": (folding, "not self._merges(item.layer) or ", ""),
    "of two spellings the first counts": (
        compiled, "{_top(key): key for key in layer.values}", "{_top(key): key for key in reversed(layer.values)}"),
    "dotted keys keep their case": (
        compiled, 'taken = key if is_variable or layer.kind == "call" else upperfy(key)', "taken = key"),
    "tokens of variables are read once": (
        replaying, "if item.is_variable and isinstance(item.value, str):", "if False:"),
    "tokens under dotted keys are read once": (isolated_settings, "self.read(self.read(value))", "value"),
    "markers in plain tables are overlooked": (
        items, "MARKERS.isdisjoint(value) and all(", "all("),
    "tokens in plain tables are overlooked": (items, "return False, any(", "return True, any("),
    "what is evaluated early does not put keys in order": (
        merge, "if self._rest and self.replay.state.evaluated and ", "if False and "),
    "what was set before all keys were put in order stays": (merge, "            self.replay.restart()\n", ""),
    "a dotted key is new under its own name": (
        tables, "return {**table, key: value} if key and below is not None else None",
        "return {**table, key or names[0].lower(): value}"),
    "of keys that differ in case one is replaced": (tables, " or not _is_of_one_spelling(table)", ""),
    "a dotted key needs nothing below it": (
        folding, "if item.names and value is None:\n                unfit.add(item.group)",
        "if item.names and value is None:\n                unfit.discard(item.group)"),
    "dotted keys are folded where they are names": (
        compiled, " and layer.dotted_lookup is not False", ""),
    "dotted keys are switched on everywhere": (replaying, "else item.layer.dotted_lookup\n", "else True\n"),
    "what fails in mid-load and is overridden is forgotten": (merge, "tuple(replay.state.failures)", "()"),
    "the file's word on merging is ignored in replays": (
        replaying, "merge=flag, dotted_lookup", "merge=empty, dotted_lookup"),
    "unknown variables are taken": (
        replaying, "if not replay.options.ignore_unknown_envvars:\n        return True", "return True"),
    "a table in a variable is plain": (
        merge, "tomlfy=True, box_settings=settings)", "tomlfy=True, box_settings={'DYNABOXIFY': False})"),
    "references do not find what is folded": (
        merge, "if whole or is_read or any(", "if whole or is_read or False and any("),
    "what is folded is changed by what comes on top": (
        folding, "return merged(below.value, new, lists)", "below.value.update(new)\n        return below.value"),
}  # fmt: skip
"""What goes wrong: the module, a text in it, and what stands there instead."""

_ORDER = (items, tables, isolated_settings, compiled, folding, replaying, flattening, merge)
"""The modules of the engine, each behind those that it imports."""


def mutant(name: str) -> Callable[..., Any]:
    """The `merge` of that wrong engine, which remembers nothing of the right one."""
    module, text, instead = MUTANTS[name]
    wrong: dict[str, Any] = {}
    for one in _ORDER[_ORDER.index(module) :]:
        copy = _changed(one, text, instead) if one is module else _changed(one, "", "")
        vars(copy).update({name: value for name, value in wrong.items() if hasattr(copy, name)})
        own = copy.__name__
        wrong |= {name: value for name, value in vars(copy).items() if getattr(value, "__module__", "") == own}
    return lambda layers, options, environ, _memory=None: wrong["merge"](layers, options, environ)


def _changed(module: ModuleType, text: str, instead: str) -> ModuleType:
    path = Path(module.__file__ or "")
    source = path.read_text()
    assert not text or source.count(text) == 1, f"{source.count(text)} times in {path.name}: {text}"
    copy = ModuleType(f"wrong_{path.stem}")
    sys.modules[copy.__name__] = copy  # dataclasses look their module up
    exec(compile(source.replace(text, instead, 1) if text else source, str(path), "exec"), vars(copy))  # noqa: S102 - that is the point
    return copy
