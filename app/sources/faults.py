"""What sources find wrong with the files and the options of a project, said as faults."""

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from app.application import Call
from app.core.findings import Edit, Fault, Severity
from app.core.layers import Origin
from app.core.limits import Limit
from app.core.opening import is_file, real_path, within
from app.options import Options
from app.sources.files import SourceFile, base_folder, relative_name
from app.sources.globbing import DEEPEST, MOST_NAMES, Obstacle
from app.sources.named_variables import named_variables
from app.sources.overrides import Override, disturbed_by

_KINDS = {"YAML": "YAML", "INI": "an INI file", "JSON": "JSON", "PY": "Python, which is not run here"}
_EXAMPLES = ("example", "sample", "template", "dist")
_OPTIONS_FILE = "assay.toml"
_NAME_OTHERS = "or name in settings_files what is to be read"


def missing(
    entry: SourceFile,
    near: str | None,
    said: Origin | None = None,
    *,
    example: str | None = None,
    alone: bool = False,
    named: str = "the options",
) -> Fault:
    """A file that is not there, at the place that names it, if that is a profile.

    Args:
        entry: the file.
        near: a file of a close name that nothing reads, where there is one.
        said: the place in the profile that names it.
        example: a file that shows what belongs into it, where there is one.
        alone: whether no other file is there.
        named: what else names it; empty where nothing does, and Dynaconf looks for it by itself.
    """
    origin = said or Origin(kind="file", file=entry.name)
    where = "the profile" if said else named
    create = f"Copy {Path(entry.name).with_name(example)} to {entry.name}" if example else f"Create {entry.name}"
    fix = f"{create} where it is needed, {f'or take it out of {where}' if where else _NAME_OTHERS}."
    told = Severity.WARNING if near or alone else Severity.INFO
    if near:
        fix = f"Did you mean {near}? Else create {entry.name}, or take it out."
    if entry.loader is None:
        message = f"{entry.name} is no file that Dynaconf reads: it takes the name for a Python module, and finds none."
        fix = f"Take {entry.name} out of the options."
        if ".env" in entry.path.name:
            fix += " A .env file is read with load_dotenv = true."
        return Fault(rule="SRC001", message=message, fix=fix, origin=origin, severity=told)
    looked = "" if where else ", which Dynaconf looks for where no files are named"
    message = f"{entry.name} is not there{looked}, and Dynaconf goes on without it."
    return Fault(rule="SRC001", message=message, fix=fix, origin=origin, severity=told)


def no_own_profiles(entry: SourceFile) -> Fault:
    """A workspace without profiles of its own: that is meant, and what it answers says nothing of its projects."""
    message = f"This folder is a workspace, without profiles of its own: there is no {entry.name}."
    origin = Origin(kind="file", file=entry.name)
    fix = "`assay check --all` checks its projects; --project names one of them."
    return Fault(rule="SRC001", message=message, fix=fix, origin=origin, severity=Severity.INFO)


def outside(path: Path, name: str, root: Path, options: Options, file: str | None) -> Fault:
    """A file that the project would read and that lies outside it, by its name or by a link; no edit opens the door."""
    origin, hides = Origin(kind="file", file=name), "lies outside the project"
    place = name if name.startswith(("/", "../")) else os.path.relpath(real_path(path), root)
    line = _option("outside", [*options.outside, Path(place).as_posix()], file)
    how = f"{name} lies outside the project" if place == name else f"{name} is behind a link out of the project"
    fix = f"If it may be read, write {line.text} in {line.file}. Else take it out."
    if not within(root, [place]).hold(path):
        fix = "Take it out: what the system makes up is no file of settings."
    if "\\" in name and os.sep != "\\":
        how = f"{name} is one name, since only Windows has folders behind a backslash, and lies outside the project"
        fix = "Write / for each backslash, which Windows takes too."
    return Fault(rule="SRC026", message=f"{how}, so it is not read.", fix=fix, origin=origin, hides=hides)


def blocked(met: Obstacle, root: Path, options: Options, file: str | None, said: Origin | None = None) -> Fault:
    """What kept a glob from its end; what it would have found there is not known.

    Args:
        met: what was in the way.
        root: the project's folder.
        options: the project's.
        file: the file that holds them.
        said: the place in the profile that has the glob, if it is not the options.
    """
    name = relative_name(met.path, root)
    told = {
        "unlisted": (f"The folder {name} cannot be listed: {met.reason}.", "Make it readable.", "cannot be listed"),
        "circle": (f"{name} is a link to a folder above it, and the glob goes round in a circle.",
                   "Take the link away, or narrow the glob.", "goes round in a circle"),
        "endless": (f"The glob finds no end: at {name} it has passed {MOST_NAMES} names, or {DEEPEST} folders down.",
                    "Narrow the glob.", "is as far as a glob is followed"),
    }  # fmt: skip
    if met.kind == "outside":
        return outside(met.path, name, root, options, file)
    message, fix, hides = told[met.kind]
    return Fault(rule="SRC001", message=message, fix=fix, origin=said or Origin(kind="file", file=name), hides=hides)


