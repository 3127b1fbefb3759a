"""What comes from outside and is too deep, too long or too much ends as a finding or an error at its place.

Work is counted, not timed: an input that doubles what it costs with each line would not end at all.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from msgspec.structs import replace
from projects import MakeProject
from told import SECTIONED, findings, told

from app.core import limits
from app.modelling.described import schema_excess
from app.rules.kit import waivers as kit
from app.sources.bounds import bounded
from app.sources.dotenv import parse_dotenv
from app.sources.files import SourceFile
from app.sources.toml import TomlDocument, parse

PLAIN = "[default]\nk = 1\n[production]\nk = 2\n"
SELECTED = {"ENV_FOR_DYNACONF": "production"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("DYNACONF_K", "[" * 5000 + "]" * 5000),
        ("DYNACONF_K", "[" * 70 + "]" * 70),
        ("DYNACONF_K", "{a=" * 500 + "1" + "}" * 500),
        ("DYNACONF_K", "@json " + "[" * 5000 + "]" * 5000),
        ("DYNACONF_K", "@json " + "[" * 70 + "]" * 70),
        ("DYNACONF_K", "9" * 5000),
        ("DYNACONF_K", "@int " + "9" * 5000),
        ("DYNACONF_K", "0x" + "f" * 4000),
        ("DYNACONF_K", "[" + "1," * 50_001 + "]"),
        ("DYNACONF_K", "@format {this" + "[a]" * 5000 + "}"),
    ],
)
def test_a_variable_beyond_a_limit_is_told_at_the_variable(project: MakeProject, name: str, text: str) -> None:
    made = project({"assay.toml": SECTIONED, "settings.toml": PLAIN})
    assert told(made, "SRC018", **SELECTED, **{name: text}) == [f"error production k {name}"]
    assert made.assay("check", **SELECTED, **{name: text}).status == 1


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"DYNACONF_" + "A__" * 6000 + "B": "1"}, "1000 characters"),
        ({"DYNACONF_" + "A__" * 100 + "B": "1"}, "64 levels"),
        ({f"DYNACONF_A__B{number}": "1" for number in range(20_000)}, "2000 variables"),
    ],
)
def test_variables_beyond_a_limit_are_left_out_and_their_environment_is_not_judged(
    project: MakeProject, environ: Mapping[str, str], said: str
) -> None:
    made = project({"assay.toml": SECTIONED, "settings.toml": PLAIN})
    report = made.assay("check", "--format", "json", **SELECTED, **environ).json
    (fault,) = [finding for finding in report["findings"] if finding["rule"] == "SRC027"]
    assert said in fault["message"]
    assert {one["name"]: one["judged"] for one in report["environments"]} == {"development": True, "production": False}
    assert made.assay("explain", "k", **SELECTED, **environ).status == 0


@pytest.mark.parametrize(
    "text", ["a," * 50_000, "${" * 50_000, '"' + "\\" * 50_000, "postgres://" + "a:" * 50_000 + "@h/x"]
)
def test_a_variable_of_a_hundred_kilobytes_is_a_text_as_any(project: MakeProject, text: str) -> None:
    made = project({"assay.toml": SECTIONED, "settings.toml": PLAIN})
    assert made.assay("check", **SELECTED, DYNACONF_K=text).status in {0, 1}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("roles = " + "[" * 5000 + "]" * 5000, "64 levels"),
        ("roles = " + "[" * 100 + "]" * 100, "64 levels"),
        ("name = " + "9" * 5000, "4300 digits"),
        (f'schema = "{"a" * 10_000}:B"', "4096 characters"),
        (f'schema = "{"a" * 1000}:B"', "schema"),
        (f'envvar_prefix = "{"A," * 50_000}"', "4096 characters"),
        (f"includes = [{'"a.toml",' * 5000}]", "1000 files"),
        (f'"{"z" * 100_000}" = 1', "1000 characters"),
    ],
)
def test_options_beyond_a_limit_cannot_be_used(project: MakeProject, options: str, said: str) -> None:
    made = project({"assay.toml": f"{SECTIONED}{options}\n", "settings.toml": PLAIN})
    ran = made.assay("check")
    assert ran.status == 2
    assert said in ran.err


def test_values_times_environments_are_bounded_over_all_files(project: MakeProject) -> None:
    keys = "".join(f"k{number} = 1\n" for number in range(limits.WORK.figure // 300))
    sections = "".join(f"[e{number}]\nk = 1\n" for number in range(400))
    options = 'settings_files = ["base.toml", "settings.toml"]\n'
    made = project({"assay.toml": options, "base.toml": f"[default]\n{keys}", "settings.toml": sections})
    report = made.assay("check", "--format", "json").json
    (fault,) = [finding for finding in report["findings"] if finding["rule"] == "SRC027"]
    assert fault["origin"]["file"] == "base.toml"
    assert not any(one["judged"] for one in report["environments"])


def test_references_in_dotenv_that_double_are_cut_off_and_told(project: MakeProject) -> None:
    doubling = "".join(f"A{number + 1}=${{A{number}}}${{A{number}}}\n" for number in range(60))
    text = f"A0=xxxxxxxx\n{doubling}"
    assert sum(len(found.value) for found in parse_dotenv(text, {}).values()) <= 2 * limits.EXPANSION.figure
    made = project({"assay.toml": f"{SECTIONED}load_dotenv = true\n", "settings.toml": PLAIN, ".env": text})
    (fault,) = findings(made, "SRC027", **SELECTED)
    assert fault["origin"]["file"] == ".env"
    assert fault["origin"]["line"] > 10


def test_nested_references_in_dotenv_are_read_in_one_pass() -> None:
    text = f"DYNACONF_K={'${A:-' * 50_000}x{'}' * 50_000}\n"
    assert len(parse_dotenv(text, {})["DYNACONF_K"].value) < len(text)
    assert len(parse_dotenv(f"A={'${a:' * 50_000}\n", {})["A"].value) == 200_000


def test_each_finding_is_held_against_the_waivers_of_its_rule_alone(
    project: MakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = kit.accepts
    monkeypatch.setattr(kit, "accepts", lambda waiver, finding: asked.append(waiver.rule) or real(waiver, finding))
    waiver = '[[waivers]]\nrule = "{}"\nkey = "k{}"\nreason = "x"\nexpires = "2099-01-01"\n'
    waivers = "".join(waiver.format("DB001", number) for number in range(500)) + waiver.format("SEC002", "")
    profile = "[production]\n" + "".join(f'k{number}_password = "changeme"\n' for number in range(50))
    made = project({"assay.toml": SECTIONED + waivers, "settings.toml": profile})
    assert made.assay("check").status == 1
    assert set(asked) == {"SEC002"}


def few(monkeypatch: pytest.MonkeyPatch, name: str, most: int) -> None:
    monkeypatch.setattr(limits, name, replace(limits.LIMITS[name], figure=most))


def test_a_rule_tells_so_much_and_then_that_there_is_more(
    project: MakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    few(monkeypatch, "FINDINGS", 5)
    profile = "[production]\n" + "".join(f'k{number}_password = "changeme"\n' for number in range(10))
    made = project({"assay.toml": SECTIONED, "settings.toml": profile})
    found = findings(made, "SEC002", "production")
    assert len(found) == 5 + 1
    assert "more than 5" in found[-1]["message"]
    assert found[-1]["severity"] == found[0]["severity"]


def test_what_is_not_told_is_as_bad_as_the_worst_of_it(project: MakeProject, monkeypatch: pytest.MonkeyPatch) -> None:
    few(monkeypatch, "FINDINGS", 5)
    profile = "[production]\n" + "".join(f'{name}_url = "postgresql://h.example/{name}"\n' for name in "abcdefg")
    made = project({"assay.toml": SECTIONED, "settings.toml": profile})
    assert {one["severity"] for one in findings(made, "DB001", "production")} == {"warning"}
    made = project({"settings.toml": f'{profile}h_url = "postgresql://h.example/h?sslmode=disable"\n'})
    assert [one["severity"] for one in findings(made, "DB001", "production")] == 5 * ["warning"] + ["error"]


def test_what_a_rule_finds_across_environments_is_counted_in_each(
    project: MakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    few(monkeypatch, "FINDINGS", 5)
    clash = "".join(f"[e{number}]\n" + "".join(f'k{key} = "x"\n' for key in range(4)) for number in range(4))
    same = "".join(f"[p{number}]\n" for number in range(8))
    base = "[default]\n" + "".join(f"k{key} = 1\n" for key in range(4))
    made = project({"assay.toml": "", "settings.toml": base + clash + same})
    for name in ("e0", "e1", "e2", "e3"):
        assert len(findings(made, "XENV004", name)) == 4


def test_every_lost_key_is_told_and_so_many_fixes_are_tried(
    project: MakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    few(monkeypatch, "TRIED", 2)
    base = "".join(f"[default.t{number}]\na = 1\nb = 2\n" for number in range(5))
    over = "".join(f"[production.t{number}]\na = 2\n" for number in range(5))
    found = findings(project({"assay.toml": SECTIONED, "settings.toml": base + over}), "SRC020", "production")
    assert len(found) == 5
    assert sum("edit" in one for one in found) == 2
    assert all("dynaconf_merge = true" in one["fix"] for one in found)


def read(name: str, text: str) -> tuple[SourceFile, TomlDocument]:
    return SourceFile(name=name, path=Path(name), named=True, secret=False), parse(text, name)


def test_large_projects_pass() -> None:
    base = read("settings.toml", "[default]\n" + "".join(f"k{key} = 1\n" for key in range(2000)))
    keys = "".join(f"k{key} = 2\n" for key in range(200))
    own = [read(f"e{number}.toml", f"[e{number}]\n{keys}") for number in range(200)]
    assert not any(document.fault for _, document in bounded([base, *own], ("default", "global")))


def test_a_file_that_a_machine_wrote_passes() -> None:
    assert parse("".join(f"k{number} = {number}\n" for number in range(20_000)), "settings.toml").fault is None


@pytest.mark.parametrize("line", ["k = " + '"' + "a" * 100_000, 'k = "password ' + "password_" * 10_000])
def test_a_long_line_that_does_not_parse_is_told_without_its_text(project: MakeProject, line: str) -> None:
    made = project({"assay.toml": SECTIONED, "settings.toml": f"[production]\n{line}\n"})
    ran = made.assay("check")
    assert (ran.status, len(ran.out) < 2000) == (1, True)
    assert "settings.toml:2" in ran.out


@pytest.mark.parametrize("key", ["k[" + "9" * 5000 + "]", "k" + ".a" * 5000, '"' + "\\" * 5000])
def test_a_key_beyond_any_limit_is_unknown(project: MakeProject, key: str) -> None:
    made = project({"assay.toml": SECTIONED, "settings.toml": PLAIN})
    assert made.assay("explain", key, "--env", "production").status == 2


@pytest.mark.parametrize("text", ["[" * 100_000, '{"version":1,"findings":' + "[" * 100_000])
def test_a_deep_baseline_is_none(project: MakeProject, text: str) -> None:
    made = project({"assay.toml": SECTIONED, "settings.toml": PLAIN, "known.json": text})
    ran = made.assay("check", "--baseline", "known.json")
    assert (ran.status, "no baseline" in ran.err) == (2, True)


@pytest.mark.parametrize("number", ["1" + "0" * 400, "-1" + "0" * 400, "inf", "nan"])
def test_a_number_larger_than_any_pool_is_no_fault(project: MakeProject, number: str) -> None:
    profile = f"[production.database]\nhost = 'db.x.example'\npool_size = {number}\nworkers = {number}\n"
    made = project({"assay.toml": SECTIONED, "settings.toml": profile})
    assert made.assay("check").status == 0


@pytest.mark.parametrize(
    "name", ["a" * 300 + ".toml", "a/" * 1000 + "a.toml", "a" * 4000 + ".toml", "*a" * 1000 + ".toml"]
)
def test_a_path_that_is_too_long_is_told(project: MakeProject, name: str) -> None:
    made = project({"assay.toml": f'{SECTIONED}settings_files = ["settings.toml", "{name}"]\n', "settings.toml": PLAIN})
    assert made.assay("check", "--format", "json").status in {0, 1}


def test_a_model_whose_references_double_is_too_large() -> None:
    def table(number: int) -> dict[str, object]:
        return {"type": "object", "properties": {key: {"$ref": f"#/$defs/M{number + 1}"} for key in "ab"}}

    definitions = {f"M{number}": table(number) for number in range(26)} | {"M26": {"type": "string"}}
    assert schema_excess({"properties": {"a": {"$ref": "#/$defs/M0"}}, "$defs": definitions}) is limits.DEFINITIONS
    chain = {f"M{number}": {"properties": {"a": {"$ref": f"#/$defs/M{number + 1}"}}} for number in range(1000)}
    assert schema_excess({"properties": {"a": {"$ref": "#/$defs/M0"}}, "$defs": chain}) is limits.DEPTH
    deep = json.loads('{"items":' * 900 + "{}" + "}" * 900)
    assert schema_excess(deep) is limits.DEPTH
    inner = {"M": {"properties": {"m": {"$ref": "#/$defs/M"}}}}
    assert schema_excess({"properties": {"a": {"$ref": "#/$defs/M"}}, "$defs": inner}) is None
