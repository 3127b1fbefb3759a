"""The application whose configuration a project is: its Dynaconf call, and what that adds to the profiles."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from app.application.arguments import option_of
from app.application.calls import DJANGO, FLASK, Call
from app.application.folders import files_below
from app.application.reading import Reading, Remark, read_call
from app.application.reading.converters import own_tokens
from app.application.search import find_calls
from app.application.validation.demands import demands_of
from app.core.findings import Fault, Severity
from app.core.layers import Layer, Origin
from app.core.validators import Demands
from app.options import Options
from app.options.validation import options_of, split_names


@dataclass(frozen=True)
class Application:
    """The code of a project, as far as it speaks of its configuration.

    Attributes:
        root: the project's folder.
        options: the project's own; None where the call stands for them.
        chosen: the call that stands for the options, or that somebody has chosen; None where it is searched for.
        folders: where code is searched for.
        others: calls that were found and not taken.
        environ: the variables of the process that the call was read with.
    """

    root: Path
    options: Options | None = None
    chosen: Call | None = None
    folders: Sequence[str] = ("",)
    others: Sequence[Call] = ()
    environ: Mapping[str, str] = field(default_factory=dict, compare=False)

    @cached_property
    def call(self) -> Call | None:
        """The Dynaconf call whose profiles these are; None where there is none, or several might be it."""
        if self.chosen or self.options is None:
            return self.chosen
        calls = [call for call in find_calls(self.root, self.folders) if not call.is_aside]
        fitting = [call for call in calls if _fits(read_call(call, self.root), self.options)]
        return fitting[0] if len({(call.file, call.line) for call in fitting}) == 1 else None

    @property
    def speaks(self) -> bool:
        """Whether the call stands for options that nobody has written down."""
        return self.options is None and self.chosen is not None

    def under(self, options: Options) -> "Application":
        """The same code under options that are written down."""
        return replace(self, options=options, chosen=self.chosen if self.speaks else None)

    @property
    def files(self) -> tuple[Path, ...]:
        """The files of the code that were read."""
        return self.call.module.code.files if self.call else ()

    @property
    def texts(self) -> tuple[bytes, ...]:
        """What those files said; equal where the call and what it asks for may be the same."""
        return self.call.module.code.texts if self.call else ()

    def implied(self, environ: Mapping[str, str]) -> Options | None:
        """The options that the call stands for; None where there is no call.

        Raises:
            ProjectError: an argument is of no use for its option.
        """
        reading = self.reading(environ)
        return options_from(reading) if reading else None

    def reading(self, environ: Mapping[str, str]) -> Reading | None:
        """What the call says in a process with these variables."""
        return read_call(self.call, self.root, environ) if self.call else None

    def layers(self, environ: Mapping[str, str]) -> list[Layer]:
        """What the call itself sets, lowest of all, in a process with these variables.

        Source: `Settings.__init__` of Dynaconf 3.3.5.
        """
        reading = self.reading(environ)
        layer = reading.layer(environ) if reading else None
        return [layer] if layer else []

    @cached_property
    def set_variables(self) -> Mapping[str, str]:
        """The variables that the call's own module sets when it is imported, each with its place."""
        module = self.call.module if self.call else None
        found = {str(name.value): name.lineno for name in module.variables_at_import} if module else {}
        return {name: f"{self.call.file}:{line}" for name, line in found.items() if self.call}

    @property
    def loads_dotenv_once(self) -> bool:
        """Whether `.env` is loaded once, and late: by Flask's extension, which spells the option so that it is.

        Source: `contrib/flask_dynaconf.py`, and `_should_load_dotenv` of Dynaconf 3.3.5.
        """
        call = self.call
        return call is not None and call.callee == FLASK and all(one.name != "load_dotenv" for one in call.arguments)

    @cached_property
    def tokens(self) -> frozenset[str]:
        """The tokens of values that converters of the code's own read, with `@`; `@` alone for whatever there is."""
        files = files_below(self.root, self.folders) if self.call else ()
        return frozenset(own_tokens(self.call.module.code, files)) if self.call else frozenset()

    @cached_property
    def demands(self) -> Demands:
        """What the code does with validators; those of tests and examples are their own."""
        if self.call is None:
            return Demands()
        return demands_of(self.call, self.root, files_below(self.root, self.folders))

    @cached_property
    def faults(self) -> list[Fault]:
        """What of the call cannot be read, or is not followed."""
        reading = self.reading(self.environ)
        return list(self._faults(reading)) if reading else []

    def _faults(self, reading: Reading) -> Iterator[Fault]:
        stated = self.options.stated if self.options else frozenset()
        for remark in reading.remarks:
            if remark.kind == "unread" and remark.name not in stated and not (self.options and _is_spread(remark)):
                yield unread_fault(remark, reading.call)
            elif remark.kind in {"changes", "open"}:
                yield _changing_fault(remark, reading.call)
            elif remark.kind == "misspelled":
                yield _misspelled_fault(remark, reading.call)
            elif remark.kind == "lost":
                yield _lost_fault(remark, reading.call)


