"""Wrong merge engines: each is the right one with one line changed, in modules of its own."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from app.merging import isolated_settings, items, merge

MUTANTS: Mapping[str, tuple[ModuleType, str, str]] = {
    "a section's word on merging is ignored": (merge, "if layer.merge is None else layer.merge):", "):"),
    "what is plain is merged always": (
        merge, "if not (options.merge_enabled if layer.merge is None else layer.merge):", "if False:"),
    "of two spellings the first counts": (
        merge, "{upperfy(key): key for key in layer.values}", "{upperfy(key): key for key in reversed(layer.values)}"),
    "dotted keys keep their case": (
        merge, 'taken = key if is_variable or layer.kind == "call" else upperfy(key)', "taken = key"),
    "tokens of variables are read once": (merge, "if item.is_variable and isinstance(item.value, str):", "if False:"),
    "tokens under dotted keys are read once": (isolated_settings, "self.read(self.read(value))", "value"),
    "markers in plain tables are overlooked": (items, "return not MARKERS & value.keys() and all(", "return all("),
    "tokens in plain tables are overlooked": (items, 'not value.startswith("@") and', ""),
    "lazy values do not put keys in order": (items, "if any(group in often and", "if False and any(group in often and"),
    "dotted keys are switched on everywhere": (merge, "else item.layer.dotted_lookup\n", "else True\n"),
    "what fails in mid-load and is overridden is forgotten": (merge, "tuple(replay.state.failures)", "()"),
    "the file's word on merging is ignored in replays": (
        merge, "merge=flag, dotted_lookup", "merge=empty, dotted_lookup"),
    "unknown variables are taken": (
        merge, "if not replay.options.ignore_unknown_envvars:\n        return True", "return True"),
    "a table in a variable is plain": (
        merge, "tomlfy=True, box_settings=replay)", "tomlfy=True, box_settings={'DYNABOXIFY': False})"),
}  # fmt: skip
"""What goes wrong: the module, a text in it, and what stands there instead."""


def mutant(name: str) -> Callable[..., Any]:
    """The `merge` of that wrong engine."""
    module, text, instead = MUTANTS[name]
    wrong = _changed(module, text, instead)
    if module is not merge:
        names = [name for name, value in vars(wrong).items() if getattr(value, "__module__", "") == wrong.__name__]
        changed = {name: getattr(wrong, name) for name in names}
        wrong = _changed(merge, "", "")
        vars(wrong).update({name: value for name, value in changed.items() if hasattr(wrong, name)})
    found: Callable[..., Any] = wrong.merge
    return found


def _changed(module: ModuleType, text: str, instead: str) -> ModuleType:
    path = Path(module.__file__ or "")
    source = path.read_text()
    assert not text or source.count(text) == 1, f"{source.count(text)} times in {path.name}: {text}"
    copy = ModuleType(f"wrong_{path.stem}")
    sys.modules[copy.__name__] = copy  # dataclasses look their module up
    exec(compile(source.replace(text, instead, 1) if text else source, str(path), "exec"), vars(copy))  # noqa: S102 - that is the point
    return copy
