import io
import subprocess
import sys
from dataclasses import replace

import pytest
import tomli
from projects import MakeProject, ProjectFolder

FILES = {
    "settings.toml": "# for all\n[default.server]\nport = 1  # why\n",
    "settings/production.toml": "[production.database]\nhost = 'db.x'\ntls.mode = 'verify-full'\n",
    ".secrets.toml": "[production.database]\npassword = 'canary-old'\n",
}


@pytest.fixture
def edited(own: MakeProject) -> ProjectFolder:
    return own(FILES)


def text(project: ProjectFolder, name: str) -> str:
    return (project.root / name).read_text()


def test_set_writes_and_tells_what_changes_where(edited: ProjectFolder) -> None:
    ran = edited.assay("set", "server.port", "8080", "--env", "default")
    assert ran.status == 0
    assert ran.out.splitlines()[:3] == [
        "wrote settings.toml in [default]",
        "~ server.port",
        "    development  1 → 8080",
    ]
    assert text(edited, "settings.toml") == "# for all\n[default.server]\nport = 8080  # why\n"


def test_unset_gives_the_file_back(edited: ProjectFolder) -> None:
    assert edited.assay("set", "server.workers", "2", "--env", "production").status == 0
    assert "[production.server]\nworkers = 2\n" in text(edited, "settings/production.toml")
    assert edited.assay("unset", "server.workers", "--env", "production").status == 0
    assert text(edited, "settings/production.toml") == FILES["settings/production.toml"]


def test_the_answer_as_json(edited: ProjectFolder) -> None:
    ran = edited.assay("set", "server.port", "8080", "--env", "production", "--format", "json")
    (change,) = ran.json.pop("changes")
    assert (change["environment"], change["key"], change["kind"]) == ("production", "server.port", "changed")
    assert (change["left"]["value"], change["right"]["value"]) == (1, 8080)
    assert change["right"]["origin"]["file"] == "settings/production.toml"
    assert {name: value for name, value in ran.json.items() if name != "changes"} == {
        "version": 1, "file": "settings/production.toml", "section": "production", "key": "server.port",
        "written": True, "findings": [], "shadowed": None, "refusal": None, "notes": [], "hint": None,
    }  # fmt: skip


def test_a_dry_run_writes_nothing(edited: ProjectFolder) -> None:
    ran = edited.assay("set", "server.port", "8080", "--env", "default", "--dry-run")
    assert ran.status == 0
    assert ran.out.startswith("not written: settings.toml in [default]\n~ server.port\n")
    assert text(edited, "settings.toml") == FILES["settings.toml"]


def test_what_adds_an_error_is_refused_unless_it_is_forced(edited: ProjectFolder) -> None:
    ran = edited.assay("set", "server.port", "-1", "--env", "production")
    assert ran.status == 1
    assert "error[TYP004] constraint in production" in ran.out
    assert "refused: It would add an error." in ran.out
    assert text(edited, "settings/production.toml") == FILES["settings/production.toml"]
    assert edited.assay("set", "server.port", "-1", "--env", "production", "--dry-run").status == 1
    assert edited.assay("set", "server.port", "-1", "--env", "production", "--force").status == 0
    assert "port = -1" in text(edited, "settings/production.toml")


def test_what_a_variable_hides_here_is_written_and_said(edited: ProjectFolder) -> None:
    ran = edited.assay("set", "server.port", "5", "--env", "development", ASSAY_SERVER__PORT="9")
    assert ran.status == 0
    told = "Here development still takes server.port from ASSAY_SERVER__PORT, which wins over every file."
    assert told in " ".join(ran.out.split())


@pytest.mark.parametrize("how", ["text", "json"])
def test_a_secret_is_in_no_answer(edited: ProjectFolder, how: str) -> None:
    ran = edited.assay("set", "database.password", "canary-new", "--env", "production", "--format", how)
    assert ran.status == 0
    assert "canary" not in ran.out + ran.err
    assert "Other users of this machine can see it" in ran.err
    assert 'password = "canary-new"' in text(edited, ".secrets.toml")
    ran = edited.assay("unset", "database.password", "--env", "production", "--force", "--format", how)
    assert "canary" not in ran.out + ran.err


def test_a_secret_comes_from_standard_input_unseen(edited: ProjectFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("canary-new\nmore\n\n"))
    ran = edited.assay("set", "database.password", "-", "--env", "production")
    assert (ran.status, ran.err) == (0, "")
    assert text(edited, ".secrets.toml") == '[production.database]\npassword = "canary-new\\nmore\\n"\n'


