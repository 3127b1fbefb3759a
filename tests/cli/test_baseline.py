"""Baselines: what a project had when it took Assay up, and nothing new behind its back."""

import json
import os
from pathlib import Path

import pytest
from histories import git
from projects import MakeProject, ProjectFolder

FILES = {
    "assay.toml": 'known_environments = ["development", "production"]\n',
    "settings.toml": '[production]\ndebug = true\n[production.cors]\nallow_origins = ["*"]\n',
}


@pytest.fixture
def adopted(project: MakeProject) -> ProjectFolder:
    """A project whose findings are known."""
    made = project(FILES)
    assert made.assay("check", "--write-baseline", "known.json").status == 1
    return made


def entries(project: ProjectFolder) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads((project.root / "known.json").read_text())["findings"]
    return found


def test_only_what_is_new_is_told(adopted: ProjectFolder) -> None:
    old = adopted.assay("check", "--baseline", "known.json", "--format", "json")
    assert (old.status, old.json["valid"], old.json["known"]) == (0, True, 2)
    assert old.json["environments"][1]["findings"] == []
    adopted.write({"settings/production.toml": "[production.admin]\ndebug = true\n"})
    new = adopted.assay("check", "--baseline", "known.json", "--format", "json")
    assert new.status == 1
    assert new.json["counts"]["error"] == new.json["environments"][1]["counts"]["error"] == 1
    assert [finding["key"] for finding in new.json["environments"][1]["findings"]] == ["admin.debug"]


def test_text_says_how_many_are_known(adopted: ProjectFolder) -> None:
    assert "2 known from the baseline" in adopted.assay("check", "--baseline", "known.json").out


def test_a_finding_is_the_same_when_its_line_moves_and_another_in_another_file(adopted: ProjectFolder) -> None:
    adopted.write({"settings.toml": "# moved\n\n" + FILES["settings.toml"].replace("true", "  true # still")})
    assert adopted.assay("check", "--baseline", "known.json").status == 0
    adopted.write({"settings/production.toml": FILES["settings.toml"], "settings.toml": ""})
    assert adopted.assay("check", "--baseline", "known.json").status == 1


def test_a_second_one_of_a_kind_is_new(project: MakeProject) -> None:
    unused = '[[waivers]]\nrule = "DB001"\nreason = "x"\nexpires = 2030-01-01\n'
    made = project({"assay.toml": unused, "settings.toml": "[production]\nport = 1\n"})
    made.assay("check", "--write-baseline", "known.json")
    assert made.assay("check", "--baseline", "known.json", "--fail-level", "warning").status == 0
    made.write({"assay.toml": unused + unused})
    ran = made.assay("check", "--baseline", "known.json", "--fail-level", "warning", "--format", "json")
    assert (ran.status, ran.json["known"], ran.json["counts"]["warning"]) == (1, 1, 1)


def test_the_same_findings_give_the_same_bytes_whatever_their_lines(adopted: ProjectFolder) -> None:
    first = (adopted.root / "known.json").read_bytes()
    adopted.write({"settings.toml": "\n\n" + FILES["settings.toml"]})
    adopted.assay("check", "--write-baseline", "known.json")
    assert (adopted.root / "known.json").read_bytes() == first
    assert [entry["rule"] for entry in entries(adopted)] == ["APP001", "CORS001"]
    assert all(len(entry["fingerprint"]) == 64 for entry in entries(adopted))


def test_what_occurs_no_more_is_told_where_everything_was_checked(adopted: ProjectFolder) -> None:
    adopted.write({"settings.toml": "[production]\ndebug = false\n"})
    assert "2 findings of the baseline occur no more" in adopted.assay("check", "--baseline", "known.json").err
    assert adopted.assay("check", "development", "--baseline", "known.json").err == ""


def test_a_waived_finding_still_occurs(adopted: ProjectFolder) -> None:
    said = '[[waivers]]\nrule = "APP001"\nreason = "x"\nexpires = 2030-01-01\n'
    adopted.write({"assay.toml": FILES["assay.toml"] + said})
    assert adopted.assay("check", "--baseline", "known.json").err == ""