NO_CODE = Application(root=Path(), options=Options(), folders=())
"""A project of which no code is read."""


def _is_spread(remark: Remark) -> bool:
    return remark.name.startswith("**")


def _fits(reading: Reading, options: Options) -> bool:
    """Whether these options are those of the call: both name a file, or the call does not say which."""
    if "settings_files" not in reading.options:
        return True
    said = _names(reading.options["settings_files"])
    return bool(said & _names(options.settings_files))


def _names(files: Any) -> set[str]:
    """The names of files without their folders."""
    names = split_names(files)
    return {Path(str(name)).name for name in names} if isinstance(names, list) else set()


def options_from(reading: Reading) -> Options:
    """The options that a call amounts to.

    Raises:
        ProjectError: an argument is of no use for its option.
    """
    stated: dict[str, Any] = dict(reading.options)
    if "settings_files" not in stated:
        stated["settings_files"] = []
    return options_of(stated, reading.call.place)


def _origin(remark: Remark, call: Call) -> Origin:
    return Origin(kind="call", file=call.file, span=remark.span)


def unread_fault(remark: Remark, call: Call) -> Fault:
    """An argument whose value only running the code would tell; without it nothing can be judged."""
    what = remark.name if _is_spread(remark) else f"{remark.name} = {remark.text}"
    message = f"{what} is computed in {call.place}; what it comes to is not known, since no code is run."
    fix = f"Write {remark.name} into assay.toml: assay init writes the rest."
    if _is_spread(remark):
        fix = "Write the options into assay.toml: assay init writes what is known."
    return Fault(rule="SRC023", message=message, fix=fix, origin=_origin(remark, call), severity=Severity.ERROR,
                 hides=f"computes {remark.name}")  # fmt: skip


def _changing_fault(remark: Remark, call: Call) -> Fault:
    is_open = remark.kind == "open"
    changes = "changes nothing by now" if is_open else "changes values"
    message = f"{remark.name} in the Dynaconf call {changes}: {remark.text}."
    fix = "See with the application itself what it changes, or take it out of the call."
    return Fault(rule="SRC023", message=message, fix=fix, origin=_origin(remark, call),
                 severity=Severity.INFO if is_open else None)  # fmt: skip


def _misspelled_fault(remark: Remark, call: Call) -> Fault:
    message = f"{remark.name} is no argument of Dynaconf's, so that it is a setting and changes nothing."
    is_said = any(option_of(one.name) == option_of(remark.text) for one in call.arguments)
    fix = f"Take it out: the call says {remark.text} already." if is_said else f"Did you mean {remark.text}?"
    return Fault(rule="SRC023", message=message, fix=fix, origin=_origin(remark, call))


def _lost_fault(remark: Remark, call: Call) -> Fault:
    message = f"{remark.name} counts for nothing in {call.callee}(…), which says {remark.text} itself."
    if call.callee not in {DJANGO, FLASK}:
        message = f"{remark.name} counts for nothing as an argument, only as a variable."
    return Fault(rule="SRC023", message=message, fix=f"Write {remark.text}=… there.", origin=_origin(remark, call))