def not_toml(entry: SourceFile, said: Origin | None = None) -> Fault:
    """A file that Dynaconf loads and that cannot be read here."""
    kind = _KINDS.get(entry.loader or "", "no TOML")
    message = f"{entry.name} is {kind}; only TOML is read here, so what it says is not known."
    fix = f"Move what it says to a .toml file, or take {entry.name} out of {'the profile' if said else 'the options'}."
    hides = f"names {entry.name}, which is no TOML" if said else f"is {kind}"
    origin = said or Origin(kind="file", file=entry.name)
    return Fault(rule="SRC021", message=message, fix=fix, origin=origin, hides=hides)


_NOTHING = "makes Dynaconf load nothing"
_USUAL = ("settings.toml", ".secrets.toml", "settings.yaml", "settings.yml", "settings.json", "settings.ini")


def loads_nothing(options: Options, root: Path, file: str | None, call: Call | None) -> Iterator[Fault]:
    """Options under which stock Dynaconf loads nothing at all, or not what the project says.

    An application that names no files, where no profile lies, runs with variables alone: that is a remark.

    Args:
        options: the project's.
        root: the project's folder.
        file: the file that holds them.
        call: the Dynaconf call that stands for them instead.
    """
    origin = call.origin if call else Origin(kind="file", file=file or _OPTIONS_FILE)
    if disturbed_by(options.separator):
        message = (f"With nested_separator = {json.dumps(options.separator)} Dynaconf takes its own options apart "
                   "(MERGE_ENABLED_FOR_DYNACONF), and loads nothing.")  # fmt: skip
        how, edit = _said("nested_separator", "__", file, call)
        yield Fault(rule="SRC025", message=message, fix=f"Write {how}.", origin=origin, edit=edit, hides=_NOTHING)
    if "settings_files" in options.stated and not [*options.settings_files, *options.preload, *options.includes]:
        unread = _lying_profile(root, options, call)
        what = "The Dynaconf call names no files" if call else "settings_files is empty"
        message = f"{what}, so Dynaconf reads none: {f'not even {unread}' if unread else 'variables say everything'}."
        fix = f"Name the profiles: settings_files = {json.dumps([unread or 'settings.toml'])}."
        bad, hides = (None, _NOTHING) if unread else (Severity.INFO, None)
        yield Fault(rule="SRC025", message=message, fix=fix, origin=origin, severity=bad, hides=hides)


def _lying_profile(root: Path, options: Options, call: Call | None) -> str | None:
    """A file of a profile's usual name that lies where the options, or the call, may mean it."""
    folders = [base_folder(root, options), *([(root / call.origin.file).parent] if call and call.origin.file else [])]
    places = (folder / below / name for folder in folders for below in ("", "config") for name in _USUAL)
    return next((relative_name(path, root) for path in places if is_file(path)), None)


def doubled_prefix(options: Options, root: Path, file: str | None, call: Call | None) -> Iterator[Fault]:
    """A prefix that ends with the underscore that Dynaconf puts behind it anyway, and that nothing here spells so.

    Args:
        options: the project's.
        root: the project's folder, whose other files may name variables.
        file: the file that holds the options.
        call: the Dynaconf call that stands for them instead.
    """
    doubled = [prefix for prefix in options.prefixes or () if prefix.endswith("_") and prefix.strip("_")]
    named = named_variables(root) if doubled else frozenset()
    for prefix in doubled:
        if not any(name.startswith(f"{prefix}_") for name in named):
            message = (f"Dynaconf puts an underscore behind envvar_prefix: with {prefix} it reads {prefix}_PORT, "
                       f"and never {prefix}PORT.")  # fmt: skip
            where = f"in the Dynaconf call at {call.place}" if call else "in the options and in the Dynaconf call"
            fix = f'Write envvar_prefix = "{prefix.rstrip("_")}" {where}; or name the variables {prefix}_….'
            origin = call.origin if call else Origin(kind="file", file=file or _OPTIONS_FILE)
            yield Fault(rule="SRC025", message=message, fix=fix, origin=origin, severity=Severity.WARNING)


def stray_secrets(folders: Sequence[Path], read: Sequence[Path]) -> list[Path]:
    """Files of secrets that lie where the profiles lie and that nothing reads."""
    known = {os.path.normpath(path) for path in read}
    listed = [path for folder in folders for path in _listed(folder) if _is_of_secrets(path)]
    found = list({name: path for path in listed if (name := os.path.normpath(path)) not in known}.values())
    names = {path.name for path in [*found, *read]}
    return [path for path in found if path.name.replace(".local.", ".") not in names - {path.name}]


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix in {".toml", ".tml"} and is_file(path))
    except OSError:
        return []


