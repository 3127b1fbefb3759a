"""From a value, or from what is found, to the change: what can be pasted, and the form where editing is on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.core.errors import AssayError
from app.core.layers import MARKERS, parse_key
from app.project.workspace import Workspace
from app.reports import wire
from app.reports.present.commands import UNSEEN, set_command, unset_command
from app.rules.kit.toml_text import variable_line, variable_text
from app.service.profile_edit import ChangePlace, change_place, is_editable
from app.watching import cached_answers
from app.web.page.query import Asked
from app.web.page.reading import PageReading
from app.web.page.wording import literal, on_one_line

_VALUE = "VALUE"
_LONGEST = 20_000
_ONE_LINE = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Something to paste: what it is, for whom, and the text."""

    name: str
    text: str
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditForm:
    """What the form needs to know.

    Attributes:
        tag: of the environment's values as they are shown.
        base: the section that all environments share; empty where the files have none.
        base_tag: what an edit of it is made from.
        refused: why the service cannot write here; empty where it can.
        tall: whether the value needs more than one line.
    """

    tag: str
    base: str
    base_tag: str
    refused: str
    tall: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How a value is changed.

    Attributes:
        place: where it would stand.
        environment: whose value it is.
        ways: what can be pasted.
        form: for the page's own form; None where it has none.
    """

    place: ChangePlace
    environment: str
    ways: Sequence[Way]
    form: EditForm | None


def change(reading: PageReading, asked: Asked, *, may_edit: bool) -> Change | None:
    """How the value that is explained is changed; None where it is no value, or nobody can tell.

    Args:
        reading: what is shown.
        asked: the key, and whose.
        may_edit: whether the caller may edit, and the settings allow it.
    """
    workspace = reading.shown.workspace
    try:
        environment = workspace.environment(asked.environment or None)
        place = change_place(workspace, environment, asked.key)
        if not _is_value(reading, place.key) or len(place.text) > _LONGEST:
            return None
        form = _form(reading, environment, place) if may_edit else None
    except AssayError:
        return None
    return Change(place=place, environment=environment, ways=list(_ways(place, environment)), form=form)


def _is_value(reading: PageReading, key: str) -> bool:
    """Whether somebody has a value of that key, or a list: a table has no value of its own."""
    return key in reading.rows or any(row.startswith(f"{key}[") for row in reading.rows)


def _form(reading: PageReading, environment: str, place: ChangePlace) -> EditForm:
    workspace, picture = reading.picture.workspace, reading.picture
    options = workspace.project.options
    return EditForm(
        tag=picture.answer(cached_answers.values(workspace, environment)).tag,
        base=options.default_env.lower() if options.sectioned else "",
        base_tag=picture.answer(cached_answers.values(workspace, None)).tag,
        refused="" if is_editable(workspace) else "The service may not write into the project's folders.",
        tall="\n" in place.text or len(place.text) > _ONE_LINE,
    )


def _ways(place: ChangePlace, environment: str) -> Iterator[Way]:
    if place.lines:
        yield Way(name="Lines", where=place.at, text=_legible(place.lines))
    text = UNSEEN if place.secret else place.text if place.known else _VALUE
    yield Way(name="Command", text=on_one_line(set_command(place.key, text, environment)))
    if place.variable:
        yield Way(name="Variable", text=on_one_line(place.variable))


def fix_ways(workspace: Workspace, finding: wire.ReportedFinding, environment: str) -> list[Way]:
    """The command and the variable that do what a finding's edit says; none where only its lines do."""
    edit = finding.edit
    if not edit or edit.kind == "option":
        return []
    if edit.kind == "variable":
        return [Way(name="Variable", text=on_one_line(edit.key))]
    whose = edit.section or environment
    if edit.kind == "unset":
        return [Way(name="Command", text=on_one_line(unset_command(edit.key, whose)))]
    text = UNSEEN if edit.value is None else edit.value if isinstance(edit.value, str) else literal(edit.value)
    path = parse_key(edit.key)
    if path and path[-1] in MARKERS:  # it is no setting, and means something in its own file alone
        return []
    variable = workspace.variable(path) if path else None
    command = Way(name="Command", text=on_one_line(set_command(edit.key, text, whose)))
    is_appended = isinstance(edit.value, list) and workspace.project.options.appends_lists
    return [command] if not variable or is_appended else [command, _variable(variable, edit.value)]


def _variable(name: str, value: object) -> Way:
    """The variable; with its text where every application reads that in the same way."""
    is_plain = value is not None and not isinstance(value, str)
    return Way(name="Variable", text=on_one_line(variable_line(name, variable_text(value)) if is_plain else name))


def _legible(text: str) -> str:
    return "\n".join(on_one_line(line) for line in text.split("\n"))
