"""A workspace is judged once, however often and about whatever environments that is asked."""

from collections.abc import Mapping
from itertools import permutations

import pytest
from msgspec.structs import replace
from projects import MakeProject

from app.checking.check import validate
from app.checking.judgement import judge_of
from app.project.workspace import Workspace, open_workspace
from app.reports import wire

FILES: Mapping[str, str] = {
    "assay.toml": 'known_environments = ["staging", "production"]\n',
    "settings.toml": '[default]\nport = 1\nhost = "x"\n[staging]\nport = "1"\n[production]\ndebug = true\nhots = "y"\n',
}
QUESTIONS: Mapping[str, tuple[str, ...]] = {"all": (), "one": ("production",), "two": ("staging", "production")}


@pytest.fixture
def workspace(project: MakeProject) -> Workspace:
    return open_workspace(project(FILES).root, {})


def report(workspace: Workspace, question: str) -> bytes:
    return wire.encode(validate(workspace, QUESTIONS[question]))


@pytest.mark.parametrize("order", list(permutations(QUESTIONS)), ids="-".join)
def test_no_answer_depends_on_what_was_asked_before(project: MakeProject, order: tuple[str, ...]) -> None:
    folder = project(FILES).root
    workspace = open_workspace(folder, {})
    told = {question: report(workspace, question) for question in order}
    assert told == {question: report(open_workspace(folder, {}), question) for question in QUESTIONS}
    assert b"XENV004" in told["all"]


def test_what_was_judged_is_not_judged_again(workspace: Workspace) -> None:
    validate(workspace)
    judge = judge_of(workspace)
    of_project, of_environments = judge.of_project, [judge.of(name) for name in workspace.environments]
    validate(workspace)
    assert judge_of(workspace).of_project is of_project
    assert all(judge.of(one.name) is one for one in of_environments)


def test_what_an_edit_would_make_is_judged_anew(project: MakeProject) -> None:
    made = project({"assay.toml": "", "settings.toml": "[development]\n[production.app]\ndebug = false\n"})
    workspace = open_workspace(made.root, {"ENV_FOR_DYNACONF": "production"})
    assert validate(workspace).valid
    assert not validate(replace(workspace, environ={**workspace.environ, "DYNACONF_APP__DEBUG": "true"})).valid
    assert made.assay("set", "app.debug", "true", "--env", "production").status == 1