def test_writing_says_so_and_leaves_nothing_else_behind(adopted: ProjectFolder) -> None:
    assert "2 findings written to known.json" in adopted.assay("check", "--write-baseline", "known.json").err
    assert {path.name for path in adopted.root.iterdir()} == {*FILES, "known.json"}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "no baseline known.json"),
        ("", "known.json is no baseline"),
        ("{", "known.json is no baseline"),
        ("[]", "known.json is no baseline"),
        ('{"version":1}', "known.json is no baseline"),
        ('{"version":2,"findings":[]}', "version 2"),
        (b'{"version":1,"findings":[{"fingerprint":"\xff"}]}', "known.json is no baseline"),
    ],
)
def test_a_file_that_is_no_baseline_ends_with_2_and_says_how_to_make_one(
    project: MakeProject, content: str | bytes | None, told: str
) -> None:
    made = project({**FILES, **({} if content is None else {"known.json": content})})
    ran = made.assay("check", "--baseline", "known.json")
    assert ran.status == 2
    assert told in ran.err
    assert "--write-baseline" in ran.err
    assert ran.out == ""


def test_a_baseline_that_cannot_be_written_ends_with_2_and_the_old_one_stays(adopted: ProjectFolder) -> None:
    ran = adopted.assay("check", "--write-baseline", "nowhere/known.json")
    assert ran.status == 2
    assert "cannot be written" in ran.err
    folder = adopted.root / "folder"
    folder.mkdir()
    assert adopted.assay("check", "--write-baseline", "folder").status == 2
    assert list(folder.iterdir()) == []
    assert sorted(path.name for path in adopted.root.iterdir()) == sorted([*FILES, "folder", "known.json"])


def test_reading_and_writing_at_once_is_refused(adopted: ProjectFolder) -> None:
    before = (adopted.root / "known.json").read_bytes()
    ran = adopted.assay("check", "--baseline", "known.json", "--write-baseline", "known.json")
    assert ran.status == 2
    assert "do not go together" in ran.err
    assert (adopted.root / "known.json").read_bytes() == before


def test_a_baseline_holds_no_secret(project: MakeProject, tmp_path: Path) -> None:
    made = project(
        {"settings.toml": '[production.database]\nhost = "db.example.com"\nuser = "app"\npassword = "app"\n'}
    )
    made.assay("check", "--write-baseline", str(tmp_path / "known.json"))
    content = json.loads((tmp_path / "known.json").read_text())
    assert {entry["rule"] for entry in content["findings"]} >= {"DB002"}
    fields = {"fingerprint", "rule", "severity", "environment", "key", "file"}
    assert all(set(entry) == fields for entry in content["findings"])


def test_an_active_environment_that_does_not_exist_ends_with_2_under_a_baseline_too(adopted: ProjectFolder) -> None:
    adopted.assay("check", "--write-baseline", "known.json", ENV_FOR_DYNACONF="nowhere")
    assert adopted.assay("check", "--baseline", "known.json", ENV_FOR_DYNACONF="nowhere").status == 2


def test_what_is_no_file_is_not_replaced_by_a_baseline(project: MakeProject) -> None:
    made = project({"settings.toml": "[production]\ndebug = true\n"})
    os.mkfifo(made.root / "pipe")
    made.write({"real.json": "{}"})
    (made.root / "link.json").symlink_to("real.json")
    ran = made.assay("check", "--write-baseline", "pipe")
    assert (ran.status, "it is no file" in ran.err) == (2, True)
    assert (made.root / "pipe").is_fifo()
    made.assay("check", "--write-baseline", "link.json")
    assert (made.root / "link.json").is_symlink()
    assert "version" in (made.root / "real.json").read_text()


def test_a_known_finding_that_has_grown_worse_is_new(project: MakeProject) -> None:
    made = project({"settings.toml": "[production]\nport = 1\n", ".secrets.toml": "[production]\n"})
    git(made.root, "init", "--quiet")
    git(made.root, "add", "--all")
    path = os.environ["PATH"]
    made.assay("check", "--write-baseline", "known.json", PATH=path)
    assert [one["severity"] for one in entries(made) if one["rule"] == "SEC003"] == ["warning"]
    made.write({".secrets.toml": '[production]\ntoken = "Qm9sdXB0YXNleHBsaWNhYm8"\n'})
    ran = made.assay("check", "--baseline", "known.json", "--format", "json", PATH=path)
    assert (ran.status, [one["rule"] for one in ran.json["findings"]]) == (1, ["SEC003"])
    made.write({"known.json": (made.root / "known.json").read_text().replace('"severity": "warning",', "")})
    assert made.assay("check", "--baseline", "known.json", PATH=path).status == 0
