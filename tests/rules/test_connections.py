"""How connections are found, and what is read from their names and URLs."""

import pytest
from projects import MakeProject
from told import SECTIONED

from app.rules.kit.connection_names import split
from app.rules.kit.connection_urls import read_url
from app.rules.kit.connections import Connection, connections, is_local
from app.rules.kit.known_defaults import is_placeholder, is_reference
from app.rules.kit.literals import url_password
from app.rules.kit.services import Protection, service_named, service_of_scheme, tls_of


def found(make: MakeProject, profile: str, options: str = "") -> list[Connection]:
    made = make({"assay.toml": SECTIONED + options, "settings.toml": f"[production]\n{profile}"})
    return list(connections(made.workspace().subject("production")))


def said(connection: Connection) -> dict[str, str]:
    return {part: str(one.value) for part, one in connection.said.items()}


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (("database", "host"), (("database",), (), "host")),
        (("DB_HOST",), ((), ("db",), "host")),
        (("dbHost",), ((), ("db",), "host")),
        (("postgres_server",), ((), ("postgres",), "host")),
        (("EMAIL_HOST_USER",), ((), ("email",), "username")),
        (("db", "pool", "max_overflow"), (("db",), (), "pool_overflow")),
        (("db", "tls", "mode"), (("db",), (), "tls")),
        (("db", "tls", "ca_file"), (("db",), (), "tls_ca")),
        (("db", "connect_args", "sslmode"), (("db",), (), "tls")),
        (("db", "engine_options", "connect_args", "sslmode"), (("db",), (), "tls")),
        (("SQLALCHEMY_ENGINE_OPTIONS", "connect_args", "sslmode"), ((), ("sqlalchemy",), "tls")),
        (("SQLALCHEMY_ENGINE_OPTIONS", "pool_size"), ((), ("sqlalchemy",), "pool_size")),
        (("redis", "ssl_cert_reqs"), (("redis",), (), "tls_verify")),
    ],
)
def test_a_key_says_a_part_of_a_connection(
    key: tuple[str, ...], expected: tuple[tuple[str, ...], tuple[str, ...], str]
) -> None:
    named = split(key)
    assert named is not None
    assert (named.table, named.stem, named.part) == expected


@pytest.mark.parametrize("key", [("debug",), ("app", "title"), ("hostage",), ("options", "size"), ("db", "pooling", 0)])
def test_other_keys_say_nothing_about_connections(key: tuple[str | int, ...]) -> None:
    assert split(key) is None


@pytest.mark.parametrize(
    ("url", "noun", "parts"),
    [
        ("postgresql+asyncpg://a:b%40c@h:5433/x", "PostgreSQL",
         {"host": "h", "port": "5433", "username": "a", "password": "b@c", "name": "x"}),
        ("host=h user=a password=b dbname=x", "PostgreSQL",
         {"host": "h", "username": "a", "password": "b", "name": "x"}),
        ("jdbc:mysql://h/x?user=a&password=b&useSSL=false", "MySQL",
         {"host": "h", "name": "x", "username": "a", "password": "b", "tls": "false"}),
        ("jdbc:sqlserver://h:1433;databaseName=x;user=a;password=b;encrypt=true", "SQL Server",
         {"host": "h", "username": "a", "password": "b", "name": "x", "tls": "true"}),
        ("Driver={ODBC Driver 18 for SQL Server};Server=tcp:h,1433;Database=x;Uid=a;Pwd=b;", "SQL Server",
         {"host": "h", "username": "a", "password": "b", "name": "x", "engine": "ODBC Driver 18 for SQL Server"}),
        ("mongodb://a:b@h1,h2/x?maxPoolSize=0", "MongoDB",
         {"host": "h1,h2", "username": "a", "password": "b", "name": "x", "pool_size": "0"}),
        ("sqlite:///x.db", "SQLite", {}),
        ("jdbc:sqlite:x.db", "SQLite", {}),
        ("postgresql://h/x?options=-c%20statement_timeout%3D0", "PostgreSQL",
         {"host": "h", "name": "x", "statement_timeout": "0"}),
    ],
)  # fmt: skip
def test_urls_of_every_kind_are_read(url: str, noun: str, parts: dict[str, str]) -> None:
    read = read_url(url)
    assert read is not None
    assert (read.service.noun, dict(read.parts)) == (noun, parts)


