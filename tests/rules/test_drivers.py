"""DB013 to DB015, and the advice of DB001 and DB003: what the driver that reads a URL takes, asked of the drivers."""

import asyncio
import inspect
from typing import Any

import asyncpg
import pytest
from asyncpg.connect_utils import SSLMode
from projects import MakeProject, ProjectFolder
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, InterfaceError
from sqlalchemy.ext.asyncio import create_async_engine
from told import SECTIONED, findings

from app.rules.kit.drivers import _ASYNCPG

pytestmark = pytest.mark.usefixtures("quick_models")

CANARY = "cAnary_7Qx2mV9tL4wK"
HOST = "db.x.example"


def one(make: MakeProject, url: str, key: str = "a", more: str = "") -> ProjectFolder:
    return make({"assay.toml": SECTIONED, "settings.toml": f'[production]\n{key} = "{url}"\n{more}'})


def rules(project: ProjectFolder) -> list[str]:
    """The rules that speak of TLS, drivers and URLs, with their severity."""
    report = project.assay("check", "production", "--format", "json").json
    found = report["environments"][0]["findings"]
    said = [f"{finding['severity']} {finding['rule']}" for finding in found]
    return [line for line in said if line.rpartition(" ")[2] in {"DB001", "DB003", "DB013", "DB014", "DB015"}]


def works(url: str) -> None:
    """What SQLAlchemy and its asyncpg dialect make of a URL is something that asyncpg takes.

    Raises:
        Exception: it is not.
    """
    parsed = make_url(url)
    parsed.get_dialect()
    _, arguments = PGDialect_asyncpg().create_connect_args(parsed)
    arguments.pop("prepared_statement_cache_size", None)
    inspect.signature(asyncpg.connect).bind(**arguments)
    if "ssl" in arguments:
        SSLMode.parse(arguments["ssl"])


SECURED = {
    f"postgresql+asyncpg://app@{HOST}/leaf": ("DB001", "Add ssl=verify-full to the URL."),
    f"postgresql+asyncpg://app@{HOST}/leaf?ssl=disable": ("DB001", "Write ssl=verify-full in the URL."),
    f"postgresql+asyncpg://app@{HOST}/leaf?ssl=require": ("DB003", "Write ssl=verify-full in the URL."),
    f"postgresql+psycopg://app@{HOST}/leaf": ("DB001", "Add sslmode=verify-full to the URL."),
    f"postgresql+psycopg2://app@{HOST}/leaf?sslmode=prefer": ("DB001", "Write sslmode=verify-full in the URL."),
    f"postgresql://app@{HOST}/leaf": ("DB001", "Add sslmode=verify-full to the URL."),
    f"postgresql://app@{HOST}/leaf?a=b&sslmode=require": ("DB003", "Write sslmode=verify-full in the URL."),
}

AUTHORITY = " The authority's certificate is looked for in ~/.postgresql/root.crt, or where PGSSLROOTCERT says."


@pytest.mark.parametrize(("url", "rule", "fix"), [(url, *said) for url, said in SECURED.items()])
def test_the_advice_is_in_the_words_of_the_driver_and_works(
    project: MakeProject, url: str, rule: str, fix: str
) -> None:
    (finding,) = findings(one(project, url), rule, "production")
    assert finding["fix"].removesuffix(AUTHORITY) == fix
    assert finding["fix"].endswith(AUTHORITY) is ("verify-full" in fix)
    mended = finding["edit"]["value"]
    assert rules(one(project, mended)) == []
    if "+asyncpg" in url:
        works(mended)


@pytest.mark.parametrize(
    ("driver", "said"),
    [("pymysql", "ssl_ca="), ("mysqldb", "ssl_ca="), ("asyncmy", "connect_args="), ("mysqlconnector", "ssl_ca=")],
)
def test_mysqls_drivers_are_advised_in_their_own_words(project: MakeProject, driver: str, said: str) -> None:
    made = one(project, f"mysql+{driver}://app@{HOST}/leaf")
    (finding,) = findings(made, "DB001", "production")
    assert said in finding["fix"]
    assert "tls=true" not in finding["fix"]


