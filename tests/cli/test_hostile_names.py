"""A name makes no line of output, steers no terminal and gives a runner no command, whoever chose it."""

import re
from xml.etree import ElementTree as ET

import pytest
from projects import MakeProject, ProjectFolder

from app.cli.commands import check
from app.core.legible import legible, legible_lines

FORGED = "\n::error file=x.py,line=1::forged\n"
MARKS = [FORGED, "\r::warning::x\r", "\u2028::error::x\u2029", "\x85", "\x1b[2K\x9b2J", "\u202e\u2066", "\u200b\ufeff"]
COMMANDS = [
    ("check",),
    ("check", "--format", "github"),
    ("show", "production"),
    ("matrix",),
    ("diff", "development", "production"),
    ("explain", "table"),
    ("check", "--fix", "--dry-run"),
]
FORMATS = next(one.type.choices for one in check.command.params if one.name == "format")  # type: ignore[attr-defined]
STYLE = re.compile(r"\x1b\[[0-9;]*m")


def escaped(text: str) -> str:
    return "".join(f"\\u{ord(letter):04x}" for letter in text)


def hostile(project: MakeProject, mark: str, *, broken: bool) -> ProjectFolder:
    """A project whose files, sections, keys, tables and values hold the mark, with findings about them."""
    spelled, file = escaped(mark), f"a{mark.replace('/', '')}b.toml"
    settings = (
        f'[default]\nname = "x{spelled}y"\n[default.table]\n"k{spelled}" = "@upper"\n"debug{spelled}" = 1\n'
        f'[production]\ndebug = true\n"password{spelled}" = "changeme"\n[production.table]\n"k{spelled}" = 2\n'
        f'["prodution{spelled}"]\na = 1\n'
    )
    other = f'[default]\nb = 1\n"c{spelled}" = {"" if broken else 1}\n'
    options = f'settings_files = ["settings.toml", "{f"a{spelled}b.toml"}"]\n'
    files = {"assay.toml": options, "settings.toml": settings, file: other}
    return project(files)


@pytest.mark.parametrize("broken", [False, True], ids=["read", "broken"])
@pytest.mark.parametrize("mark", MARKS, ids=ascii)
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_mark_in_names_is_an_escape_and_makes_no_line(
    project: MakeProject, mark: str, command: tuple[str, ...], *, broken: bool
) -> None:
    made = hostile(project, mark, broken=broken)
    ran = made.assay(*command, **{f"DYNACONF_{mark.replace('=', '')}X": "1"})
    assert ran.status in {0, 1}
    for said in (ran.out, ran.err):
        text = STYLE.sub("", said).replace("\n", " ")
        assert legible(text) == text
    lines = ran.out.splitlines() + ran.err.splitlines()
    if "--format" in command:
        assert all(re.match(r"::(error|warning|notice) (file|title)=", line) for line in ran.out.splitlines())
    else:
        assert not [line for line in lines if line.lstrip().startswith("::")]


@pytest.mark.parametrize("mark", MARKS, ids=ascii)
def test_a_mark_in_names_is_an_escape_in_test_reports_and_code_scanning(project: MakeProject, mark: str) -> None:
    made = hostile(project, mark, broken=False)
    suites = ET.fromstring(made.assay("check", "--format", "junit").out)  # noqa: S314 - our own
    said = [text for one in suites.iter() for text in (*one.attrib.values(), one.text or "") if text.strip()]
    (run,) = made.assay("check", "--format", "sarif").json["runs"]
    said += [result["message"]["text"] for result in run["results"]]
    assert not [text for text in said if legible(text.replace("\n", "")) != text.replace("\n", "")]
    assert not [line for text in said for line in text.splitlines() if line.startswith("::")]


@pytest.mark.parametrize("answer", [one for one in FORMATS if one != "json"])
def test_no_format_holds_what_is_not_seen(project: MakeProject, answer: str) -> None:
    made = hostile(project, "".join(mark for mark in MARKS if mark != FORGED), broken=False)
    out = made.assay("check", "--format", answer).out
    assert out
    assert legible_lines(out) == out


@pytest.mark.parametrize(
    "command", ["::error file=a::b", "##[error]b", "##vso[task.setvariable variable=a]b", "##teamcity[a]"]
)
def test_a_value_is_no_command_for_a_runner(project: MakeProject, command: str) -> None:
    made = project(
        {"settings.toml": f'[default]\nnote = "{command}"\n[production]\ndebug = true\nnote = "x {command}"\n'}
    )
    for arguments in (("show", "production"), ("diff", "development", "production"), ("matrix",)):
        assert command not in made.assay(*arguments, COLUMNS="400").out


def test_an_error_is_told_in_as_many_lines_as_it_has(project: MakeProject) -> None:
    ran = project({"settings.toml": "[production]\na = 1\n"}).assay("show", FORGED)
    assert ran.status == 2
    assert [line.partition(":")[0].strip() for line in ran.err.splitlines()] == ["assay", "fix"]