@pytest.mark.parametrize("text", ["https://a:b@h/x", "hello", "a=b;c=d", "postgresql://h:port/x", ""])
def test_what_is_no_connection_url_is_not_read(text: str) -> None:
    assert read_url(text) is None


@pytest.mark.parametrize(
    ("stated", "scheme", "tls"),
    [
        ({}, None, None),
        ({}, Protection.ON, Protection.ON),
        ({"tls": "prefer"}, None, Protection.OPPORTUNISTIC),
        ({"tls": "REQUIRED"}, None, Protection.UNVERIFIED),
        ({"tls": "require", "tls_ca": "/ca.pem"}, None, Protection.UNNAMED),
        ({"tls": "verify-ca"}, None, Protection.UNNAMED),
        ({"tls": True}, None, Protection.ON),
        ({"tls": "disable", "tls_insecure": True}, None, Protection.OFF),
        ({"tls_disabled": True}, None, Protection.OFF),
        ({"tls_disabled": False}, None, Protection.ON),
        ({"tls_verify": "none"}, Protection.ON, Protection.UNVERIFIED),
        ({"tls_verify": "CERT_REQUIRED"}, None, Protection.ON),
        ({"tls_insecure": "true"}, Protection.ON, Protection.UNVERIFIED),
        ({"tls_name": False, "tls_ca": "/ca.pem"}, None, Protection.UNNAMED),
        ({"tls_name": True}, Protection.ON, Protection.VERIFIED),
        ({"tls": "sometimes"}, None, None),
    ],
)
def test_tls_is_what_all_statements_say_together(
    stated: dict[str, object], scheme: Protection | None, tls: Protection | None
) -> None:
    assert tls_of(stated, scheme) is tls


def test_the_most_telling_word_names_the_service_and_a_driver_does_not_matter() -> None:
    names = (("db", "redis"), ("mysql",), ("orders",), ("sqlalchemy", "database"))
    nouns = [service.noun if (service := service_named(name)) else None for name in names]
    assert nouns == ["Redis", "MySQL", None, "the database"]
    schemes = ("postgresql+psycopg", "AMQPS", "https", "neo4j+s")
    nouns = [service.noun if (service := service_of_scheme(scheme)) else None for scheme in schemes]
    assert nouns == ["PostgreSQL", "the message broker", None, "Neo4j"]


def test_a_table_and_flat_names_with_one_stem_are_connections(project: MakeProject) -> None:
    profile = (
        "DB_HOST = 'h1'\nDB_USER = 'a'\nREDIS_HOST = 'h2'\nhost = 'me'\n[production.orders.mysql]\nserver = 'h3'\n"
    )
    by_noun = {one.service.noun: said(one) for one in found(project, profile)}
    assert by_noun == {
        "the database": {"host": "h1", "username": "a"},
        "Redis": {"host": "h2"},
        "MySQL": {"host": "h3"},
    }


def test_what_a_url_leaves_out_may_stand_beside_it_and_is_one_connection(project: MakeProject) -> None:
    profile = "[production.db]\nurl = 'postgresql://a@h/x'\npassword = 'p'\nuser = 'b'\npool = {size = 3}\n"
    (one,) = found(project, profile)
    assert said(one) == {"host": "h", "username": "a", "name": "x", "password": "p", "pool_size": "3"}


def test_a_url_and_flat_names_of_one_stem_are_one_connection(project: MakeProject) -> None:
    profile = "SQLALCHEMY_DATABASE_URI = 'postgresql://a@h/x'\nSQLALCHEMY_POOL_SIZE = 3\n"
    (one,) = found(project, profile)
    assert said(one)["pool_size"] == "3"


def test_two_urls_are_two_connections(project: MakeProject) -> None:
    profile = "DATABASE_URL = 'postgresql://a@h/x'\nREPLICA_DATABASE_URL = 'postgresql://a@h2/x'\n"
    assert [one.hosts for one in found(project, profile)] == [["h"], ["h2"]]


def test_declared_roles_come_before_names(project: MakeProject) -> None:
    options = '[roles]\n"store.where" = "host"\n"store.word" = "password"\n'
    (one,) = found(project, "[production.store]\nwhere = 'h'\nword = 'p'\n", options)
    assert said(one) == {"host": "h", "password": "p"}


def test_a_table_of_something_else_is_no_connection(project: MakeProject) -> None:
    profile = (
        "[production.server]\nhost = 'h'\nport = 1\nssl = false\n[production.device]\nusername = 'a'\npassword = 'b'\n"
    )
    assert found(project, profile) == []


