"""A fault of Assay's own: told in two lines, and with `--debug` by where it was, but never by what it may quote."""

from datetime import datetime

import pytest
from projects import MakeProject, ProjectFolder

from app.cli import run

SECRET = "canary-1"


def failing() -> datetime:
    raise ValueError(SECRET)


@pytest.fixture
def waived(project: MakeProject) -> ProjectFolder:
    """A project whose waivers have an end, so that the clock is asked."""
    waiver = 'waivers = [{ rule = "SEC002", key = "*", reason = "known", expires = "2026-12-31" }]\n'
    return project({"assay.toml": waiver, "settings.toml": "[default]\na = 1\n"})


def test_it_is_told_in_two_lines_with_a_status_of_its_own(waived: ProjectFolder) -> None:
    assert run(["check"], {}, waived.root, failing) == 70
    told = waived.capture.readouterr()
    assert told.out == ""
    assert [line.partition(":")[0] for line in told.err.splitlines()] == ["assay", "  fix"]
    assert "ValueError" in told.err


def test_what_is_to_be_reported_says_where_it_was_and_quotes_nothing(waived: ProjectFolder) -> None:
    assert run(["--debug", "check"], {}, waived.root, failing) == 70
    told = waived.capture.readouterr().err
    assert "in failing" in told
    assert "\nValueError\n" in told
    assert SECRET not in told