@pytest.mark.parametrize(
    ("url", "rule", "fix"),
    [
        (f"mysql://app@{HOST}/leaf", "DB001", "mysqlclient and PyMySQL take ssl_ca=/path/to/ca.pem"),
        (f"mssql+pyodbc://app@{HOST}/leaf", "DB001", "Add Encrypt=yes to the URL."),
        (f"oracle+oracledb://app@{HOST}/leaf", "DB001", 'protocol="tcps"'),
        (f"mongodb://app@{HOST}/leaf", "DB001", "Add tls=true to the URL."),
        (f"cassandra://app@{HOST}/leaf", "DB001", "Have its client encrypt the connection."),
        (f"mysql+mysqldb://app@{HOST}/leaf?ssl_mode=REQUIRED", "DB003", "Write ssl_mode=VERIFY_IDENTITY in the URL."),
        (f"neo4j+ssc://app@{HOST}:7687", "DB003", "Write neo4j+s:// in the URL."),
    ],
)
def test_other_databases_are_advised_in_words_of_their_own(project: MakeProject, url: str, rule: str, fix: str) -> None:
    (finding,) = findings(one(project, url, "database_url"), rule, "production")
    assert fix in finding["fix"]


def test_mysqls_socket_is_no_remote_server_whatever_host_stands_before_it(project: MakeProject) -> None:
    assert rules(one(project, f"mysql+pymysql://app@{HOST}/leaf?unix_socket=/run/mysqld/mysqld.sock")) == []


def test_mysqls_advice_is_heard(project: MakeProject) -> None:
    assert rules(one(project, f"mysql+pymysql://app@{HOST}/leaf?ssl_ca=/ca.pem")) == []


REFUSED = {
    f"postgresql+asyncpg://app@{HOST}/leaf?sslmode=verify-full": "Write ssl=verify-full.",
    f"postgresql+asyncpg://app@{HOST}/leaf?sslmode=require&ssl=verify-full": "Write ssl=require.",
    f"postgresql+asyncpg://app@{HOST}/leaf?ssl=required": "Write ssl=verify-full.",
    f"postgresql+asyncpg://app@{HOST}/leaf?ssl=true": "Write ssl=verify-full.",
    f"postgresql+asyncpg://app@{HOST}/leaf?ssl=verify-full&application_name=x": "server_settings",
    f"postgresql+asyncpg://app@{HOST}/leaf?ssl=verify-full&connect_timeout=3": 'connect_args={"timeout": …}',
    f"postgresql+asyncpg://app@{HOST}/leaf?ssl=verify-full&options=-cx%3D1": "server_settings",
    f"postgresql+asyncpg://app@{HOST}/leaf?ssl=verify-full&sslrootcert=/ca.pem": "SSLContext",
    f"postgresql+asyncpg://app@{HOST}/leaf?ssl=verify-full&channel_binding=require": "Take channel_binding out.",
    f"postgres+asyncpg://app@{HOST}/leaf?ssl=verify-full": "Write postgresql://",
    f"postgresql+asyncpgg://app@{HOST}/leaf?ssl=verify-full": "Write postgresql+asyncpg://",
    f"postgresql+asyncpg://app@{HOST}:/leaf?ssl=verify-full": "Take the colon",
    f"postgresql+asyncpg://app@{HOST}/leaf?ssl=verify-full&colour=blue": "Take colour out.",
    f"postgresql+asyncpg://app@{HOST}:1,other.example:2/leaf?ssl=verify-full": "?host=one:5432",
    f" postgresql+asyncpg://app@{HOST}/leaf?ssl=verify-full": "without them",
    f"postgresql+asyncpg://app@{HOST}/leaf?ssl=verify-full ": "without them",
}


