"""The reads of a project: from the uses of its settings to what is told about keys."""

import ast
import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec import structs

from app.application.application import Application
from app.application.callers import may_be_handed
from app.application.calls import DJANGO, FLASK, GLOBAL, Call
from app.application.code import Code
from app.application.folders import files_below
from app.application.functions import Unclear
from app.application.modules import SourceColumns
from app.application.search import calls_of
from app.application.usage.cache import UsageCache, digest_of
from app.application.usage.facts import Calls, Mention, Reference
from app.application.usage.fixtures import is_test
from app.application.usage.linking import Links
from app.application.usage.places import CHANGING, WHOLE, SettingsPlace
from app.application.usage.tracing import Tracing
from app.core.usage.frameworks import gives
from app.core.usage.reads import NOTHING_READ, Read, UnclearUse, Usage
from app.merging.isolated_settings import INTERNAL_KEYS

_MANY = 50
"""So many files are worth keeping what they say: of fewer it is read anew in no time."""

_OF_PARAMETERS = (0, 2)
"""So often does a parameter count as bound that the function leaves as it is."""

_SWITCHING = "setenv"
_FRAMEWORKS: Mapping[str, str] = {FLASK: "Flask", DJANGO: "Django"}
_OUTSIDE: Mapping[str, Sequence[str]] = {
    GLOBAL: ("dynaconf.settings",),
    FLASK: ("flask.current_app.config",),
    DJANGO: ("django.conf.settings",),
}
_APPLICATIONS = ("flask.Flask", "flask.app.Flask")
_GIVING_MODULE = b"appconf"
"""A module of that name gives settings of Django defaults that a class names, in the project or anywhere."""


def usage_of(
    application: Application, folders: Sequence[str] | None, separator: str, cache: UsageCache | None = None
) -> Usage:
    """What an application's code reads of its settings.

    Args:
        application: it.
        folders: whose code counts, where the options say that.
        separator: what stands for a dot in a key that is looked up.
        cache: what was read before.
    """
    call, paths = application.call, list(files_of(application, folders))
    if call is None or not paths:
        return NOTHING_READ
    texts = _texts(call, paths)
    is_kept = cache is not None and len(texts) >= _MANY
    digest = digest_of((call.file, call.line, separator), texts) if is_kept else b""
    found = cache.load(digest) if cache and is_kept else None
    if found is None:
        with _uncollected():
            found = find_usage(call, application.root, texts, separator)
        if cache and is_kept:
            cache.store(digest, found)
    return found


def files_of(application: Application, folders: Sequence[str] | None) -> Iterator[Path]:
    """The Python files that count, as they are there now."""
    searched = application.folders if folders is None else folders
    yield from files_below(application.root, searched)


def find_usage(call: Call, root: Path, files: Mapping[Path, bytes], separator: str) -> Usage:
    """What the code reads of the settings that a call makes.

    Args:
        call: the call.
        root: the project's folder.
        files: the Python files that count, with what they say.
        separator: what stands for a dot in a key that is looked up.
    """
    known = call.module.code
    code = Code(known.root, files, known.parsed(files))
    calls = {path: found for path in files if (found := _made(code, path, call))}
    outside = _outside(call.callee)
    tracing = Tracing(Links(code, calls, outside), outside, separator, files)
    if call.callee == FLASK:
        tracing.known[None, "@config"] = {SettingsPlace(sure=False): None}
    try:
        tracing.run([*calls, call.module.file], _tokens(call))
        usage = _Uses(tracing, root, call).usage()
        is_closed = usage.closed and not (call.callee == DJANGO and _has_more(call, files.values()))
        return structs.replace(usage, closed=is_closed)
    except Unclear:
        message = "The code hands its settings on so often that it is not followed."
        unclear = UnclearUse(path=(), file=call.file, line=call.line, message=message)
        return Usage(known=True, file=call.file, line=call.line, unclear=(unclear,), closed=False)