def test_standard_input_without_a_line_is_no_value(edited: ProjectFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    ran = edited.assay("set", "database.password", "-", "--env", "production")
    assert ran.status == 2
    assert "Standard input holds no value" in ran.err


def test_a_value_in_pieces_is_not_echoed(edited: ProjectFolder) -> None:
    ran = edited.assay("set", "database.password", "canary-one", "canary-two", "--env", "production")
    assert ran.status == 2
    assert "There is more than one VALUE." in ran.err
    assert "canary" not in ran.out + ran.err


def test_a_misspelled_option_is_no_value(edited: ProjectFolder) -> None:
    ran = edited.assay("set", "server.port", "--forse", "--env", "production")
    assert ran.status == 2
    assert "No such option" in ran.err
    assert text(edited, "settings/production.toml") == FILES["settings/production.toml"]


def test_a_text_stays_one_on_demand(project: MakeProject) -> None:
    made = project({"settings.toml": "[default]\n"})
    made.assay("set", "a", "5", "--env", "default", "--string")
    made.assay("set", "b", "@int 5", "--env", "default", "--string")
    made.assay("set", "c", "@int 5", "--env", "default")
    shown = {value["key"]: value["value"] for value in made.assay("show", "--format", "json").json["values"]}
    assert shown == {"a": "5", "b": "@int 5", "c": 5}


def test_a_list_is_typed_with_commas_and_a_text_as_it_is(edited: ProjectFolder) -> None:
    edited.assay("set", "cors.allow_origins", "https://a.example, https://b.example", "--env", "production")
    edited.assay("set", "app.name", "42", "--env", "production")
    written = text(edited, "settings/production.toml")
    assert '[production.cors]\nallow_origins = ["https://a.example", "https://b.example"]\n' in written
    assert '[production.app]\nname = "42"\n' in written


@pytest.mark.parametrize(
    "file", ["settings.toml", "./settings.toml", "settings/../settings.toml", "{root}/settings.toml"]
)
def test_a_file_is_named_as_paths_are(edited: ProjectFolder, file: str) -> None:
    named = file.format(root=edited.root)
    ran = edited.assay("set", "server.port", "5", "--env", "production", "--file", named)
    assert ran.status == 0
    assert "[production.server]\nport = 5\n" in text(edited, "settings.toml")


def test_a_file_is_named_from_where_one_is(edited: ProjectFolder) -> None:
    inside = replace(edited, root=edited.root / "settings")
    ran = inside.assay("set", "server.port", "5", "--env", "production", "--project", "..", "--file", "production.toml")
    assert ran.status == 0
    assert "[production.server]\nport = 5\n" in text(edited, "settings/production.toml")


def test_a_profile_behind_a_link_is_written_through_it(edited: ProjectFolder) -> None:
    profile, target = edited.root / "settings/production.toml", edited.root / "elsewhere.txt"
    profile.rename(target)
    profile.symlink_to(target)
    assert edited.assay("set", "server.port", "5", "--env", "production").status == 0
    assert profile.is_symlink()
    assert "[production.server]\nport = 5\n" in text(edited, "elsewhere.txt")


def test_an_unknown_environment_suggests_the_nearest(edited: ProjectFolder) -> None:
    for command in (("set", "server.port", "5"), ("unset", "server.port")):
        ran = edited.assay(*command, "--env", "prodution")
        assert (ran.status, "Did you mean 'production'?" in ran.err) == (2, True)


def test_the_environment_must_be_said(edited: ProjectFolder) -> None:
    assert edited.assay("set", "server.port", "5").status == 2
    assert edited.assay("unset", "server.port").status == 2


def test_an_unset_key_that_another_layer_sets_is_told_with_the_command(edited: ProjectFolder) -> None:
    ran = edited.assay("unset", "server.port", "--env", "production", "--format", "json")
    assert ran.status == 2
    assert ran.json["error"]["message"] == (
        "[production] does not set server.port; production takes it from settings.toml:3:1."
    )
    assert ran.json["error"]["fix"] == "Unset it there: assay unset server.port --env default."


def test_two_processes_at_once_lose_no_edit(edited: ProjectFolder) -> None:
    keys = ["server.port", "server.workers", "app.name", "logging.level"]
    values = ["8001", "3", "orders", "warning"]
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "app", "set", key, value, "--env", "production", "--project", str(edited.root)],
            stdout=subprocess.DEVNULL,
        )
        for key, value in zip(keys, values, strict=True)
    ]
    assert [process.wait() for process in running] == [0, 0, 0, 0]
    shown = {value["key"]: value for value in edited.assay("show", "production", "--format", "json").json["values"]}
    assert [str(shown[key]["value"]) for key in keys] == values


def test_unset_says_that_a_file_cannot_be_read(project: MakeProject) -> None:
    made = project({"settings.toml": '[production]\nport = 1\n"broken\n'})
    done = made.assay("unset", "port", "--env", "production")
    assert done.status == 2
    assert "as far as can be read: settings.toml:3 does not parse" in done.err


def test_a_key_is_written_as_the_files_spell_it(project: MakeProject) -> None:
    profile = '[default]\nPAGE_SIZE = 1\n[default.Queue]\nname = "x"\n[development]\nMODE = 1\n[production]\nx = 1\n'
    made = project({"assay.toml": "", "settings.toml": profile})
    for key in ("page_size", "mode", "Queue.size"):
        ran = made.assay("set", key, "5", "--env", "production")
        assert ran.status == 0, ran.err
    said = tomli.loads((made.root / "settings.toml").read_text())["production"]
    assert said == {"x": 1, "PAGE_SIZE": 5, "MODE": 5, "Queue": {"dynaconf_merge": True, "size": 5}}
    (made.root / "settings.toml").write_text('[default]\nSECRET_KEY = "changeme"\n[production]\nDEBUG = true\n')
    environments = made.assay("check", "--format", "json").json["environments"]
    fixes = [one["fix"] for each in environments for one in each["findings"]]
    assert any("[production] SECRET_KEY = " in fix for fix in fixes)
    assert not any("secret_key = " in fix for fix in fixes)