MISFITS = {
    "timeout=3": 'connect_args={"timeout": …}',
    "statement_cache_size=0": 'connect_args={"statement_cache_size": …}',
    "max_cached_statement_lifetime=0": 'connect_args={"max_cached_statement_lifetime": …}',
    "max_cacheable_statement_size=1": 'connect_args={"max_cacheable_statement_size": …}',
    "server_settings=x": 'connect_args={"server_settings": …}',
    "record_class=x": 'connect_args={"record_class": …}',
    "connection_class=x": 'connect_args={"connection_class": …}',
    "loop=x": 'connect_args={"loop": …}',
    "command_timeout=abc": "command_timeout=30",
    "command_timeout=0": "command_timeout=30",
    "prepared_statement_cache_size=x": "prepared_statement_cache_size=0",
    "target_session_attrs=x": "read-write",
    "gsslib=x": "gssapi",
    "direct_tls=true": "ssl=require",
}
TAKEN = (
    "command_timeout=3.5", "prepared_statement_cache_size=0", "target_session_attrs=read-write", "gsslib=sspi",
    "direct_tls=true&ssl=require", "krbsrvname=x",
)  # fmt: skip


async def reaches_a_server(query: str) -> bool:
    """SQLAlchemy and asyncpg come as far as a server, which hangs up."""

    def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        try:
            engine = create_async_engine(f"postgresql+asyncpg://u:p@127.0.0.1:{port}/d?{query}")
            async with engine.connect():
                return True
        except (ConnectionError, asyncpg.ConnectionDoesNotExistError):
            return True
        except (TypeError, ValueError, AttributeError, InterfaceError):
            return False


@pytest.mark.parametrize(("query", "fix"), MISFITS.items())
async def test_a_value_that_the_driver_does_not_take_is_an_error(project: MakeProject, query: str, fix: str) -> None:
    assert not await reaches_a_server(query)
    (finding,) = findings(one(project, f"postgresql+asyncpg://app@{HOST}/leaf?{query}"), "DB013", "production")
    assert fix in finding["fix"]
    assert "edit" not in finding


@pytest.mark.parametrize("query", TAKEN)
async def test_a_value_that_the_driver_takes_is_none(project: MakeProject, query: str) -> None:
    assert await reaches_a_server(query)
    assert findings(one(project, f"postgresql+asyncpg://app@{HOST}/leaf?{query}"), "DB013", "production") == []


@pytest.mark.parametrize(("url", "fix"), REFUSED.items())
def test_what_the_driver_refuses_is_an_error(project: MakeProject, url: str, fix: str) -> None:
    with pytest.raises((TypeError, ValueError, AttributeError, ArgumentError)):
        works(url)
    made = one(project, url)
    (finding,) = findings(made, "DB013", "production")
    assert (finding["severity"], finding["key"], finding["origin"]["line"]) == ("error", "a", 2)
    assert fix in finding["fix"]
    if "edit" in finding:
        works(finding["edit"]["value"])
        assert findings(one(project, finding["edit"]["value"]), "DB013", "production") == []


def test_blanks_around_a_url_are_left_to_a_model_that_takes_it_apart(project: MakeProject) -> None:
    model = "from pydantic import BaseModel, PostgresDsn\n\n\nclass Settings(BaseModel):\n    a: PostgresDsn\n"
    options = f'{SECTIONED}schema = "model:Settings"\n'
    profile = f'[production]\na = " postgresql+asyncpg://app@{HOST}/leaf?ssl=verify-full"\n'
    made = project({"assay.toml": options, "settings.toml": profile, "model.py": model})
    assert findings(made, "DB013", "production") == []


def test_the_arguments_of_asyncpg_are_those_that_the_installed_one_has() -> None:
    dialect = {"prepared_statement_cache_size", "prepared_statement_name_func"}
    assert set(inspect.signature(asyncpg.connect).parameters) | dialect == _ASYNCPG


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql+asyncpg://app@{HOST}/leaf?ssl=verify-full",
        f"postgresql+asyncpg://app@{HOST}/leaf?ssl=verify_full&command_timeout=3",
        f"postgresql+asyncpg://app@{HOST}/leaf?ssl=verify-full&prepared_statement_cache_size=0",
        f"postgresql+asyncpg://app@/leaf?host={HOST}:1&host=other.example:2&ssl=verify-full",
    ],
)
def test_what_the_driver_takes_is_no_finding(project: MakeProject, url: str) -> None:
    works(url)
    assert rules(one(project, url)) == []