def _has_more(call: Call, texts: Iterable[bytes]) -> bool:
    """Whether Django's settings may have names that stand nowhere."""
    return call.has_unknown_names or any(_GIVING_MODULE in text for text in texts)


def _texts(call: Call, paths: Sequence[Path]) -> dict[Path, bytes]:
    """What the files hold; what a link leads to is read within the project's bounds."""
    return {path: call.module.code.met(path) for path in dict.fromkeys((*paths, call.module.file))}


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without looking for garbage, of which trees of code make none: that would take a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _made(code: Code, path: Path, own: Call) -> Calls:
    """Which settings each call of a file makes."""
    found = {}
    for call in calls_of(code, path):
        if call.callee not in {FLASK, GLOBAL}:
            place = (getattr(call.node, "lineno", 0), getattr(call.node, "col_offset", 0))
            is_own = call.module.file == own.module.file and call.line == own.line
            found[place] = "%0" if is_own else "%1"
    return found


def _outside(callee: str) -> dict[str, SettingsPlace]:
    """The names outside the project that stand for its settings."""
    own = dict.fromkeys(_OUTSIDE.get(callee, ()), SettingsPlace())
    applications = dict.fromkeys(_APPLICATIONS if callee == FLASK else (), SettingsPlace(holder=True))
    others = {} if callee == GLOBAL else {"dynaconf.settings": SettingsPlace(own=False, sure=False)}
    return own | applications | others


def _tokens(call: Call) -> set[str]:
    names = {"dynaconf"} | {name.rpartition(".")[2] for name in _OUTSIDE.get(call.callee, ())}
    return names | ({"config", "Flask"} if call.callee == FLASK else set())


