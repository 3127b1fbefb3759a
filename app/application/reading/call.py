"""The options and the settings that a project's own call amounts to."""

import ast
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from app.application.arguments import (
    OLDER,
    beaten,
    change_of,
    implied,
    meant_option,
    normal,
    option_of,
    part_of,
    reads_variables,
    weight,
)
from app.application.callers import handing_on
from app.application.calls import Argument, Call
from app.application.evaluation import Evaluation
from app.application.functions import Unclear
from app.application.reading.files import FILES, found_files, looked_for, place
from app.application.wording import text_of
from app.core.layers import Layer, Span
from app.core.layers import Path as KeyPath
from app.merging.provenance_tags import Computed, PathInCode
from app.options.validation import split_names

_USUAL_SWITCHER = "ENV_FOR_DYNACONF"
_SCALARS = (str, int, float, bool)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What somebody should know about an argument.

    Attributes:
        name: the argument.
        kind: `unread`, it is computed and its value is not known; `changes`, it changes values in a way that is not
            followed; `open`, it would where somebody handed it something; `misspelled`, it is a setting and was meant
            for an option; `depends`, a variable decides it; `lost`, it counts for nothing as it is spelt.
        text: what stands there, what it changes, or what was meant.
        span: where.
    """

    name: str
    kind: str
    text: str
    span: Span


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a call says, as far as it can be known without running it.

    Attributes:
        call: the call.
        options: as `assay.toml` has them, paths seen from the project's folder.
        settings: the arguments that are settings.
        remarks: what could not be read, or is not followed.
    """

    call: Call
    options: Mapping[str, Any]
    settings: tuple[Argument, ...] = ()
    remarks: tuple[Remark, ...] = field(default=())

    @property
    def unread(self) -> tuple[Remark, ...]:
        """The options whose values are not known."""
        return tuple(remark for remark in self.remarks if remark.kind == "unread")

    def layer(self, environ: Mapping[str, str]) -> Layer | None:
        """What the call's own keywords say, the lowest of all, in a process with these variables."""
        evaluation, root = self.call.evaluation(environ), str(self.call.module.code.root)
        values = {one.name: _setting(evaluation.said(one.value) if isinstance(one.value, ast.expr) else one.value, root)
                  for one in self.settings}  # fmt: skip
        return Layer(kind="call", file=self.call.file, values=values, locate=self._locate) if values else None

    def _locate(self, path: KeyPath) -> Span | None:
        spans = self.call.spans
        return next((spans[path[:depth]] for depth in range(len(path), 0, -1) if path[:depth] in spans), None)


def read_call(call: Call, root: Path, environ: Mapping[str, str] | None = None) -> Reading:
    """What a call says to a project in this folder.

    Args:
        call: the call.
        root: the project's folder.
        environ: the variables of the process; an argument may be one of them.
    """
    options, settings, remarks = _said(call, environ or {})
    unread = {remark.name for remark in remarks if remark.kind == "unread"}
    if "settings_files" not in options and not any(map(_may_name_files, unread)):
        options["settings_files"] = found_files(call, root, options.get("root_path"))
    place(options, call, root, computed="root_path" in unread)
    return Reading(call=call, options=options, settings=tuple(settings), remarks=tuple(remarks))


def _may_name_files(name: str) -> bool:
    return name == "settings_files" or name.startswith("**")


def named_files(call: Call) -> list[str]:
    """The files that a call names, or looks for where it names none, as the code has them."""
    options, _, _ = _said(call, {})
    lists = [split_names(options.get(name)) or () for name in FILES]
    names = [str(name) for names in lists for name in names]
    if "settings_files" not in options:
        with suppress(Unclear):
            names += looked_for(call)
    base = str(options.get("root_path", ""))
    return [os.path.join(base, name) for name in names]  # noqa: PTH118 - an absolute name stands for itself


def _said(call: Call, environ: Mapping[str, str]) -> tuple[dict[str, Any], list[Argument], list[Remark]]:
    """The options as the code has them, the settings, and what is to be told."""
    call.module.code.effort.renew(len(call.module.source))
    options: dict[str, Any] = {}
    settings: list[Argument] = []
    remarks: list[Remark] = []
    plain: Mapping[str, Any] = {}
    for argument in sorted(call.arguments, key=lambda one: weight(one.name)):
        part, option = part_of(argument.name), option_of(argument.name)
        if part == "option":
            remarks += _read_option(call, argument, options, environ)
        elif part == "setting":
            settings.append(argument)
            remarks += _misspelled(call, argument)
        elif part == "changing":
            remarks += _changing(call, argument, option, options)
        elif part == "spread":
            remarks.append(_spread(call, argument))
        plain = dict(options) if weight(argument.name) < OLDER else plain
    remarks += _set_variables(call)
    remarks += _computed_names(call, options)
    names = [argument.name for argument in call.arguments]
    lost = beaten(call.callee, names)
    remarks += _lost(call, lost & options.keys())
    stated = [name for name in options if name not in lost]  # in the call's order, which init keeps
    options = implied(call.callee, names, plain) | {name: options[name] for name in stated}
    unread = {remark.name for remark in remarks if remark.kind == "unread"}
    if any(name.startswith("**") for name in unread):
        unread |= options.keys() - set(stated)  # the table may say them
    return dict(normal({name: value for name, value in options.items() if name not in unread})), settings, remarks