@pytest.mark.parametrize(
    ("url", "key", "more", "count"),
    [
        (f"postgres://app@{HOST}/leaf?sslmode=verify-full", "SQLALCHEMY_DATABASE_URI", "", 1),
        (f"postgres://app@{HOST}/leaf?sslmode=verify-full", "url", "pool_pre_ping = true\n", 1),
        (f"postgres://app@{HOST}/leaf?sslmode=verify-full", "url", "", 0),
        (f"postgresql://app@{HOST}/leaf?sslmode=verify-full", "SQLALCHEMY_DATABASE_URI", "", 0),
        (f"postgresql+psycopg://app@{HOST}/leaf?ssl=require", "url", "", 1),
        (f"postgresql+psycopg://app@{HOST}/leaf?sslmode=verify-full", "url", "", 0),
        ("mysql+pymysql://app@h/leaf?ssl=required", "url", "", 0),
    ],
)
def test_the_dialect_postgres_is_none_of_sqlalchemys(
    project: MakeProject, url: str, key: str, more: str, count: int
) -> None:
    assert len(findings(one(project, url, key, more), "DB013", "production")) == count


@pytest.mark.parametrize("mode", ["required", "verify", "yes please", "REQUIRE", "preferred", "optional"])
def test_a_mode_that_does_not_exist_is_an_error_and_never_called_encrypted(project: MakeProject, mode: str) -> None:
    made = one(project, f"postgresql://app@{HOST}/leaf?sslmode={mode}")
    assert rules(made) == ["error DB013"]
    parts = project({"assay.toml": SECTIONED, "settings.toml": f'[production.db]\nhost = "h"\nsslmode = "{mode}"\n'})
    assert rules(parts) == ["error DB013"]


@pytest.mark.parametrize(
    ("url", "fix", "severity"),
    [
        (f"postgresql://u:p@{CANARY}@{HOST}/d", "%40 for `@`", "error"),
        (f"postgresql://u:p/{CANARY}@{HOST}/d", "%2F for `/`", "error"),
        (f"postgresql://u:p?{CANARY}@{HOST}/d", "%3F for `?`", "error"),
        (f"postgresql://u:p#{CANARY}@{HOST}/d", "%23 for `#`", "error"),
        (f"postgresql://u:1/{CANARY}@{HOST}/d", "%2F for `/`", "error"),
        (f"postgresql+psycopg://u:p/{CANARY}@{HOST}/d", "%2F for `/`", "warning"),
        (f"postgresql+psycopg://u:p@/{CANARY}@{HOST}/d", "%40 for `@` and %2F for `/`", "error"),
        (f"mysql+pymysql://u:p@{CANARY}@{HOST}/d", "%40 for `@`", "error"),
    ],
)
def test_an_unescaped_password_is_told_with_the_escape_and_without_the_password(
    project: MakeProject, url: str, fix: str, severity: str
) -> None:
    made = one(project, url)
    (finding,) = findings(made, "DB014", "production")
    assert (finding["severity"], fix in finding["fix"]) == (severity, True)
    assert findings(made, "DB015", "production") == []
    assert CANARY not in made.assay("check").out


def test_a_bare_url_that_sqlalchemy_reads_is_a_warning_as_one_with_a_driver_is(project: MakeProject) -> None:
    made = one(project, f"postgresql://u:p#{CANARY}@{HOST}/d", "sqlalchemy_database_uri")
    assert [finding["severity"] for finding in findings(made, "DB014", "production")] == ["warning"]
    assert make_url(f"postgresql://u:p#{CANARY}@{HOST}/d").password == f"p#{CANARY}"


