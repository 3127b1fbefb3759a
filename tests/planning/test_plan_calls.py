"""The Dynaconf call that somebody names for a plan: it stands on both sides, on one, or on none."""

import pytest
from histories import commit, history
from projects import MakeProject, ProjectFolder

CALLS = """\
from dynaconf import Dynaconf
own = Dynaconf(settings_files=["own.toml"])
other = Dynaconf(settings_files=["other.toml"])
"""
FILES = {"config.py": CALLS, "own.toml": "port = 1\n", "other.toml": "port = 1\n"}


@pytest.fixture
def orders(project: MakeProject) -> ProjectFolder:
    made = project({})
    history(made.root, FILES, {"own.toml": "port = 2\n", "other.toml": "port = 3\n"})
    return made


def ports(made: ProjectFolder, *arguments: str) -> list[tuple[object, object]]:
    found = made.assay("plan", *arguments, "--format", "json").json
    return [(change["left"]["value"], change["right"]["value"]) for change in found["environments"][0]["changes"]]


def test_the_call_that_is_named_counts_on_both_sides(orders: ProjectFolder) -> None:
    assert ports(orders, "HEAD~1..HEAD", "--call", "config.py:2") == [(1, 2)]
    assert ports(orders, "HEAD~1..HEAD", "--call", "config.py:3") == [(1, 3)]


@pytest.mark.parametrize("call", ["config.py:7", "nowhere.py:2", "config.py"])
def test_a_call_that_stands_on_neither_side_is_an_error_that_names_it(orders: ProjectFolder, call: str) -> None:
    ran = orders.assay("plan", "HEAD~1..HEAD", "--call", call)
    assert (ran.status, ran.out) == (2, "")
    assert f"No Dynaconf call stands at {call} on either side." in ran.err
    assert "config.py:2, config.py:3" in ran.err


def test_a_call_that_stands_on_one_side_counts_there_and_the_other_is_told(orders: ProjectFolder) -> None:
    one = CALLS.replace(CALLS.splitlines(keepends=True)[2], "")
    commit(orders.root, {"config.py": f"{one}\n\nthird = Dynaconf(settings_files=['other.toml'])\n", "own.toml": None})
    commit(orders.root, {"config.py": one.replace("own.toml", "other.toml")})
    ran = orders.assay("plan", "HEAD~1..HEAD", "--call", "config.py:5")
    assert ran.status == 0
    assert "no Dynaconf call stands at config.py:5 in HEAD: there the one that is found counts." in ran.err
    found = orders.assay("plan", "HEAD~1..HEAD", "--call", "config.py:5", "--format", "json").json
    assert found["without_call"] == ["HEAD"]
    assert orders.assay("plan", "HEAD~1..HEAD", "--format", "json").json["without_call"] == []


def test_a_call_that_the_working_tree_lacks_hides_nothing_that_git_does_not_track(orders: ProjectFolder) -> None:
    (orders.root / "config.py").write_text(CALLS.replace("own = ", "\n\n\nown = "))
    (orders.root / "own.local.toml").write_text("port = 9\n")
    found = orders.assay("plan", "HEAD~1..HEAD", "--call", "config.py:2", "--format", "json").json
    assert found["untracked"] == ["own.local.toml"]
