"""Waivers: what is accepted is listed, not hidden, and not for ever."""

import time
from collections.abc import Callable, Mapping

import pytest
from projects import MakeProject, ProjectFolder

type Waiving = Callable[..., ProjectFolder]

DEBUG = "[production]\ndebug = true\n"


def waiver(**said: str) -> str:
    fields: Mapping[str, str] = {"rule": '"APP001"', "reason": '"the console"', "expires": "2026-12-31", **said}
    return "[[waivers]]\n" + "".join(f"{name} = {text}\n" for name, text in fields.items() if text)


def options(*waivers: str) -> str:
    return 'known_environments = ["development", "production"]\n' + "".join(waivers)


@pytest.fixture
def waiving(project: MakeProject) -> Waiving:
    def make(*waivers: str, settings: str = DEBUG) -> ProjectFolder:
        return project({"assay.toml": options(*waivers), "settings.toml": settings})

    return make


def test_a_waived_finding_is_listed_and_does_not_count(waiving: Waiving) -> None:
    ran = waiving(waiver(key='"debug"', environment='"production"')).assay("check", "--format", "json")
    production = ran.json["environments"][1]
    assert ran.status == 0
    assert (ran.json["valid"], production["valid"], production["findings"]) == (True, True, [])
    assert ran.json["counts"] == production["counts"] == {"error": 0, "warning": 0, "info": 0}
    (item,) = production["waived"]
    assert (item["rule"], item["key"], item["reason"], item["expires"]) == (
        "APP001", "debug", "the console", "2026-12-31",
    )  # fmt: skip
    assert item["origin"]["line"] == 2


def test_text_lists_what_is_waived_with_its_reason_and_its_last_day(waiving: Waiving) -> None:
    out = waiving(waiver()).assay("check").out
    assert "1 waived\n    waived: APP001 debug-on debug in production: the console (until 2026-12-31)\n" in out
    assert "error[APP001]" not in out


@pytest.mark.parametrize(
    ("said", "waived"),
    [
        ({}, True),
        ({"rule": '"app001"'}, True),
        ({"key": '"DEBUG"'}, True),
        ({"key": '"deb*"'}, True),
        ({"environment": '"Production"'}, True),
        ({"environment": '"prod*"'}, True),
        ({"rule": '"DB001"'}, False),
        ({"key": '"debugger"'}, False),
        ({"environment": '"development"'}, False),
    ],
)
def test_a_waiver_is_about_its_rule_its_keys_and_its_environments(
    waiving: Waiving, said: dict[str, str], *, waived: bool
) -> None:
    assert waiving(waiver(**said)).assay("check").status == (0 if waived else 1)


def test_brackets_in_a_key_are_those_of_a_list(waiving: Waiving) -> None:
    settings = '[production.cors]\nallow_origins = ["*"]\n'
    for key in ("cors.allow_origins[0]", "cors.allow_origins[*]", "cors.*"):
        assert waiving(waiver(rule='"CORS001"', key=f'"{key}"'), settings=settings).assay("check").status == 0


def test_a_waiver_holds_through_its_last_day(waiving: Waiving) -> None:
    assert waiving(waiver(expires="2026-07-01")).assay("check").status == 0
    assert waiving(waiver(expires='"2026-06-30"')).assay("check").status == 1


def test_past_its_date_it_is_an_error_and_the_finding_comes_back(waiving: Waiving) -> None:
    ran = waiving(waiver(expires="2026-06-30", environment='"production"')).assay("check", "--format", "json")
    production = ran.json["environments"][1]
    assert [finding["rule"] for finding in production["findings"]] == ["APP001", "WAIV001"]
    assert production["waived"] == []
    told = production["findings"][1]
    assert told["severity"] == "error"
    assert "2026-06-30" in told["message"]
    assert (told["origin"]["file"], told["origin"]["line"]) == ("assay.toml", 2)


def test_an_expired_waiver_is_told_where_its_environment_is_checked(waiving: Waiving) -> None:
    made = waiving(waiver(expires="2026-06-30", environment='"production"'))
    assert made.assay("check", "development").status == 0
    assert made.assay("check", "production").status == 1


def test_an_expired_waiver_of_every_environment_belongs_to_the_project(waiving: Waiving) -> None:
    report = waiving(waiver(expires="2026-06-30")).assay("check", "development", "--format", "json").json
    assert [finding["rule"] for finding in report["findings"]] == ["WAIV001"]