def test_the_escaped_spelling_shows_nothing_but_the_escapes(project: MakeProject) -> None:
    (finding,) = findings(one(project, f"postgresql://u:p@ss@{HOST}/d"), "DB014", "production")
    assert finding["fix"] == "Write %40 for `@` in the password: ***%40***."


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (f"postgresql://u@{HOST}:99999/d", "port"),
        (f"'postgresql://u@{HOST}/d'", "quotation"),
        (f"postgresql://u@{HOST}/d?sslmode", "no `=`"),
        (f"mysql+pymysql://u@{HOST}:http/d", "port"),
        (f"postgresql://u:%zz@{HOST}/d", "percent"),
        (f"postgresql:/u@{HOST}/d", "neither a URL"),
        (f"postgresql+asyncpg:u@{HOST}/d", "neither a URL"),
        (f"postgresql+asyncpg//u@{HOST}/d?ssl=require", "neither a URL"),
    ],
)
def test_a_database_url_that_cannot_be_read_is_an_error(project: MakeProject, url: str, said: str) -> None:
    (finding,) = findings(one(project, url, "database_url"), "DB015", "production")
    assert (finding["severity"], finding["key"], finding["origin"]["line"]) == ("error", "database_url", 2)
    assert said in finding["message"]


@pytest.mark.parametrize(
    ("text", "like"),
    [
        ("mysql+mysqlconnector:/", "mysql+mysqlconnector://user@host:3306/name"),
        (f"postgresql+asyncpg:u@{HOST}/d", "postgresql+asyncpg://user@host:5432/name"),
    ],
)
def test_what_is_no_url_is_shown_one_of_its_own_kind(project: MakeProject, text: str, like: str) -> None:
    (finding,) = findings(one(project, text, "database_url"), "DB015", "production")
    assert finding["fix"] == f"Write it like {like}."


@pytest.mark.parametrize("url", ["mysql://..", "postgresql://../orders", "postgresql://u@-:5432/orders"])
def test_a_host_of_which_nothing_is_written_yet_is_none_and_no_remote_server(project: MakeProject, url: str) -> None:
    made = one(project, url, "database_url")
    (finding,) = findings(made, "DB015", "production")
    assert (finding["severity"], finding["key"]) == ("error", "database_url")
    assert "names no server" in finding["message"]
    assert findings(made, "DB001", "production") == []


@pytest.mark.parametrize(
    ("text", "count"),
    [("orders", 1), (f"{HOST}:5432", 1), ("sqlite:///x.db", 0), ("${URL}", 0), ("", 0), (f"host={HOST} dbname=d", 0)],
)
def test_what_takes_the_place_of_a_url_and_is_none_is_an_error(project: MakeProject, text: str, count: int) -> None:
    files = {
        "assay.toml": SECTIONED,
        "settings.toml": f'[default]\nstore = "postgresql+asyncpg://u@{HOST}/d?ssl=require"\n',
    }
    made = project({**files, ".secrets.toml": f'[production]\nstore = "{text}"\n'})
    assert len(findings(made, "DB015", "production")) == count


@pytest.mark.parametrize(
    ("scheme", "meant"),
    [
        ("postgresq+asyncpg", "postgresql+asyncpg"), ("postgressql", "postgresql"), ("postgre", "postgres"),
        ("mysq+pymysql", "mysql+pymysql"),
    ],
)  # fmt: skip
def test_a_scheme_that_is_misspelt_is_told_with_the_right_one(project: MakeProject, scheme: str, meant: str) -> None:
    with pytest.raises(ArgumentError):
        make_url(f"{scheme}://u@{HOST}/d").get_dialect()
    (finding,) = findings(one(project, f"{scheme}://u@{HOST}/d", "database_url"), "DB015", "production")
    assert (finding["severity"], finding["fix"]) == ("error", f"Write {meant}:// for {scheme}://.")


@pytest.mark.parametrize("scheme", ["pgsql", "postgis", "mysql2", "mysqlx", "mssql+pyodbc", "https", "cockroachdb"])
def test_a_scheme_of_another_library_is_left_alone(project: MakeProject, scheme: str) -> None:
    assert findings(one(project, f"{scheme}://u@{HOST}/d", "database_url"), "DB015", "production") == []


@pytest.mark.parametrize("text", ["orders", "db.example.com:5432", "postgres", "postgresql"])
def test_a_text_that_never_was_a_url_is_none(project: MakeProject, text: str) -> None:
    assert findings(one(project, text, "database_url"), "DB015", "production") == []


