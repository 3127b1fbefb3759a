"""`assay usage`, and where explanations, the matrix and checks say what code reads."""

from pathlib import Path

import pytest
from projects import MakeProject, ProjectFolder

FILES = {
    "config.py": "from dynaconf import Dynaconf, Validator\n"
    'settings = Dynaconf(\n    settings_files=["settings.toml"],\n'
    '    validators=[Validator("REDIS.PORT", gte=1)],\n)\n',
    "cache.py": "from config import settings\nprint(settings.redis.port, settings.redis.host)\nopen(**settings.mail)\n",
    "tests/test_it.py": "from config import settings\nassert settings.redis.port\n",
    "settings.toml": '[redis]\nport = 0\nhots = "a"\nold = 1\n[mail]\nhost = "b"\n',
}


@pytest.fixture
def shop(project: MakeProject) -> ProjectFolder:
    return project(FILES)


def test_every_key_has_its_verdict(shop: ProjectFolder) -> None:
    ran = shop.assay("usage", "--format", "json")
    document = ran.json
    assert ran.status == 0
    assert document["call"] == {"file": "config.py", "line": 2}
    assert {one["key"]: one["verdict"] for one in document["keys"]} == {
        "redis.port": "read", "redis.hots": "unread", "redis.old": "unread", "mail.host": "unclear",
    }  # fmt: skip
    keys = {one["key"]: one for one in document["keys"]}
    assert keys["redis.port"]["reads"] == [
        {"file": "cache.py", "line": 2, "column": 7, "default": False, "test": False},
        {"file": "tests/test_it.py", "line": 2, "column": 8, "default": False, "test": True},
    ]
    assert keys["mail.host"]["unclear"] == [
        {"file": "cache.py", "line": 3, "message": "mail is used as a whole there."}
    ]
    assert [(one["key"], one["nearest"]) for one in document["missing"]] == [("redis.host", "redis.hots")]
    [validator] = document["validators"]
    assert (validator["line"], validator["names"], validator["environments"][0]["passed"]) == (4, ["REDIS.PORT"], False)


def test_a_key_narrows_it(shop: ProjectFolder) -> None:
    assert [one["key"] for one in shop.assay("usage", "MAIL", "--format", "json").json["keys"]] == ["mail.host"]
    ran = shop.assay("usage", "redis.prot")
    assert (ran.status, "Did you mean" in ran.err) == (2, True)


def test_text_tells_what_nobody_reads_first(shop: ProjectFolder) -> None:
    lines = shop.assay("usage").out.splitlines()
    assert lines[:3] == ["Read by no code", "  redis.hots", "  redis.old"]
    assert "  redis.host  in main: read at cache.py:2; it looks like redis.hots" in lines
    assert "  redis.port  cache.py:2, tests/test_it.py:2 (test)" in lines
    assert "  REDIS.PORT  config.py:4 refuses main" in lines
    assert lines[-1] == "4 keys: 1 read, 2 unread, 1 unclear. Settings are made in config.py:2."


def test_formats_for_programs_hold_its_findings_alone(shop: ProjectFolder) -> None:
    results = shop.assay("usage", "--format", "sarif").json["runs"][0]["results"]
    assert {one["ruleId"] for one in results} == {"USE001", "USE003"}
    assert "VAL001" not in shop.assay("usage", "--format", "github").out
    assert "redis.old" not in shop.assay("usage", "redis.hots", "--format", "github").out
    assert "Nothing is found" in shop.assay("usage", "mail", "--format", "github").err


def test_where_no_code_is_read_that_is_said(project: MakeProject) -> None:
    ran = project({"settings.toml": "[default]\na = 1\n", "assay.toml": ""}).assay("usage")
    assert (ran.status, ran.out.startswith("No code is read")) == (0, True)


def test_an_explanation_says_where_a_value_is_read(shop: ProjectFolder) -> None:
    assert "    read at cache.py:2, tests/test_it.py:2 (test)" in shop.assay("explain", "redis.port").out
    assert "    read nowhere by its name" in shop.assay("explain", "redis.old").out
    [leaf] = shop.assay("explain", "redis.port", "--format", "json").json["leaves"]
    assert [read["line"] for read in leaf["reads"]] == [2, 2]


def test_the_matrix_shows_what_nobody_reads(shop: ProjectFolder) -> None:
    rows = shop.assay("matrix", "--unread", "--format", "json").json["rows"]
    assert [(row["key"], row["usage"]) for row in rows] == [("redis.hots", "unread"), ("redis.old", "unread")]


def test_waivers_and_baselines_hold_for_what_code_reads(shop: ProjectFolder, tmp_path: Path) -> None:
    kept = tmp_path / "known.json"
    shop.assay("check", "--write-baseline", str(kept))
    assert shop.assay("check", "--baseline", str(kept), "--format", "json").json["known"] >= 2
    waiver = '{ rule = "USE001", key = "redis.old", reason = "next release", expires = 2027-01-01 }'
    shop.write({"assay.toml": f"waivers = [{waiver}]\n"})
    document = shop.assay("check", "--format", "json").json
    assert [one["key"] for one in document["waived"]] == ["redis.old"]


def test_a_key_that_nobody_sets_says_where_the_code_reads_it(project: MakeProject) -> None:
    code = "from config import settings\nprint(settings.SIZE, settings.gone, settings.get('weak'))\n"
    call = "from dynaconf import Dynaconf\nsettings = Dynaconf(environments=True, settings_files=['settings.toml'])\n"
    made = project({
        "config.py": call, "use.py": code, "tests/test_it.py": code,
        "settings.toml": "[development]\nsize = 1\n[production]\nx = 1\n",
    })  # fmt: skip
    for key, said in {
        "size": "development (settings.toml:2:1) does. The code reads it at use.py:2.",
        "gone": "sets 'gone'. The code reads it at use.py:2.",
        "weak": "sets 'weak'. The code reads it at use.py:2, with a default.",
        "nothing": "sets 'nothing'.\n",
    }.items():
        ran = made.assay("explain", key, "--env", "production")
        assert (ran.status, said in ran.err) == (2, True), ran.err
