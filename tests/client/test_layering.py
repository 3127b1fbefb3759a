"""Released values stand where the files stood: what stock Dynaconf makes of the files, with the files taken away."""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from dynaconf import Dynaconf, Validator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from release_documents import deliver, release_of
from stock import canonical

import assay_client
from assay_client import process


def stock(root: Path, **options: Any) -> Dynaconf:
    return Dynaconf(**{"environments": True, "root_path": str(root), **options})


def values_of(loaded: Any) -> Any:
    return canonical(loaded.as_dict())


def typed(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Values as a body has them, and the kinds that JSON lacks."""
    kinds: dict[str, str] = {}

    def plain(value: Any, key: str) -> Any:
        if isinstance(value, dict):
            return {name: plain(item, f"{key}.{name}" if key else name.lower()) for name, item in value.items()}
        if isinstance(value, list):
            return [plain(item, f"{key}[{position}]") for position, item in enumerate(value)]
        for name, kind in (("datetime", datetime), ("date", date), ("time", time)):
            if isinstance(value, kind):
                kinds[key] = name
                return value.isoformat()
        return value

    return {name.lower(): item for name, item in plain(values, "").items()}, kinds


SCALARS = st.one_of(
    st.integers(-9, 9), st.booleans(), st.sampled_from(["", "text", "@int 5", "@bool false", "a,b", "5"]),
    st.sampled_from([date(2026, 7, 1), datetime(2026, 7, 1, 12, 30), time(9, 15)]),  # noqa: DTZ001 - TOML's local ones
)  # fmt: skip
LEAVES = st.one_of(SCALARS, st.lists(st.integers(0, 3), max_size=3), st.lists(st.sampled_from(["x", "y"]), max_size=2))
NAMES = st.sampled_from(["a", "b", "Camel", "snake_case", "port"])
TABLES = st.dictionaries(NAMES, st.one_of(LEAVES, st.dictionaries(NAMES, LEAVES, max_size=3)), max_size=4)
SECTIONS = st.fixed_dictionaries({"default": TABLES, "development": TABLES})
TEXTS = ["7", "text", "['z']", "true", "{k = 1}", "@int 3", ""]
VARIABLES = st.one_of(
    st.dictionaries(st.sampled_from(["A", "B", "PORT", "CAMEL", "NEW"]), st.sampled_from([*TEXTS, "@merge [9]"])),
    # Deeper down stock leaves a marker in the result where there is nothing to merge with.
    st.dictionaries(st.sampled_from(["A__b", "B__Camel", "SNAKE_CASE__x", "A", "NEW__deep"]), st.sampled_from(TEXTS)),
)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=SECTIONS, then=SECTIONS, secrets=SECTIONS, variables=VARIABLES, merge=st.booleans())
def test_the_values_are_those_that_stock_dynaconf_makes_of_the_same_files(
    tmp_path: Path, first: Any, then: Any, secrets: Any, variables: dict[str, str], *, merge: bool
) -> None:
    """At the start, and when a release comes while the application runs."""
    file, options = tmp_path / "settings.toml", {"merge_enabled": merge}
    both = {**options, "settings_files": ["settings.toml", ".secrets.toml"]}
    (tmp_path / ".secrets.toml").write_text(tomlkit.dumps(secrets))
    bodies, expected = [], []
    with pytest.MonkeyPatch.context() as patch:
        for content in (first, then):
            file.write_text(tomlkit.dumps(content))
            bodies.append(typed(stock(tmp_path, settings_files=["settings.toml"], **options).as_dict()))
        for name, value in variables.items():
            patch.setenv(f"DYNACONF_{name}", value)
        for content in (first, then):
            file.write_text(tomlkit.dumps(content))
            expected.append(outcome(lambda: stock(tmp_path, **both)))
        file.write_text('[default]\nonly_in_the_file = 1\n[default.a]\nstale = "yes"\n')
        values, kinds = bodies[0]
        for name, value in deliver(tmp_path / "good.json", values, typed=kinds).items():
            patch.setenv(name, value)
        found = [outcome(lambda: followed(tmp_path, both, [])), outcome(lambda: followed(tmp_path, both, bodies[1:]))]
        (tmp_path / "good.json").unlink()
    if isinstance(expected[0], str):  # what does not start follows nothing
        assert found[0] == expected[0]
    elif isinstance(expected[1], str):
        assert found == [expected[0], expected[0]]  # a release that cannot be loaded is refused
    else:
        assert found == expected


def followed(root: Path, options: Any, bodies: Any) -> Dynaconf:
    """Settings that were loaded on a release, and got further ones while they ran."""
    try:
        loaded = stock(root, **options, loaders=["assay_client.loader"])
        loaded.current_env  # noqa: B018 - the first access loads them
        for number, (values, kinds) in enumerate(bodies, 2):
            following = process.current()
            assert following
            following.offer(release_of(number, values, typed=kinds))
        return loaded
    finally:
        assay_client.close()


def outcome(make: Callable[[], Dynaconf]) -> Any:
    """The values, or the kind of error that the application would see."""
    try:
        return values_of(make())
    except Exception as error:  # noqa: BLE001 - whatever stock raises
        return type(error).__name__


def test_a_released_text_stays_that_text(load: Any, tmp_path: Path) -> None:
    texts = ["@int 5", "@format {this.x}", "@jinja {{ 1 }}", "@del", "@merge [1]", "@none", "true", "5", "{a = 1}"]
    values = {f"text{number}": text for number, text in enumerate(texts)}
    loaded = load(client=deliver(tmp_path / "good.json", {**values, "deep": {"list": texts}}))
    assert [loaded[name] for name in values] == texts
    assert list(loaded.deep.list) == texts


def test_without_any_of_the_variables_the_files_and_variables_count_as_ever(
    load: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DYNACONF_PORT", "9000")
    loaded = load({"settings.toml": '[default]\nport = 1\nname = "file"\n'})
    assert values_of(loaded) == values_of(stock(tmp_path, settings_files=["settings.toml"]))
    assert loaded.port == 9000
    assert assay_client.status()["state"] == "never"


@pytest.mark.parametrize(
    "loaders",
    [
        ["assay_client.loader"],
        ["assay_client.loader", "dynaconf.loaders.env_loader"],
        ["dynaconf.loaders.env_loader", "assay_client.loader"],
    ],
)
def test_variables_win_wherever_the_loader_is_listed(
    load: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loaders: list[str]
) -> None:
    monkeypatch.setenv("DYNACONF_PORT", "9000")
    monkeypatch.setenv("DYNACONF_HOSTS", "@merge ['c']")
    good = deliver(tmp_path / "good.json", {"port": 8000, "hosts": ["a", "b"]})
    loaded = load({"settings.toml": "[default]\nport = 1\n"}, client=good, loaders=loaders)
    assert (loaded.port, list(loaded.hosts)) == (9000, ["a", "b", "c"])
    loaded.reload()
    assert (loaded.port, list(loaded.hosts)) == (9000, ["a", "b", "c"])


def test_named_by_a_variable_it_loads_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOADERS_FOR_DYNACONF", '["assay_client.loader"]')
    monkeypatch.setenv("DYNACONF_NAME", "variable")
    good = deliver(tmp_path / "good.json", {"port": 8000, "name": "released"})
    for name, value in good.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "settings.toml").write_text("[default]\nport = 1\n")
    loaded = stock(tmp_path, settings_files=["settings.toml"])
    assert (loaded.port, loaded.name) == (8000, "variable")


def test_secrets_of_the_host_win_and_the_project_s_other_files_do_not_count(
    load: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {
        "settings.toml": '[default]\nport = 1\ngone = true\n[default.db]\nhost = "file"\nold = 1\n',
        "settings.local.toml": "[default]\nport = 2\n",
        ".secrets.toml": '[default]\nname = "secret"\n[default.db]\npassword = "canary-host"\n',
        ".secrets.local.toml": '[default]\nname = "local secret"\n',
        "listed.toml": "[default]\nfrom_listed = true\n",
        "extra.toml": "[default]\nport = 3\nfrom_extra = true\n",
        "extra_secrets.toml": "[default]\nfrom_secret_include = true\n",
        ".env": "DYNACONF_FROM_DOTENV=1\n",
    }
    monkeypatch.delenv("DYNACONF_FROM_DOTENV", raising=False)
    monkeypatch.setenv("DYNACONF_FROM_DOTENV", "0")  # so that what the file sets is undone at the end
    monkeypatch.delenv("DYNACONF_FROM_DOTENV")
    loaded = load(
        files,
        client=deliver(tmp_path / "good.json", {"port": 8000, "db": {"host": "released"}}),
        merge_enabled=True,
        secrets="listed.toml",
        includes=["extra.toml", "extra_secrets.toml"],
        load_dotenv=True,
    )
    assert loaded.as_dict() == {
        "LOAD_DOTENV": True,
        "PORT": 8000,
        "NAME": "local secret",
        "DB": {"host": "released", "password": "canary-host"},
        "FROM_LISTED": True,
        "FROM_SECRET_INCLUDE": True,
        "FROM_DOTENV": 1,
    }


def test_arguments_of_the_call_stay_below_what_is_released(load: Any, tmp_path: Path) -> None:
    good = deliver(tmp_path / "good.json", {"port": 8000})
    loaded = load({"settings.toml": "[default]\ndebug = false\n"}, client=good, port=1, debug=True)
    assert (loaded.port, loaded.debug) == (8000, True)


def test_options_that_a_body_holds_steer_nothing(load: Any, tmp_path: Path) -> None:
    values = {"loaders_for_dynaconf": ["os"], "dynaconf_include": ["settings.toml"], "env_for_dynaconf": "x", "a": 1}
    loaded = load({"settings.toml": "[default]\na = 2\n"}, client=deliver(tmp_path / "good.json", values))
    assert (loaded.a, loaded.current_env) == (1, "DEVELOPMENT")


def test_a_key_that_is_read_fresh_comes_from_the_release(
    load: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"settings.toml": "[default]\nport = 1\ngone = 1\n", ".secrets.toml": "[default]\nkey = 1\n"}
    loaded = load(files, client=deliver(tmp_path / "good.json", {"port": 8000, "name": "released"}))
    assert loaded.get_fresh("port") == 8000
    assert loaded.get_fresh("key") == 1
    assert loaded.get_fresh("gone") is None
    monkeypatch.setenv("DYNACONF_PORT", "9000")
    assert loaded.get_fresh("port") == 9000
    assert loaded.name == "released"


def test_another_environment_of_the_same_process_reads_its_files(load: Any, tmp_path: Path) -> None:
    files = {"settings.toml": "[default]\nport = 1\n[other]\nport = 2\n"}
    loaded = load(files, client=deliver(tmp_path / "good.json", {"port": 8000}))
    assert loaded.from_env("other").port == 2
    with loaded.using_env("other"):
        assert loaded.port == 2
    assert loaded.port == 8000


def test_kinds_that_json_lacks_arrive_as_they_are(load: Any, tmp_path: Path) -> None:
    values = {"day": "2026-07-01", "open": {"at": ["09:15:00"]}, "most": "inf", "plain": "2026-07-01"}
    kinds = {"day": "date", "open.at[0]": "time", "most": "float"}
    loaded = load(client=deliver(tmp_path / "good.json", values, typed=kinds))
    assert (loaded.day, list(loaded.open.at), loaded.most, loaded.plain) == (
        date(2026, 7, 1), [time(9, 15)], float("inf"), "2026-07-01",
    )  # fmt: skip


def test_validators_judge_what_is_released(load: Any, tmp_path: Path) -> None:
    good = deliver(tmp_path / "good.json", {"port": 80})
    with pytest.raises(Exception, match="port must gte 1024"):
        load({"settings.toml": "[default]\nport = 8000\n"}, client=good, validators=[Validator("port", gte=1024)])


def test_the_history_of_a_value_names_its_release(load: Any, tmp_path: Path) -> None:
    from dynaconf import inspect_settings  # noqa: PLC0415 - it imports half of Dynaconf

    loaded = load({"settings.toml": "[default]\nport = 1\n"}, client=deliver(tmp_path / "good.json", {"port": 8000}))
    history = json.loads(json.dumps(inspect_settings(loaded, key="port")["history"], default=str))
    assert [(entry["loader"], entry["identifier"]) for entry in history] == [("assay_client", "release 1")]


WORKED_OUT = """
[default]
host = "@format {env[CLIENT_TEST_HOST]}"
gone = "@format {env[CLIENT_TEST_HOST]}"
hosts = ["@format {this.host}:1", "plain"]
password = "in the file"
[default.db]
url = "@format postgresql://{this.host}/{this.db.name}"
name = "file"
"""


def test_what_the_files_leave_to_the_instance_is_worked_out_there(
    load: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLIENT_TEST_HOST", "here")
    supplied = ["db.url", "host", "hosts", "password"]
    good = deliver(tmp_path / "good.json", {"db": {"name": "released"}}, supplied=supplied)
    loaded = load({"settings.toml": WORKED_OUT}, client=good)
    assert (loaded.host, loaded.db.url, list(loaded.hosts)) == (
        "here",
        "postgresql://here/released",
        ["here:1", "plain"],
    )
    assert "gone" not in loaded
    assert assay_client.status()["missing"] == ["password"]
    assert (loaded.get_fresh("host"), loaded.get_fresh("gone")) == ("here", None)
    following = process.current()
    assert following
    following.offer(release_of(2, {"db": {"name": "second"}}, supplied=supplied))
    assert (loaded.host, loaded.db.url, list(loaded.hosts)) == ("here", "postgresql://here/second", ["here:1", "plain"])
    following.offer(release_of(3, {"host": "released", "db": 5}, supplied=["db.url"]))
    assert (loaded.host, loaded.db) == ("released", 5)
    assert "hosts" not in loaded
    following.offer(release_of(4, {"db": {"name": "fourth"}}, supplied=supplied))
    monkeypatch.setenv("DYNACONF_HOST", "variable")
    loaded.reload()
    assert (loaded.host, loaded.db.url) == ("variable", "postgresql://variable/fourth")