def told(made: ProjectFolder) -> set[tuple[str, str]]:
    """Rule and key of every finding in production."""
    report = made.assay("check", "production", "--format", "json").json
    return {(finding["rule"], finding["key"]) for finding in report["environments"][0]["findings"]}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (f"postgresql://postgres:{CANARY}@127.0.0.1:99999/d", {"DB004", "DB005", "DB015"}),
        (f"postgresql://root:{CANARY}@{HOST}/d#x", {"DB004", "DB015"}),
        (f"'postgresql://u:{CANARY}@localhost/d'", {"DB005", "DB015"}),
        (f"postgresql://u:changeme@{HOST}:http/d", {"DB002", "DB015"}),
        (f"postgresql://root:p/{CANARY}@localhost/d", {"DB004", "DB005", "DB014"}),
        (f"postgresql://u:{CANARY}@[::1/d", {"DB015"}),
        ("postgresql://root:${PASSWORD}@localhost:99999/d", set()),
    ],
)
def test_what_a_broken_url_says_all_the_same_is_judged(project: MakeProject, url: str, expected: set[str]) -> None:
    found = {rule for rule, key in told(one(project, url, "database_url")) if rule.startswith("DB") and rule != "DB012"}
    assert found == expected


def test_a_password_that_a_broken_url_shares_is_told(project: MakeProject) -> None:
    url = f"postgresql://u:{CANARY}@{HOST}:99999/d"
    other = f"postgresql://u:another_{CANARY}@{HOST}:99999/e"
    made = project(
        {
            "assay.toml": SECTIONED,
            ".secrets.toml": f'[production]\na_url = "{url}"\nb_url = "{url}x"\n[development]\na_url = "{other}"\n'
            f'b_url = "postgresql://u:{CANARY}@{HOST}/e"\n',
        }
    )
    shared = [finding["key"] for finding in findings(made, "XENV001")]
    assert shared == ["a_url", "b_url"]
    assert CANARY not in made.assay("check").out


MODEL = """\
from pydantic import BaseModel, PostgresDsn

class Settings(BaseModel):
    database_url: str
    spare_database_url: str = ""
    checked_database_url: PostgresDsn | None = None
    site_url: str = ""
    db_driver: str = ""
"""


@pytest.mark.parametrize(
    ("name", "text", "count"),
    [
        ("DATABASE_URL", "orders", 1),
        ("DATABASE_URL", "db.example.com:5432", 1),
        ("DATABASE_URL", "", 1),
        ("DATABASE_URL", "${URL}", 0),
        ("DATABASE_URL", f"host={HOST} dbname=d", 0),
        ("DATABASE_URL", "sqlite:///x.db", 0),
        ("SPARE_DATABASE_URL", "orders", 1),
        ("SPARE_DATABASE_URL", "", 0),
        ("CHECKED_DATABASE_URL", "orders", 0),
        ("SITE_URL", "orders", 0),
        ("DB_DRIVER", "orders", 0),
    ],
)
def test_a_model_that_has_a_database_url_says_that_one_belongs_there(
    project: MakeProject, name: str, text: str, count: int
) -> None:
    made = project(
        {
            "assay.toml": f'{SECTIONED}schema = "model:Settings"\n',
            "model.py": MODEL,
            "settings.toml": '[production]\nsite_url = "https://x.example"\n',
        }
    )
    environ = {"DYNACONF_DATABASE_URL": "sqlite:///x.db", f"DYNACONF_{name}": text, "ENV_FOR_DYNACONF": "production"}
    assert len(findings(made, "DB015", "production", **environ)) == count


