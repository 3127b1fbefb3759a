"""That a secret has changed can be told, and what it is cannot."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from projects import MakeProject, ProjectFolder

from app.core.errors import ArgumentError
from app.reports.digests import SET, Digests, same

KEY = "digests-are-made-with-this"
SECRET = "canary-6b1d" + "f0a92c7e"
ORDERS = {"settings.toml": "[default]\nport = 80\n[production]\nport = 90\n", ".secrets.toml": "[default]\n"}
PATH = ("database", "password")


def digest(value: object, *, key: str | None = KEY, environment: str | None = "production") -> bytes | None:
    return Digests(key=key.encode() if key else None, environment=environment).of(PATH, value)


def orders(project: MakeProject, secret: str) -> ProjectFolder:
    return project({**ORDERS, ".secrets.toml": f'[default]\npassword = "{secret}"\n'})


def fingerprints(made: ProjectFolder, **environ: str) -> dict[str, str]:
    report: Any = made.assay("check", "--format", "json", **environ).json
    return {one["name"]: one["fingerprint"] for one in report["environments"]}


def test_equal_secrets_have_equal_digests_and_others_have_others() -> None:
    assert same(digest(SECRET), digest(SECRET)) is True
    assert same(digest(SECRET), digest(SECRET + "x")) is False
    assert digest(SECRET) != digest(SECRET + "x")


def test_a_number_and_its_text_are_two_secrets() -> None:
    assert same(digest(12345), digest("12345")) is False
    assert same(digest(1), digest(1.0)) is False


def test_equal_secrets_of_two_environments_have_different_digests_unless_they_are_to_be_compared() -> None:
    staging, production = digest(SECRET, environment="staging"), digest(SECRET, environment="production")
    assert staging != production
    assert same(staging, production) is None
    assert same(digest(SECRET, environment=None), digest(SECRET, environment=None)) is True


def test_nobody_can_tell_what_became_of_a_secret_under_another_key_or_under_none() -> None:
    assert same(digest(SECRET), digest(SECRET, key="another-key-of-digests")) is None
    assert same(digest(SECRET, key=None), digest(SECRET, key=None)) is None
    assert same(digest(SECRET, key=None), digest(SECRET)) is None


def test_that_a_secret_is_set_or_not_is_told_without_a_key() -> None:
    assert digest(SECRET, key=None) == SET
    assert digest(None, key=None) is digest("", key=None) is digest("") is None
    assert same(digest(SECRET, key=None), None) is False
    assert same(None, None) is True


@given(st.text(min_size=1) | st.integers() | st.floats() | st.booleans() | st.dates() | st.lists(st.integers()))
def test_a_digest_is_made_of_whatever_a_profile_or_a_variable_holds(value: object) -> None:
    made = digest(value)
    assert made is not None
    assert len(made) == 20
    assert same(made, digest(value)) is True


def test_with_a_key_a_rotated_secret_changes_the_fingerprint(project: MakeProject) -> None:
    before = fingerprints(orders(project, "canary-one-of-two"), ASSAY_DIGEST_KEY=KEY)
    after = fingerprints(orders(project, "canary-two-of-two"), ASSAY_DIGEST_KEY=KEY)
    assert all(before[name] != after[name] for name in before)


def test_without_a_key_it_does_not(project: MakeProject) -> None:
    before = fingerprints(orders(project, "canary-one-of-two"))
    after = fingerprints(orders(project, "canary-two-of-two"))
    assert before == after
    assert fingerprints(orders(project, "")) != after


@pytest.mark.parametrize("key", ["", KEY])
def test_a_password_inside_a_url_counts_as_a_secret(project: MakeProject, key: str) -> None:
    made = [
        fingerprints(
            project({"settings.toml": f'[production]\nbroker = "amqp://u:canary-{word}@mq/x"\n'}), ASSAY_DIGEST_KEY=key
        )
        for word in ("a77", "b88")
    ]
    assert (made[0] == made[1]) is (key == "")


def test_equal_secrets_of_two_environments_have_one_fingerprint(project: MakeProject) -> None:
    made = project({"settings.toml": '[staging]\npassword = "canary-p1"\n[production]\npassword = "canary-p1"\n'})
    found = fingerprints(made, ASSAY_DIGEST_KEY=KEY)
    assert found["staging"] == found["production"]


def test_every_process_with_one_key_says_the_same(project: MakeProject) -> None:
    made = orders(project, SECRET)
    environ = {"PATH": os.environ["PATH"], "ASSAY_DIGEST_KEY": KEY, "PYTHONHASHSEED": "7"}
    command = [sys.executable, "-m", "app", "show", "production", "--project", str(made.root), "--format", "json"]
    told = subprocess.run(command, env=environ, capture_output=True, check=True).stdout
    assert json.loads(told)["fingerprint"] == fingerprints(made, ASSAY_DIGEST_KEY=KEY)["production"]


def test_a_home_of_the_service_may_hold_the_key_as_a_setting(own: MakeProject) -> None:
    made = own(
        {".secrets.toml": f'[default.history]\ndigest_key = "{KEY}"\n[default.database]\npassword = "canary-1a"\n'}
    )
    assert made.workspace().digest_key == KEY.encode()
    assert made.workspace({"ASSAY_DIGEST_KEY": KEY[::-1]}).digest_key == KEY[::-1].encode()


def test_a_strangers_project_sets_no_key(project: MakeProject) -> None:
    made = project({"settings.toml": f'[default.history]\ndigest_key = "{KEY}"\n'})
    assert made.workspace().digest_key is None
    assert made.workspace({"ASSAY_HISTORY__DIGEST_KEY": KEY}).digest_key == KEY.encode()


def test_a_key_that_is_too_short_is_refused(project: MakeProject) -> None:
    ran = orders(project, SECRET).assay("check", ASSAY_DIGEST_KEY="fifteen-letters")
    assert ran.status == 2
    assert "ASSAY_DIGEST_KEY" in ran.err
    assert "16" in ran.err
    with pytest.raises(ArgumentError, match="ASSAY_DIGEST_KEY"):
        project(ORDERS).workspace({"ASSAY_DIGEST_KEY": "x"})
    assert project(ORDERS).workspace({"ASSAY_DIGEST_KEY": "sixteen-letters-"}).digest_key == b"sixteen-letters-"


def test_a_setting_that_is_too_short_is_a_finding(own: MakeProject) -> None:
    report: Any = own({".secrets.toml": '[default.history]\ndigest_key = "short"\n'}).assay("check", "--format", "json")
    found = [item for one in report.json["environments"] for item in one["findings"]]
    told = {(item["rule"], item["key"]) for item in found if item["key"] == "history.digest_key"}
    assert told >= {("TYP004", "history.digest_key")}
    assert report.status == 1


def test_the_key_itself_is_shown_nowhere(own: MakeProject) -> None:
    made = own({".secrets.toml": '[default.history]\ndigest_key = "canary-5f-digest-key"\n'})
    shown: Any = made.assay("show", "--format", "json").json
    (entry,) = [value for value in shown["values"] if value["key"] == "history.digest_key"]
    assert (entry["secret"], entry["value"]) == (True, None)


def test_a_check_without_a_key_imports_nothing_for_it(project: MakeProject) -> None:
    made = project(ORDERS)
    modules = "[name in sys.modules for name in ('app.reports.digests', 'app.history.store.drafts', 'sqlalchemy')]"
    code = f"import sys; from app.__main__ import main; main(); print({modules})"
    command = [sys.executable, "-c", code, "check", "--project", str(made.root)]
    told = subprocess.run(command, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=True).stdout
    assert told.splitlines()[-1] == "[False, False, False]"
