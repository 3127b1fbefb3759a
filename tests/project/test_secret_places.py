"""Which keys are secret by their place: what a secrets file sets, parsed or not."""

import pytest
from projects import MakeProject

from app.core.layers import Path, parse_key
from app.project.secret_places import SecretPlaces, secret_places

OPTIONS = 'settings_files = ["settings.toml", ".secrets.toml"]\n'
LINES = """\
plain = "x"
mail.user = "x"
"quoted.key" = "x"
[smtp]
login = "x"
[smtp.deeper]
word = "x"
[[accounts]]
owner = "x"
"""
HELD = ["plain", "mail.user", "quoted.key", "smtp.login", "smtp.deeper.word", "smtp.deeper.word[0]", "accounts.owner"]
OPEN = ["other", "mail", "mail.other", "smtp", "smtp.word", "login", "accounts.other", "owner"]


def places(make: MakeProject, secrets: str, options: str) -> SecretPlaces:
    made = make({"assay.toml": OPTIONS + options, "settings.toml": "", ".secrets.toml": secrets})
    return secret_places(made.workspace().project, None)


def path(key: str) -> Path:
    found = parse_key(key)
    assert found
    return found


@pytest.mark.parametrize("end", ["", "broken = [\n"])
def test_what_a_secrets_file_sets_is_held_though_a_line_of_it_is_broken(project: MakeProject, end: str) -> None:
    found = places(project, LINES + end, "environments = false\n")
    assert [key for key in HELD if not found.hold(path(key))] == []
    assert [key for key in OPEN if found.hold(path(key))] == []


@pytest.mark.parametrize("end", ["", "broken = [\n"])
def test_below_a_section_the_key_is_what_counts(project: MakeProject, end: str) -> None:
    sections = f"[production]\nplain = 'x'\n[production.smtp]\nlogin = 'x'\n{end}"
    found = places(project, sections, "environments = true\n")
    assert found.hold(("plain",))
    assert found.hold(("smtp", "login"))
    assert not found.hold(("production",))
    assert not found.hold(("smtp", "other"))