def test_an_empty_url_of_the_base_section_is_for_the_environments_to_fill(project: MakeProject) -> None:
    made = project(
        {
            "assay.toml": f'{SECTIONED}schema = "model:Settings"\n',
            "model.py": MODEL,
            "settings.toml": '[default]\ndatabase_url = ""\n[development]\na = 1\n[production]\na = 1\n',
        }
    )
    assert [finding["environment"] for finding in findings(made, "DB015")] == ["development"]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:${DB_PASSWORD}@${DB_HOST}:${DB_PORT}/d",
        "postgresql://u:p@{host}:{port}/d",
        "sqlite:///x#y.db",
        "redis://:p@ss@cache/0",
        "https://host/@user/#part",
        "amqp://u:p@h//",
        "jdbc:postgresql://h:5432/d",
        "mssql+pyodbc://u:p@h/d?driver=ODBC+Driver+17",
        f"postgresql://{HOST}:5432/d?user=me@{HOST}&sslmode=verify-full",
        "",
    ],
)
def test_what_is_no_database_url_of_ours_to_read_is_no_finding(project: MakeProject, url: str) -> None:
    found = [line for line in rules(one(project, url, "database_url")) if not line.endswith(("DB001", "DB003"))]
    assert found == []


def test_a_development_environment_is_told_too(project: MakeProject) -> None:
    made: Any = project({"settings.toml": f'[development]\na = "postgresql+asyncpg://u@{HOST}/d?sslmode=require"\n'})
    assert [finding["environment"] for finding in findings(made, "DB013")] == ["development"]


TAKEN_BY_ALL = {
    f"postgresql+asyncpg://u:p%A5w@{HOST}/d?ssl=verify-full": "no UTF-8",
    f"postgresql+asyncpg://u%A5:pw@{HOST}/d?ssl=verify-full": "no UTF-8",
    f"postgresql+asyncpg://u:pw@{HOST}/d%A5?ssl=verify-full": "no UTF-8",
    f"postgresql://u:p%A5w@{HOST}/d?sslmode=verify-full": "no UTF-8",
    f"postgresql+asyncpg://u:pw@{HOST}/d?ssl=verify-full&user=v": "it stands twice",
    f"postgresql+asyncpg://u:pw@{HOST}/d?ssl=verify-full&password=vw": "it stands twice",
    f"postgresql://u:pw@{HOST}/d?sslmode=verify-full&user=v": "it stands twice",
}
TAKEN_BY_SQLALCHEMY = {
    f"postgresql+asyncpg://u:50%zz@{HOST}/d?ssl=verify-full": "percent-encoding",
    f"postgresql+asyncpg://u@{HOST}/d?ssl=verify-full&sslmode": "no `=`",
    f"mysql+pymysql://u:50%off@{HOST}/d?ssl_ca=/ca.pem": "percent-encoding",
}


@pytest.mark.parametrize(("url", "said"), list({**TAKEN_BY_ALL, **TAKEN_BY_SQLALCHEMY}.items()))
def test_what_drivers_start_with_is_a_warning_and_judged_all_the_same(
    project: MakeProject, url: str, said: str
) -> None:
    if "mysql" not in url:
        works(url.replace("postgresql://", "postgresql+asyncpg://").replace("sslmode=", "ssl="))
    made = one(project, url, "database_url")
    (finding,) = findings(made, "DB015", "production")
    assert (finding["severity"], said in finding["message"]) == ("warning", True)
    assert "names no database" not in finding["message"]
    assert rules(made) == ["warning DB015"]


@pytest.mark.parametrize("url", [url.replace("+asyncpg", "") for url in TAKEN_BY_SQLALCHEMY if "asyncpg" in url])
def test_what_sqlalchemy_alone_takes_is_an_error_where_nothing_tells_that_it_reads(
    project: MakeProject, url: str
) -> None:
    (finding,) = findings(one(project, url, "database_url"), "DB015", "production")
    assert finding["severity"] == "error"
    (read,) = findings(one(project, url, "sqlalchemy_database_uri"), "DB015", "production")
    assert read["severity"] == "warning"


def test_the_second_login_is_the_one_that_is_judged(project: MakeProject) -> None:
    made = one(project, f"postgresql+asyncpg://u:Kq7vN2xPz4aB@{HOST}/d?ssl=verify-full&password=changeme&user=postgres")
    assert len(findings(made, "DB002", "production")) == 1
    assert len(findings(made, "DB004", "production")) == 1