@pytest.mark.parametrize("name", [":memory:", "shop.sqlite", "shop.sqlite3", "SHOP.SQLITE3"])
def test_a_file_of_sqlite_is_told_by_its_name_whatever_its_table_is_called(project: MakeProject, name: str) -> None:
    (one,) = found(project, f"[production.database]\nname = '{name}'\n")
    assert one.service.noun == "SQLite"
    assert [other.service.noun for other in found(project, f"[production.redis]\nname = '{name}'\n")] == ["Redis"]


@pytest.mark.parametrize(("key", "known"), [("dbname", True), ("database", True), ("name", False)])
def test_a_login_is_a_databases_where_a_name_says_so(project: MakeProject, key: str, *, known: bool) -> None:
    lines = f"host = 'h'\n{key} = 'orders'\npassword = 'canary-1'\n"
    assert [said(one) for one in found(project, f"[production.shop]\n{lines}")] == (
        [{"host": "h", "name": "orders", "password": "canary-1"}] if known else []
    )


@pytest.mark.parametrize(("host", "local"), [
    ("localhost", True), ("LOCALHOST.", True), ("127.9.9.9", True), ("[::1]", True), ("0.0.0.0", True),
    ("/run/postgresql", True), ("@socket", True), ("db.localhost", True), ("10.0.0.1", False),
    ("localhost.example.com", False),
])  # fmt: skip
def test_this_machine_has_many_names(host: str, *, local: bool) -> None:
    assert is_local(host) is local


@pytest.mark.parametrize(
    "text",
    [
        "", "postgres", "P@ssw0rd", "Password1!", "hunter2", "0123456789abcdef0123456789abcdef01234567", "mypass",
        "my-secret-key", "aaaaaaaa", "123123123", "qwerty123", "dev_password_123", "your_api_key_here",
        "zyxwvuts", "admin@123", "<x>", "REPLACE_WITH_REAL", "1q2w3e4r", "00000000", "...", "s3cr3t", "minioadmin",
        "elastic", "dbpass", "CHANGE_ME_IN_PROD", "SECRET_PLACEHOLDER", "placeholder-token", "troque_por_favor",
        "altere-me", "see .secrets.toml", "set_it_in_secrets_toml", "this-really-needs-to-be-changed", "suaapikeyaqui",
        "coloque_sua_chave_aqui", "tu-clave-aquí", "seu_token_de_acesso", "to be filled in",
    ],
)  # fmt: skip
def test_everybody_would_try_these(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize(
    "text",
    [
        "uN9#kd82!xQ4-vT7", "correct-horse-battery-staple", "secretariat", "tr0ub4dor&3", "9f8a7b6c5d4e3f2a1b0c",
        "passport", "setter", "troqueria-77", "alterego-91", "secrets.tomlin-4",
        "tobechangeling-4", "suaveaquila-77", "seudonimo-token-4", "tokyo-be-set-7",
        "insertion-sort-77", "additional-77", "xk3jd9", "canary-1", "abcd1e5678gh",
    ],
)  # fmt: skip
def test_nobody_would_try_these_first(text: str) -> None:
    assert not is_placeholder(text)


@pytest.mark.parametrize("text", ["${X}", "$X", "@format {env[X]}", "vault:a/b", "op://v/i", "arn:aws:x", "{{ x }}",
                                  "%(X)s", "/run/secrets/db", "<file:x>", "ssm:/x", "ENC[AES256,data]"])  # fmt: skip
def test_a_reference_says_where_a_secret_is_kept(text: str) -> None:
    assert is_reference(text)


@pytest.mark.parametrize("text", ["$ecret!", "pass$word", "$2b$12$abcdef", "secret", "environment", "@admin"])
def test_a_dollar_makes_no_reference(text: str) -> None:
    assert not is_reference(text)


@pytest.mark.parametrize(
    ("text", "password"),
    [
        ("postgresql://a:b@h/x", "b"), ("https://a:b@h/x", "b"), ("redis://:b@h", "b"), ("Server=h;Password=b", "b"),
        ("postgresql://a@h/x", None), ("https://h/x", None), ("postgresql://a:${B}@h/x", None), ("hello", None),
        ("postgresql://a:b@c@h:x:y/z", "b@c"), ("https://a:b@[h", "?"), ("https://[h/x", None), ("a=b@[h", None),
    ],
)  # fmt: skip
def test_a_password_is_found_inside_any_url(text: str, password: str | None) -> None:
    assert url_password(text) == password
