"""What is set is what an environment then runs with, or it is not written; editors that meet lose nothing."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from projects import MakeProject, ProjectFolder

from app.checking.values import show
from app.core.errors import ArgumentError, AssayError, EditConflict, UnknownKey
from app.editing import edits
from app.editing.edits import edit
from app.editing.proposed_edit import Assignment, Draft, Removal
from app.editing.set_value import assigned
from app.editing.unset_value import removed
from app.project.workspace import Workspace, open_workspace
from app.reports import wire
from app.reports.edit import EditReport
from app.sources.project.discovery import open_project
from app.toml_edit.literal import literal, understood

FILES = {
    "settings.toml": "# all\n[default]\nport = 1\nname = 'x' # why\n\n[default.pool]\nsize = 1\n",
    "settings/staging.toml": "[staging]\npool = { max = 2 }\n",
    "settings/production.toml": "# strict\n[production]\nport = 2\nurl.base = 'a'\n\n[production.pool]\nsize = 2\n",
    ".secrets.toml": "[production]\npassword = 'cAnary_Kq8vTz2'\n",
    "assay.toml": "merge_enabled = true\nlists = 'replace'\n",
}


def setting(key: str, text: str, environment: str, **given: object) -> Callable[[Workspace], Draft]:
    request = Assignment(key=key, text=text, environment=environment, **given)  # type: ignore[arg-type]  # literals of the tests
    return lambda workspace: assigned(workspace, request)


def unsetting(key: str, environment: str) -> Callable[[Workspace], Draft]:
    request = Removal(key=key, environment=environment)
    return lambda workspace: removed(workspace, request)


def as_it_is(text: str) -> str:
    """The type to ask for where a text is to be read as for a new key."""
    return "toml" if literal(text.strip()) else "str"


def put(project: ProjectFolder, key: str, text: str, environment: str, **given: object) -> EditReport:
    return edit(project.workspace(), setting(key, text, environment, **given), "write")


def texts(project: ProjectFolder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in project.root.rglob("*") if path.is_file()}


ENVIRONMENTS = st.sampled_from(["default", "staging", "production"])
KEYS = st.sampled_from(["port", "name", "fresh", "pool.size", "pool.max", "pool.more.deep", "url.base", "url.x"])
VALUES = st.sampled_from(["5", "text", "true", '"5"', "[1, 2]", "1.5", "2024-01-02", "say \"x\" \\ 'y'", "", "é"])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(KEYS, VALUES, ENVIRONMENTS)
def test_what_is_set_is_what_show_shows_from_that_line(
    project: MakeProject, key: str, text: str, environment: str
) -> None:
    made = project(FILES)
    done = put(made, key, text, environment, kind=as_it_is(text))
    assert done.refusal is None
    shown = show(made.workspace(), "development" if environment == "default" else environment).values
    meant = wire.plain(understood(text, "other").value)
    of_key = [value for value in shown if value.key.partition("[")[0] == key.lower()]
    assert [value.value for value in of_key] == (meant if isinstance(meant, list) else [meant])
    for value in of_key:
        assert isinstance(value.origin, wire.FileOrigin)
        assert (value.origin.file, value.origin.section) == (done.file, done.section)
        line = (made.root / done.file).read_text().splitlines()[(value.origin.line or 0) - 1]
        assert key.rpartition(".")[2].lower() in line.lower()
    raw = (made.root / done.file).read_text()
    assert all(comment in raw for comment in ("# all", "# why", "# strict") if comment in FILES[done.file])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(KEYS, VALUES, ENVIRONMENTS)
def test_what_is_set_and_unset_gives_every_file_back(
    project: MakeProject, key: str, text: str, environment: str
) -> None:
    made = project(FILES)
    before = texts(made)
    try:
        edit(made.workspace(), unsetting(key, environment), "judge")
    except UnknownKey:
        put(made, key, text, environment, kind=as_it_is(text))
        assert texts(made) != before
        edit(made.workspace(), unsetting(key, environment), "write")
    assert texts(made) == before


CHOICES = [
    ("port", "5", "production", "settings/production.toml"),
    ("new", "5", "production", "settings/production.toml"),
    ("new", "5", "default", "settings.toml"),
    ("new.sub", "5", "staging", "settings/staging.toml"),
    ("password", "cAnary_Kq8vTz2x", "production", ".secrets.toml"),
    ("token", "cAnary_Kq8vTz2x", "staging", ".secrets.toml"),
    ("api_key", "123456", "default", ".secrets.toml"),
    ("queue", "amqp://u:cAnary_Uq8vTz2@h/x", "staging", ".secrets.toml"),
    ("queue", "amqp://h/x", "staging", "settings/staging.toml"),
]


@pytest.mark.parametrize(("key", "text", "environment", "file"), CHOICES)
def test_the_fitting_file_is_chosen(project: MakeProject, key: str, text: str, environment: str, file: str) -> None:
    done = put(project(FILES), key, text, environment)
    assert (done.file, done.section, done.written) == (file, environment, True)


def test_a_secret_that_looks_like_a_number_stays_a_text(project: MakeProject) -> None:
    made = project(FILES)
    put(made, "password", "30417720000002", "production")
    assert 'password = "30417720000002"' in (made.root / ".secrets.toml").read_text()


def test_an_environment_without_a_file_gets_one_beside_the_others(project: MakeProject) -> None:
    made = project(FILES | {"assay.toml": 'known_environments = ["staging", "production", "testing"]\n'})
    done = put(made, "port", "7", "testing")
    assert (done.file, done.notes) == ("settings/testing.toml", ["settings/testing.toml is new."])
    (port,) = (value for value in show(made.workspace(), "testing").values if value.key == "port")
    assert isinstance(port.origin, wire.FileOrigin)
    assert (port.value, port.origin.file) == (7, "settings/testing.toml")


def test_a_new_file_is_judged_at_the_rank_that_its_glob_gives_it(project: MakeProject) -> None:
    registry = 'known_environments = ["staging", "production", "testing"]\n'
    made = project(FILES | {"assay.toml": registry, "settings/zz.toml": "[default]\nport = 9\n"})
    done = put(made, "port", "7", "testing")
    assert (done.file, done.refusal) == ("settings/zz.toml", None)
    assert [value.value for value in show(made.workspace(), "testing").values if value.key == "port"] == [7]


def test_a_new_file_that_brings_its_local_file_into_play_is_judged_with_it(project: MakeProject) -> None:
    made = project({"settings.local.toml": "[default]\ny = 2\n", ".secrets.toml": "[production]\nz = 1\n"})
    before = texts(made)
    done = put(made, "x", "1", "production")
    assert done.refusal
    assert "production would newly have y." in done.refusal
    assert texts(made) == before


def test_a_secret_that_a_profile_holds_is_written_to_the_secrets_file_and_told(project: MakeProject) -> None:
    made = project(FILES | {"settings/production.toml": "[production]\ntoken = 'cAnary_Kq8vTz2'\n"})
    done = edit(made.workspace(), setting("token", "cAnary_Kq8vTz2x", "production"), "force")
    assert (done.file, done.refusal) == (".secrets.toml", None)
    assert done.notes == ["settings/production.toml:2:1 holds one too, and is no secrets file: take it out of there."]


def test_the_comments_that_go_with_an_old_value_are_told(project: MakeProject) -> None:
    made = project({"settings.toml": "[default]\nports = [\n  1, # the first\n]\n"})
    assert put(made, "ports", "[2]", "default").notes == ["The comments inside the old value go with it."]


def test_an_error_that_only_moved_is_no_new_one() -> None:
    def finding(line: int) -> wire.ReportedFinding:
        return wire.ReportedFinding(
            rule="X001",
            name="x",
            severity="error",
            environment=None,
            key=None,
            fix="",
            origin=None,
            related=[],
            message=f"a.toml:{line}:1 says 5, b.toml:7 says 6.",
        )

    assert edits.identity(finding(3)) == edits.identity(finding(4))


def test_a_secrets_file_is_made_for_its_owner_alone(project: MakeProject) -> None:
    made = project({name: text for name, text in FILES.items() if name != ".secrets.toml"})
    done = put(made, "password", "cAnary_Kq8vTz2x", "production")
    assert done.notes == [".secrets.toml is new."]
    assert (made.root / ".secrets.toml").stat().st_mode & 0o777 == 0o600


def test_files_without_sections_are_edited_at_their_root(project: MakeProject) -> None:
    made = project({"assay.toml": "environments = false\n", "settings.toml": "# c\na = 1\n\n[db]\nhost = 'x'\n"})
    done = put(made, "db.port", "5", "main")
    put(made, "b", "2", "main")
    assert (done.file, done.section) == ("settings.toml", None)
    assert (made.root / "settings.toml").read_text() == "# c\na = 1\nb = 2\n\n[db]\nhost = 'x'\nport = 5\n"


def test_a_section_and_a_first_part_are_found_whatever_their_case(project: MakeProject) -> None:
    made = project({"settings.toml": "[Default]\nPORT = 1\n[Default.Db]\nHost = 'x'\n"})
    put(made, "port", "5", "default")
    put(made, "db.Host", "y", "default")
    assert (made.root / "settings.toml").read_text() == '[Default]\nPORT = 5\n[Default.Db]\nHost = "y"\n'


def test_a_key_that_dynaconf_takes_apart_is_edited_where_it_stands(project: MakeProject) -> None:
    made = project({"settings.toml": '[default]\n"db.port" = 1\ndb__host = "x"\n'})
    put(made, "db.port", "5", "default")
    put(made, "db.host", "y", "default")
    assert (made.root / "settings.toml").read_text() == '[default]\n"db.port" = 5\ndb__host = "y"\n'


def test_a_shadowed_value_is_refused_and_its_shadow_told(project: MakeProject) -> None:
    made = project(FILES | {"settings/zz.toml": "[global]\nport = 9\n"})
    before = texts(made)
    done = put(made, "port", "5", "production")
    assert done.refusal == "production would still take port from settings/zz.toml:2:1."
    assert isinstance(done.shadowed, wire.FileOrigin)
    assert done.shadowed.section == "global"
    assert texts(made) == before


def test_a_variable_of_this_process_wins_here_and_the_file_is_written_for_the_others(project: MakeProject) -> None:
    made = project(FILES)
    environ = {"ENV_FOR_DYNACONF": "production", "DYNACONF_PORT": "9"}
    done = edit(made.workspace(environ), setting("port", "5", "production"), "write")
    assert (done.written, done.refusal) == (True, None)
    assert "Here production still takes port from DYNACONF_PORT, which wins over every file." in done.notes
    assert isinstance(done.shadowed, wire.VariableOrigin)
    assert made.workspace({}).tree("production").by_path["port",].value == 5
    assert made.workspace(environ).tree("production").by_path["port",].value == 9
    assert edit(made.workspace(environ), setting("port", "5", "staging"), "write").shadowed is None


def test_what_another_file_shadows_is_refused_whatever_a_variable_says(project: MakeProject) -> None:
    made = project(FILES | {"settings/zz.toml": "[global]\nport = 9\n"})
    environ = {"ENV_FOR_DYNACONF": "production", "DYNACONF_PORT": "9"}
    done = edit(made.workspace(environ), setting("port", "5", "production"), "write")
    assert done.refusal == "production would still take port from settings/zz.toml:2:1."


def test_a_file_that_ranks_higher_takes_the_value_where_the_environment_s_own_would_lose(project: MakeProject) -> None:
    made = project(FILES | {"settings/zz.toml": "[default]\nfresh = 9\n"})
    done = put(made, "fresh", "5", "production")
    assert (done.file, done.written) == ("settings/zz.toml", True)
    assert show(made.workspace(), "production").values[0].value == 5


def test_force_writes_what_has_no_effect(project: MakeProject) -> None:
    made = project(FILES | {"settings/zz.toml": "[global]\nport = 9\n"})
    assert edit(made.workspace(), setting("port", "5", "production"), "force").written
    assert "port = 5" in (made.root / "settings/production.toml").read_text()


def test_an_edit_that_adds_an_error_to_any_environment_is_refused(own: MakeProject) -> None:
    made = own({"settings.toml": "[default.server]\nport = 1\n"})
    before = texts(made)
    done = put(made, "server.port", "-1", "default")
    assert done.refusal == "It would add 4 errors."
    assert {finding.environment for finding in done.findings} == {"development", "testing", "staging", "production"}
    assert {finding.rule for finding in done.findings} == {"TYP004"}
    assert texts(made) == before


def test_an_error_that_was_there_before_hinders_nobody(own: MakeProject) -> None:
    made = own({"settings.toml": "[default.server]\nport = -1\n"})
    done = put(made, "app.name", "x", "default")
    assert (done.findings, done.written) == ([], True)


def test_what_is_taken_out_may_be_missed(own: MakeProject) -> None:
    made = own(
        {"settings.toml": "[production.database.tls]\nmode = 'verify-full'\n[production.database]\nhost = 'db.x'\n"}
    )
    done = edit(made.workspace(), unsetting("database.tls.mode", "production"), "write")
    assert [finding.rule for finding in done.findings] == ["DB001"]
    assert not done.written


def test_a_url_takes_effect_as_its_parts(own: MakeProject) -> None:
    made = own({".secrets.toml": ""})
    done = put(
        made, "database.url", "postgresql://app:cAnary_Uq8vTz2x@db.example/orders?sslmode=verify-full", "production"
    )
    assert (done.file, done.refusal) == (".secrets.toml", None)
    assert "cAnary_Uq8vTz2x" not in wire.encode(done).decode()
    with pytest.raises(UnknownKey, match=r"takes it from \.secrets\.toml:2:1") as told:
        edit(made.workspace(), unsetting("database.host", "production"), "write")
    assert told.value.fix == "It is part of database.url: set or unset that."


def test_every_environment_s_change_is_told(project: MakeProject) -> None:
    done = edit(project(FILES).workspace(), setting("port", "5", "default"), "judge")
    told = [(change.environment, change.key, change.left and change.left.value, change.right and change.right.value)
            for change in done.changes]  # fmt: skip
    assert told == [("staging", "port", 1, 5), ("development", "port", 1, 5)]


def test_what_nothing_inherits_changes_nothing(project: MakeProject) -> None:
    made = project(
        {"settings.toml": "[default]\nport = 1\n[production]\nport = 2\n", "assay.toml": "env = 'production'\n"}
    )
    done = put(made, "port", "5", "default")
    assert (done.changes, done.written) == ([], True)


def test_what_the_file_says_already_is_not_written(project: MakeProject) -> None:
    made = project(FILES)
    done = put(made, "port", "2", "production")
    assert (done.written, done.refusal, done.notes) == (False, None, ["The file says so already."])


def test_the_only_mention_of_an_environment_stays(project: MakeProject) -> None:
    made = project({"settings.toml": "[default]\nport = 1\n\n[production]\nport = 2\n"})
    edit(made.workspace(), unsetting("port", "production"), "write")
    assert (made.root / "settings.toml").read_text() == "[default]\nport = 1\n\n[production]\n"


def test_the_only_mention_of_an_environment_is_not_taken_out_with_its_key(project: MakeProject) -> None:
    made = project({"settings.toml": "production.port = 2\ndefault.port = 1\n"})
    with pytest.raises(ArgumentError, match="only mention of an environment"):
        edit(made.workspace(), unsetting("port", "production"), "force")


def test_another_spelling_of_the_key_is_another_key(project: MakeProject) -> None:
    made = project({"settings.toml": "[default.box]\nPort = 1\nport = 2\n[production]\nx = 1\n"})
    done = put(made, "box.port", "5", "production")
    values = {leaf.path: leaf.value for leaf in made.workspace().tree("production").leaves}
    assert values == {("x",): 1, ("box", "Port"): 1, ("box", "port"): 5 if done.written else 2}


REFUSED: list[tuple[Callable[[Workspace], Draft], str, str]] = [
    (setting("pool", "5", "production"), "pool is a table", "pool.size"),
    (setting("port.x", "5", "production"), "port is a value .settings/production.toml:3:1.", "unset it first"),
    (setting("tags[3]", "5", "production"), "tags.3. is no item of the list", "whole list"),
    (setting("port", "5", "prodction"), "There is no environment 'prodction'", "'production'"),
    (setting("port", "5", "developmnt"), "There is no environment 'developmnt'", "'development'"),
    (setting("port", "5", "defalt"), "There is no environment 'defalt'", "'default'"),
    (setting("port", "5", "staging,production"), "several environments", "one at a time"),
    (setting("a..b", "5", "production"), "'a..b' is no key", "dots"),
    (setting("port", "5", "production", file="settings/prod.toml"), "no TOML profile", "'settings/production.toml'"),
    (setting("password", "x", "production", file="settings.toml"), "password is a secret", ".secrets.toml"),
    (unsetting("pool", "production"), "written as tables", "one by one"),
    (unsetting("name", "production"), "takes it from settings.toml:4:1", "assay unset name --env default"),
    (unsetting("pool.max", "production"), "settings/staging.toml:2:10 does", "--env staging"),
    (unsetting("prt", "production"), "nothing else does", "'port'"),
]


@pytest.mark.parametrize(("plan", "why", "fix"), REFUSED)
def test_what_cannot_be_edited_is_told_with_what_to_do(
    project: MakeProject, plan: Callable[[Workspace], Draft], why: str, fix: str
) -> None:
    made = project(FILES)
    before = texts(made)
    with pytest.raises(AssayError, match=why) as told:
        edit(made.workspace(), plan, "force")
    assert told.value.exit_status == 2
    assert fix in told.value.fix
    assert texts(made) == before


BROKEN = [
    (b"[production]\nport = \n", r"settings/production\.toml:2:8: settings/production\.toml does not parse"),
    (b"\xef\xbb\xbf[production]\n", r"settings/production\.toml:1:1: .* begins with a byte-order mark"),
    (b"[production]\nx = '\xff'\n", r"settings/production\.toml:2:6: .* is not UTF-8"),
    (b"[production]\nport = 1\nPORT = 2\n", r"spells PORT in two ways: port, PORT"),
]


@pytest.mark.parametrize(("raw", "why"), BROKEN)
def test_a_file_that_is_not_fit_is_left_alone_and_the_place_told(project: MakeProject, raw: bytes, why: str) -> None:
    made = project(FILES | {"settings/production.toml": raw})
    with pytest.raises(ArgumentError, match=why):
        put(made, "port", "5", "production")
    assert (made.root / "settings/production.toml").read_bytes() == raw


def test_a_link_to_nothing_is_not_made_something(project: MakeProject) -> None:
    made = project(FILES)
    (made.root / "settings/production.toml").unlink()
    (made.root / "settings/production.toml").symlink_to("absent.toml")
    with pytest.raises(ArgumentError, match=r"settings/production\.toml cannot be read: it is a link to nothing"):
        put(made, "port", "5", "production", file="settings/production.toml")
    assert not (made.root / "settings/absent.toml").exists()


def test_a_file_that_changed_while_it_was_judged_is_judged_again(project: MakeProject) -> None:
    made, seen = project(FILES), []

    def plan(workspace: Workspace) -> Draft:
        draft = setting("port", "5", "production")(workspace)
        seen.append(draft.raw)
        if len(seen) == 1:
            file = made.root / "settings/production.toml"
            file.write_text(file.read_text() + "by_hand = true\n")
        return draft

    assert edit(made.workspace(), plan, "write").written
    assert len(seen) == 2
    assert (made.root / "settings/production.toml").read_text().endswith("by_hand = true\n")


def test_another_file_that_changed_is_judged_again_too(own: MakeProject) -> None:
    """Each of two edits is harmless, both together are not: the second is judged with the first."""
    made = own({"settings/production.toml": "[production.database]\nhost = 'db.x'\ntls.mode = 'verify-full'\n",
                "settings/staging.toml": "[staging]\n"})  # fmt: skip
    turns: list[str] = []

    def plan(workspace: Workspace) -> Draft:
        draft = unsetting("database.tls.mode", "production")(workspace)
        if not turns:
            (made.root / "settings/staging.toml").write_text("[staging]\n# a thought\n")
        turns.append("judged")
        return draft

    edit(made.workspace(), plan, "force")
    assert turns == ["judged", "judged"]


def test_files_that_never_rest_are_not_written(project: MakeProject) -> None:
    made = project(FILES)
    file = made.root / "settings/production.toml"

    def plan(workspace: Workspace) -> Draft:
        draft = setting("port", "5", "production")(workspace)
        file.write_text(file.read_text() + "#\n")
        return draft

    with pytest.raises(EditConflict):
        edit(made.workspace(), plan, "write")
    assert "port = 2" in file.read_text()


def test_editors_at_once_lose_no_edit(project: MakeProject) -> None:
    made = project(FILES)
    starting, environments = Barrier(4), ["production", "production", "staging", "default"]

    def editor(number: int, environment: str) -> None:
        starting.wait()
        for turn in range(6):
            edit(open_workspace(made.root, {}), setting(f"new.by{number}.turn{turn}", str(turn), environment), "write")

    threads = [Thread(target=editor, args=pair) for pair in enumerate(environments)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    after = open_workspace(made.root, {})
    for number, environment in enumerate(environments):
        tree = after.tree("staging" if environment == "default" else environment)
        assert [getattr(tree.get("new", f"by{number}", f"turn{turn}"), "value", None) for turn in range(6)] == [
            *range(6)
        ]
    assert open_project(made.root).faults == []
