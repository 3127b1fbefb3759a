import pytest
from projects import MakeProject
from told import SECTIONED, findings, related, told

URL = "postgresql://app:canary-1@db-1.example.com:5432/orders?sslmode=verify-full"


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('host = "db-2.example.com"', "database.host"),
        ("port = 5433", "database.port"),
        ('username = "other"', "database.username"),
        ('password = "canary-2"', "database.password"),
        ('name = "other"', "database.name"),
        ('tls = { mode = "require" }', "database.tls.mode"),
    ],
)
def test_a_part_that_contradicts_the_url_is_an_error_that_names_both(own: MakeProject, line: str, key: str) -> None:
    made = own({".secrets.toml": f'[production.database]\nurl = "{URL}"\n{line}\n'})
    column = line.index("mode") + 1 if "mode" in line else 1
    assert told(made, "DB006") == [f"error production {key} .secrets.toml:3:{column}"]
    assert related(made, "DB006") == [[".secrets.toml:2:1"]]
    (finding,) = findings(made, "DB006")
    assert "database.url" in finding["message"]
    assert key in finding["message"]
    assert "canary" not in finding["message"] + finding["fix"]


def test_the_later_of_the_two_is_pointed_at(own: MakeProject) -> None:
    made = own({".secrets.toml": f'[production.database]\nhost = "x"\nurl = "{URL}"\n'})
    assert told(made, "DB006") == ["error production database.host .secrets.toml:3:1"]
    assert related(made, "DB006") == [[".secrets.toml:2:1"]]


def test_every_environment_that_reads_the_layer_is_told(own: MakeProject) -> None:
    made = own({"settings.toml": f'[default.database]\nhost = "x"\nurl = "{URL}"\n'})
    assert len(told(made, "DB006")) == 4


def test_a_part_that_agrees_or_that_the_url_leaves_out_is_fine(own: MakeProject) -> None:
    profile = f'[production.database]\nurl = "{URL}"\nhost = "DB-1.example.com"\nport = 5432\npool = {{ size = 3 }}\n'
    assert told(own({".secrets.toml": profile}), "DB006") == []
    short = '[production.database]\nurl = "postgresql://db-1/orders"\nport = 1\nusername = "x"\npassword = "y"\n'
    assert told(own({".secrets.toml": short}), "DB006") == []


def test_two_layers_may_disagree(own: MakeProject) -> None:
    made = own({"settings.toml": f'[default.database]\nurl = "{URL}"\n[production.database]\nhost = "db-2"\n'})
    assert told(made, "DB006", ENV_FOR_DYNACONF="production", ASSAY_DATABASE__HOST="db-3") == []


@pytest.mark.parametrize("part", ['"@format {env[HOST]}"', '"${HOST}"'])
def test_a_reference_contradicts_nothing(own: MakeProject, part: str) -> None:
    assert told(own({".secrets.toml": f'[production.database]\nurl = "{URL}"\nhost = {part}\n'}), "DB006") == []


def test_an_explicit_part_keeps_its_own_place(own: MakeProject) -> None:
    made = own({".secrets.toml": f'[production.database]\nurl = "{URL}"\nhost = "x"\n'})
    tree = made.workspace().tree("production")
    places = {leaf.key: str(leaf.origin) for leaf in tree.leaves}
    assert places["database.host"] == ".secrets.toml:3:1"
    assert places["database.port"] == ".secrets.toml:2:1"


@pytest.mark.parametrize(
    ("profile", "line"),
    [
        (f'[production.db]\nurl = "{URL}"\nhost = "other"\n', "db.host settings.toml:3:1"),
        (f'[production]\nDATABASE_URL = "{URL}"\nDATABASE_HOST = "other"\n', "database_host settings.toml:3:1"),
        (f'[production]\ndatabase_url = "{URL}"\ndatabase.port = 1\n', "database.port settings.toml:3:1"),
        ("[production.db]\nuri = 'mysql://a:b@x/y'\nUser = 'c'\n", "db.User settings.toml:3:1"),
        ("[production.db]\nhost = 'x'\nHOST = 'y'\n", "db.HOST settings.toml:3:1"),
        ("[production]\ndb__host = 'x'\ndb = {host = 'y'}\n", "db.host settings.toml:3:7"),
    ],
)
def test_a_foreign_project_is_understood_by_name(project: MakeProject, profile: str, line: str) -> None:
    made = project({"assay.toml": SECTIONED, "settings.toml": profile})
    assert told(made, "DB006") == [f"error production {line}"]


@pytest.mark.parametrize(
    "profile",
    [
        f'[production]\nurl = "{URL}"\nhost = "0.0.0.0"\n',
        f'[production.server]\ndatabase_url = "{URL}"\nhost = "0.0.0.0"\nport = 80\n',
        f'[production.service]\nurl = "{URL}"\nname = "orders-api"\n',
        f'[production.database]\nurl = "{URL}"\n[production.database.replica]\nhost = "other"\n',
        "[production.database]\nurl = 'https://db.example.com/x'\nhost = 'other'\n",
        "[production.database]\nurl = 'sqlite:///x.db'\nname = 'other'\n",
        "[production.server]\nhost = 'x'\nHOST = 'y'\n",
        f'[production]\ndatabase_url = "{URL}"\nredis_host = "other"\n',
    ],
)
def test_what_belongs_to_something_else_is_no_contradiction(project: MakeProject, profile: str) -> None:
    assert told(project({"assay.toml": SECTIONED, "settings.toml": profile}), "DB006") == []


def test_one_variable_that_holds_a_whole_table_can_contradict_itself(project: MakeProject) -> None:
    made = project({"assay.toml": SECTIONED, "settings.toml": "[production]\na = 1\n"})
    environ = {"ENV_FOR_DYNACONF": "production", "DYNACONF_DB": f'{{url = "{URL}", host = "x"}}'}
    assert told(made, "DB006", **environ) == ["error production db.host DYNACONF_DB"]
    assert told(made, "DB006", **(environ | {"DYNACONF_DB": f'{{url = "{URL}", port = 5432}}'})) == []


def test_a_part_that_the_url_beside_it_says_too_is_changed_with_it(own: MakeProject) -> None:
    parts = 'host = "db-1.example.com"\nname = "orders"\n'
    made = own({"settings.toml": f'[development.database]\n{parts}[production.database]\nurl = "{URL}"\n{parts}'})
    (finding,) = findings(made, "XENV002")
    assert finding.get("edit") is None
    assert "with the same in database.url," in finding["fix"]


def test_a_url_goes_where_parts_stand_only_with_these(project: MakeProject) -> None:
    options = f'{SECTIONED}settings_files = ["settings.toml", ".secrets.toml"]\nmerge_enabled = true\n'
    files = {"assay.toml": options, "settings.toml": f'[production.database]\nurl = "{URL}"\n'}
    made = project(files | {".secrets.toml": "[production.database]\npool_size = 5\n"})
    (finding,) = findings(made, "DB012")
    assert (finding["edit"]["file"], finding["edit"]["key"]) == (".secrets.toml", "database.url")
    made.write({".secrets.toml": '[production.database]\nHost = "db-1.example.com"\n'})
    (finding,) = findings(made, "DB012")
    assert finding.get("edit") is None
    assert "in .secrets.toml with the same in database.Host" in finding["fix"]