class _Uses:
    """Sorts uses into what is told about keys."""

    def __init__(self, tracing: Tracing, root: Path, call: Call) -> None:
        self._tracing = tracing
        self._root = root
        self._call = call
        self._framework = _FRAMEWORKS.get(call.callee, "")
        self._reads: dict[tuple[object, ...], tuple[bool, Read]] = {}
        self._unclear: dict[UnclearUse, None] = {}
        self._written: dict[tuple[str, ...], None] = {}
        self._closed = True
        self._switches: Read | None = None
        self._names: dict[Path, str] = {}
        self._columns: dict[Path, SourceColumns] = {}

    def usage(self) -> Usage:
        """All of them."""
        for file, mention, place in self._tracing.uses():
            name = self._name(file)
            self._use(file, name, mention, place, is_test=is_test(name))
        for file in sorted(self._tracing.links.unreadable):
            if not is_test(self._name(file)):
                self._doubt((), self._name(file), 1, "This file does not parse, so that what it reads is not known.")
        if self._framework:
            message = f"{self._framework} and what extends it read settings themselves."
            self._doubt((), self._call.file, self._call.line, message)
        return Usage(
            known=True,
            file=self._call.file,
            line=self._call.line,
            reads=tuple(sorted(self._all_reads(), key=_order)),
            unclear=tuple(self._unclear),
            written=tuple(self._written),
            closed=self._closed,
            switches=self._switches,
            framework=self._framework,
        )

    def _all_reads(self) -> Iterator[Read]:
        """What is read; where the code chooses the environment itself, `setenv`, no read is sure to be in any other."""
        for _, read in self._reads.values():
            yield structs.replace(read, sure=False) if self._switches else read

    def _name(self, file: Path) -> str:
        """As seen from the project's folder; asked at every use."""
        known = self._names.get(file)
        if known is None:
            known = self._names[file] = file.relative_to(self._root, walk_up=True).as_posix()
        return known

    def _doubt(self, path: tuple[str, ...], file: str, line: int, message: str, glob: str = "*") -> None:
        self._unclear[UnclearUse(path=path, file=file, line=line, message=message, glob=glob)] = None

    def _use(self, file: Path, name: str, mention: Mention, place: SettingsPlace, *, is_test: bool) -> None:
        path = place.path
        if mention.kind == "set":
            self._set(place, is_test=is_test)
        elif place.interface:
            self._interface(file, place, name, mention, is_test=is_test)
        elif place.glob:
            if not is_test:
                what = ".".join(path) or "the settings"
                self._doubt(path, name, mention.line, f"A key of {what} is computed there.", place.glob)
        elif not path:
            if mention.kind == "value" and not is_test:
                self._doubt((), name, mention.line, "All settings are handed on there.")
        elif not mention.reference.steps:  # a name that stands for it: where it got that, it was read
            if mention.kind == "value" and not is_test:
                self._doubt(path, name, mention.line, f"{'.'.join(path)} is used as a whole there.")
        else:
            self._read(file, name, mention, place, is_test=is_test)

    def _set(self, place: SettingsPlace, *, is_test: bool) -> None:
        if is_test:
            return
        if place.path and not place.glob:
            self._written[place.path] = None
        elif place.glob:
            self._closed = False

    def _interface(self, file: Path, place: SettingsPlace, name: str, mention: Mention, *, is_test: bool) -> None:
        if is_test:
            return
        if place.interface in WHOLE:
            self._doubt((), name, mention.line, f"{place.interface} takes all settings at once there.")
        if place.interface in CHANGING and self._may_change(file, mention):
            self._closed = False
        if place.interface == _SWITCHING:
            self._switches = Read(path=(), file=name, line=mention.line, column=self._column(file, mention))

    def _read(self, file: Path, name: str, mention: Mention, place: SettingsPlace, *, is_test: bool) -> None:
        if place.path[0].upper() in INTERNAL_KEYS:
            return
        conditions = mention.conditions
        is_sure = place.own and place.sure and not is_test and not conditions.conditional and not conditions.other
        read = Read(
            path=place.path,
            file=name,
            line=mention.line,
            column=self._column(file, mention),
            default=place.default or conditions.guarded or mention.kind == "test" or gives(self._framework, place.path),
            test=is_test,
            sure=is_sure and not place.other,
            whole=mention.kind == "value" or place.ended,
        )
        key = (read.path, read.file, read.line, read.column)
        is_own, known = self._reads.get(key, (place.own, read))
        if is_own == place.own:
            self._reads[key] = is_own, _joined(known, read)
        else:  # settings by their type alone, which are the project's own as it turns out
            first, second = (known, read) if is_own else (read, known)
            self._reads[key] = True, structs.replace(first, whole=first.whole or second.whole)

    def _may_change(self, file: Path, mention: Mention) -> bool:
        """Whether what is called there changes anything: not if all that it hands on is what nobody hands a factory."""
        callee = Reference(mention.reference.root, mention.reference.steps[:-1])
        handings = [one.mention.reference for one in self._tracing.links.facts(file).handings if one.callee == callee]
        return not handings or any(one.steps or self._is_filled(file, one.root) for one in handings)

    def _is_filled(self, file: Path, symbol: str) -> bool:
        """Whether a symbol is anything but a parameter of a function that is called without it, tests apart."""
        name, _, parameter = symbol.partition(":")
        module = self._call.module.code.module(file)
        function = module.definitions.get(name) if module else None
        is_bound = self._tracing.links.facts(file).stores[symbol] not in _OF_PARAMETERS
        if not module or not isinstance(function, ast.FunctionDef) or is_bound:
            return True
        return may_be_handed(function, module, parameter)

    def _column(self, file: Path, mention: Mention) -> int:
        if file not in self._columns:
            self._columns[file] = SourceColumns(self._tracing.links.text(file).raw)
        return self._columns[file].column(mention.line, mention.column)


def _joined(known: Read, read: Read) -> Read:
    """Of two ways to the same place the more doubtful counts, whichever was found first."""
    return structs.replace(known, default=known.default or read.default, sure=known.sure and read.sure,
                           whole=known.whole or read.whole)  # fmt: skip


def _order(read: Read) -> tuple[object, ...]:
    return read.test, read.file, read.line, read.column, read.path