def _is_of_secrets(path: Path) -> bool:
    name = path.name.lower()
    return "secrets" in name and not any(word in name for word in _EXAMPLES)


def unread_secrets(path: Path, root: Path, options: Options, file: str | None, call: Call | None) -> Fault:
    """A file of secrets that nothing reads."""
    name = Path(os.path.relpath(path, base_folder(root, options))).as_posix()
    shown = Path(os.path.relpath(path, root)).as_posix()
    how, edit = _said("settings_files", [*options.settings_files, name], file, call)
    message = f"{shown} lies here, and nothing reads it: settings_files does not name it."
    fix = f"Write {how}{'' if call else ', and name it in the Dynaconf call too'}; or take the file away."
    return Fault(rule="SRC024", message=message, fix=fix, origin=Origin(kind="file", file=shown), edit=edit)


def changed_option(found: Override, origin: Origin) -> Fault:
    """A variable that changes how Dynaconf loads."""
    name, option, severity, hides = found.variable, found.option, None, None
    fix = f"Unset {name}, and say {option} in the options (and in the Dynaconf call), where everybody sees it."
    match found.kind:
        case "read":
            message = f"{name} changes the option {option} to {json.dumps(found.value)}, for whoever has the variable."
        case "fatal":
            message = f"{name} sets the option {option} to what Dynaconf cannot use: it does not start."
            severity, hides = Severity.ERROR, f"sets {option} to what Dynaconf cannot use"
            fix = f"Correct {name}, or unset it."
        case "unread":
            message = f"{name} sets Dynaconf's option {option}, which is not followed here: values may differ."
            fix = f"Unset {name}, or see with the application itself what it changes."
        case "outside":
            message = f"{name} lets Dynaconf start at {found.value!r}, which is no folder of this project."
            fix = f"Unset {name}, or let it name a folder of the project."
        case "unknown":
            message = f"{name} is no option of Dynaconf's, and changes nothing."
            fix = f"Did you mean {found.meant}?"
    return Fault(rule="SRC023", message=message, fix=fix, origin=origin, severity=severity, hides=hides)


def beyond_limit(name: str, limit: Limit, origin: Origin) -> Fault:
    """A variable that goes beyond a limit, and is left out."""
    shown = name if len(name) <= _SHOWN else f"{name[:_SHOWN]}…"
    message = f"{shown} {limit.breach}; it is left out."
    if name.endswith("*"):
        message = f"There are more than {limit} {shown}; all of them are left out."
    return Fault(rule="SRC027", message=message, fix=f"Unset {shown}, if it is no setting.", origin=origin,
                 hides=f"{shown} {limit.breach}")  # fmt: skip


_SHOWN = 60


def unknown_active(name: str, fix: str, origin: Origin) -> Fault:
    """The active environment is none that there is."""
    said = f"names {name!r}, which is no environment of this project" if name else "is empty"
    return Fault(rule="SRC005", message=f"{origin.name} {said}.", fix=fix, origin=origin)


def passed_over(names: Sequence[str], base: str | None, fix: str, origin: Origin) -> Fault:
    """What selects the active environment names sections that are not there, and Dynaconf runs with the others.

    Args:
        names: the sections.
        base: the section that runs alone where the project has no environments at all; None where it has some.
        fix: how there will be one of that name.
        origin: of the variable.
    """
    said = ", ".join(map(repr, names))
    message = f"{origin.name} names {said} too, which is no environment of this project: what it should add is missing."
    if base is not None:
        message = f"{origin.name} names {said}, and no file has a section for it: [{base}] runs alone."
    severity = Severity.WARNING if base is None else Severity.INFO
    return Fault(rule="SRC005", message=message, fix=fix, origin=origin, severity=severity)


def idle_switch(variable: str, value: str, origin: Origin, file: str | None, call: Call | None) -> Fault:
    """A variable that selects an environment, in a project whose sections are none."""
    how, _ = _said("environments", True, file, call)  # noqa: FBT003 - the option's value
    message = f"{variable} selects {value!r}, and nothing heeds it: environments is off, so tables are plain settings."
    fix = f"Unset {variable}; or, where sections are meant as environments, write {how}."
    return Fault(rule="SRC022", message=message, fix=fix, origin=origin)


def _option(name: str, value: object, file: str | None) -> Edit:
    text = f"{name} = {json.dumps(value, ensure_ascii=False)}"
    section = "tool.assay" if file == "pyproject.toml" else None
    return Edit(kind="option", text=text, key=name, file=file or _OPTIONS_FILE, section=section, value=value)


def _said(name: str, value: object, file: str | None, call: Call | None) -> tuple[str, Edit | None]:
    """Where an option is to be written, and the edit that does it; none does where the application's call says it."""
    edit = _option(name, value, file)
    if call:
        return f"{name}={value!r} in the Dynaconf call at {call.place}", None
    return f"{edit.text} in {edit.file}", edit