def _set_variables(call: Call) -> Iterator[Remark]:
    """Variables that the module itself sets for Dynaconf, which then has other options than the call says."""
    for name in call.module.variables:
        if (variable := str(name.value)).endswith(("_FOR_DYNACONF", "_ENV")):
            text = f"the code sets the variable {variable}, and is not run here"
            yield Remark(name=variable, kind="changes", text=text, span=call.span(name))


def _lost(call: Call, options: Collection[str]) -> Iterator[Remark]:
    """Arguments that say an option in a spelling that counts for nothing."""
    for argument in call.arguments:
        if option_of(argument.name) in options:
            yield Remark(name=argument.name, kind="lost", text=option_of(argument.name), span=call.span(argument.node))


def _computed_names(call: Call, options: Mapping[str, Any]) -> Iterator[Remark]:
    """What the names are computed from by which files are looked for where none is named."""
    said = next((one for one in call.arguments if one.name.lower() == "default_settings_paths"), None)
    try:
        looked_for(call)
    except Unclear:
        if said and "settings_files" not in options:
            yield Remark(name="settings_files", kind="unread", text=text_of(said.value), span=call.span(said.node))


def _spread(call: Call, argument: Argument) -> Remark:
    """A table that cannot be read; one that a function is handed by its callers is nothing as long as nobody does."""
    name, span = argument.name, call.span(argument.node)
    functions = call.open_ended(argument)
    if isinstance(argument.value, ast.Name) and argument.value.id in functions:
        function = functions[argument.value.id]
        handing = handing_on(function, call.module)
        text = f"it is what callers hand {function.name}() beyond its parameters, and no code hands it anything"
        text = f"{handing} hands {function.name}() options or settings of its own" if handing else text
        return Remark(name=name, kind="changes" if handing else "open", text=text, span=span)
    return Remark(name=name, kind="unread", text=name, span=span)


def _read_option(call: Call, argument: Argument, options: dict[str, Any], environ: Mapping[str, str]
                 ) -> Iterator[Remark]:  # fmt: skip
    option, span = option_of(argument.name), call.span(argument.node)
    if not isinstance(argument.value, ast.expr):
        if isinstance(argument.value, Computed):
            yield Remark(name=option, kind="unread", text=argument.value, span=span)
        else:
            options[option] = _plain(argument.value)
        return
    evaluation = call.evaluation(environ)
    try:
        options[option] = _plain(evaluation.value(argument.value))
    except Unclear:
        yield Remark(name=option, kind="unread", text=text_of(argument.value), span=span)
        return
    if evaluation.selecting:
        yield from _selected(call, argument, options, environ, list(evaluation.selecting))


def _selected(call: Call, argument: Argument, options: dict[str, Any], environ: Mapping[str, str], names: list[str]
              ) -> Iterator[Remark]:  # fmt: skip
    """What variables decide: the one that decides the environment is its switcher."""
    option = option_of(argument.name)
    has_switcher = any(option_of(one.name) == "env_switcher" for one in call.arguments)
    if option == "env" and len(names) == 1 and not has_switcher and _USUAL_SWITCHER not in environ:
        try:
            options["env"] = _plain(call.evaluation().value(argument.value))
        except Unclear:
            del options["env"]
        options["env_switcher"] = names[0]
        return
    yield Remark(name=option, kind="depends", text=", ".join(names), span=call.span(argument.node))


def _changing(call: Call, argument: Argument, option: str, options: dict[str, Any]) -> Iterator[Remark]:
    value = argument.value
    if isinstance(value, ast.expr):
        value = _known(call.evaluation(), value)
    if option == "loaders" and not reads_variables(value):
        options["envvar_prefix"] = None
    if text := change_of(argument.name, value):
        yield Remark(name=option, kind="changes", text=text, span=call.span(argument.node))


def _known(evaluation: Evaluation, node: ast.expr) -> Any:
    try:
        return evaluation.value(node)
    except Unclear:
        return Computed(text_of(node))


def _misspelled(call: Call, argument: Argument) -> Iterator[Remark]:
    if meant := meant_option(argument.name):
        yield Remark(name=argument.name, kind="misspelled", text=meant, span=call.span(argument.node))


def _plain(value: Any) -> Any:
    """An option's value as TOML has it."""
    if isinstance(value, PurePath):
        return value.as_posix()
    return [_plain(item) for item in value] if isinstance(value, tuple | list | set) else value


def _setting(value: Any, root: str) -> Any:
    """A setting's value as profiles have it; what TOML has not, stays the text of the code."""
    if isinstance(value, dict):
        return {str(key): _setting(item, root) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [_setting(item, root) for item in value]
    if isinstance(value, PurePath | str) and _lies_in(str(value), root) and not isinstance(value, Computed):
        return PathInCode(f"./{os.path.relpath(value, root)}".removesuffix("/."))
    if isinstance(value, PurePath):
        return str(value)
    return value if value is None or isinstance(value, _SCALARS) else Computed(repr(value))


def _lies_in(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip("/") + "/")