def test_one_that_accepts_nothing_is_a_warning_at_its_place(waiving: Waiving) -> None:
    made = waiving(waiver(), waiver(rule='"DB002"', environment='"prodution"'))
    (finding,) = made.assay("check", "--format", "json").json["findings"]
    assert (finding["rule"], finding["severity"], finding["origin"]["line"]) == ("WAIV002", "warning", 6)
    assert "Did you mean 'production'?" in finding["fix"]


def test_nothing_is_called_unused_where_not_every_environment_was_checked(waiving: Waiving) -> None:
    made = waiving(waiver(), waiver(rule='"DB002"'))
    assert "WAIV002" not in made.assay("check", "development", "production").out


@pytest.mark.parametrize("rule", ["ENV001", "ENV004", "SRC018", "TYP001"])
def test_nothing_is_called_unused_that_only_a_deployment_may_show(waiving: Waiving, rule: str) -> None:
    made = waiving(waiver(rule=f'"{rule}"', environment='"production"'), settings="[production]\nzone = 'eu'\n")
    assert "WAIV002" not in made.assay("check").out
    assert "WAIV002" in made.assay("check", ENV_FOR_DYNACONF="production").out


def test_nothing_is_called_unused_that_is_about_a_deferred_key(own: MakeProject) -> None:
    said = waiver(rule='"SEC001"', key='"app.*"', environment='"production"')
    made = own().write({"assay.toml": (own().root / "assay.toml").read_text() + said})
    assert "WAIV002" not in made.assay("check").out


def test_what_belongs_to_no_environment_is_waived_at_the_top(project: MakeProject) -> None:
    made = project(
        {"assay.toml": waiver(rule='"SRC002"'), "settings.toml": "[default\n", "settings/production.toml": DEBUG}
    )
    ran = made.assay("check", "--format", "json")
    assert [item["rule"] for item in ran.json["waived"]] == ["SRC002"]
    assert ran.json["findings"] == []


def test_what_strict_secrets_find_can_be_waived_too(own: MakeProject) -> None:
    made = own()
    made.write({"assay.toml": (made.root / "assay.toml").read_text() + waiver(rule='"TYP001"')})
    (production,) = made.assay("check", "production", "--strict-secrets", "--format", "json").json["environments"]
    assert "TYP001" in {item["rule"] for item in production["waived"]}
    assert "TYP001" not in {finding["rule"] for finding in production["findings"]}


def test_waivers_stand_in_pyproject_toml_as_well(project: MakeProject) -> None:
    said = waiver(expires="2020-01-01").replace("[[waivers]]", "[[tool.assay.waivers]]")
    made = project({"pyproject.toml": '[project]\nname = "x"\n\n' + said, "settings.toml": DEBUG})
    (finding,) = made.assay("check", "--format", "json").json["findings"]
    assert (finding["rule"], finding["origin"]["file"], finding["origin"]["line"]) == ("WAIV001", "pyproject.toml", 4)


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({"reason": ""}, "waivers[0].reason"),
        ({"reason": '""'}, "waivers[0].reason"),
        ({"reason": '"  "'}, "waivers[0].reason"),
        ({"rule": ""}, "waivers[0].rule"),
        ({"expires": ""}, "waivers[0].expires"),
        ({"expires": '"soon"'}, "waivers[0].expires"),
        ({"expires": "2026-12-31T10:00:00"}, "waivers[0].expires"),
        ({"expires": '"2026-02-30"'}, "waivers[0].expires"),
        ({"expires": "20261231"}, "waivers[0].expires"),
        ({"expires": '"2026-W01-1"'}, "waivers[0].expires"),
        ({"reson": '"x"'}, "Did you mean 'reason'?"),
        ({"rule": '"APP0001"'}, "Did you mean 'APP001'?"),
        ({"rule": '"nonsense"'}, "assay rules"),
    ],
)
def test_a_waiver_that_cannot_be_used_ends_with_2_and_names_the_place(
    waiving: Waiving, said: dict[str, str], named: str
) -> None:
    ran = waiving(waiver(**said)).assay("check")
    assert ran.status == 2
    assert named in ran.err
    assert "fix:" in ran.err


@pytest.mark.parametrize(("zone", "status"), [("UTC", 0), ("Pacific/Kiritimati", 1)])
def test_the_day_is_the_one_where_the_process_runs(
    waiving: Waiving, monkeypatch: pytest.MonkeyPatch, zone: str, status: int
) -> None:
    made = waiving(waiver(expires="2026-07-01"))
    with monkeypatch.context() as patch:
        patch.setenv("TZ", zone)
        time.tzset()
        ran = made.assay("check")
    time.tzset()
    assert ran.status == status
