import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from app.core.dsn import Parts, database_parts, libpq, looks_like_dsn, mask, parse, parse_hosts, unparse
from app.core.dsn.escapes import escaped
from app.core.errors import TargetError
from app.settings.database import DatabaseSettings, TimeoutSettings, TlsSettings

CANARY = "canary-s3cret"
LONGEST_USER = 16
"""A longer one of a web page, with digits, may be a token."""
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
HOSTS = st.one_of(
    st.from_regex(r"[a-z][a-z0-9.-]{0,20}", fullmatch=True),
    st.ip_addresses().map(str),
    st.sampled_from(["/var/run/postgresql", "/tmp/with space", "/run/a@b:c"]),  # noqa: S108 - only text
)


@st.composite
def parts(draw: st.DrawFn) -> Parts:
    return Parts(
        scheme=draw(st.sampled_from(["postgresql", "postgres", "postgresql+asyncpg", "mysql", "amqps", "https"])),
        hosts=tuple(draw(st.lists(st.tuples(HOSTS, st.none() | st.integers(1, 65535)), max_size=3))),
        username=draw(st.none() | TEXT),
        password=draw(st.none() | TEXT),
        name=draw(st.none() | TEXT),
        query=draw(st.dictionaries(st.sampled_from(["sslmode", "a b", "options", "ü"]), TEXT | st.just(""))),
    )


@given(parts())
def test_parse_gives_back_what_unparse_was_given(stated: Parts) -> None:
    assert parse(unparse(stated)) == stated


@given(parts(), st.sampled_from(["", "see ", "url='", '"']), st.sampled_from(["", " now", "'"]))
def test_a_masked_url_shows_all_but_its_password(stated: Parts, before: str, after: str) -> None:
    assume(stated.scheme != "https" or stated.password or len(stated.username or "") < LONGEST_USER)
    url = unparse(stated)
    readable = url.replace(":" + url.partition("://")[2].partition("@")[0].partition(":")[2], ":***", 1)
    expected = readable if stated.password and "@" in url.partition("://")[2] else url
    assert mask(before + url + after) == before + expected + after


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="="), max_size=30))
@example("a@b c")
@example("1 2")
@example("@")
@example("/")
@example("a@b/c#d?e:f")
@example("12/34")
def test_a_raw_password_never_leaks_however_malformed_it_makes_the_url(noise: str) -> None:
    shown = mask(f"postgresql://app:{noise}{CANARY}{noise}@db:5432/orders")
    assert CANARY not in shown
    assert shown.startswith("postgresql://app:***")


NOISE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="=:@\n\"'`"), max_size=8)


@given(NOISE, NOISE, st.sampled_from(["see ", "at url=", "a: "]), st.sampled_from(["", " now", ", please"]))
@example("s e", "", "see ", "")
@example("/x", "a b", "see ", "")
@example("?#", "", "see ", " now")
def test_a_raw_password_in_a_text_never_leaks_however_odd_the_user(
    user: str, noise: str, before: str, after: str
) -> None:
    assume(not re.match(r"\d+\s", noise))  # a number before a blank ends a host and its port, and a sentence goes on
    shown = mask(f"{before}postgresql://u{user}r:{noise}{CANARY}{noise.strip()}@db:5432/orders{after}")
    assert CANARY not in shown
    assert "@db:5432/orders" in shown


@given(
    st.text(),
    st.sampled_from(["{}", "postgresql://{}", "postgresql://u:{}@h", "host=h password={}", "a://{}?token={}"]),
)
def test_masking_twice_changes_nothing_more(text: str, form: str) -> None:
    once = mask(form.replace("{}", text))
    assert mask(once) == once


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://app:pw@db/orders?sslmode=require", "postgresql://app:***@db/orders?sslmode=require"),
        ("redis://:pw@cache:6379/0", "redis://:***@cache:6379/0"),
        ("mongodb+srv://u:p@c.example/", "mongodb+srv://u:***@c.example/"),
        ("http://a:8000,http://b:9000", "http://a:8000,http://b:9000"),
        ("a://u:p@h,b://u:q@h2", "a://u:***@h,b://u:***@h2"),
        ("(see postgresql://db:5432).", "(see postgresql://db:5432)."),
        ("https://host:80/@user/page", "https://host:80/@user/page"),
        ("postgresql://app@db/orders", "postgresql://app@db/orders"),
        ("postgresql://db/o?password=pw&sslpassword=x&a=b", "postgresql://db/o?password=***&sslpassword=***&a=b"),
        ("host=db password='my \\' pw' dbname=o", "host=db password=*** dbname=o"),
        ("host=db password=a&b dbname=o", "host=db password=*** dbname=o"),
        ("Server=db;Pwd=pw;Database=o", "Server=db;Pwd=***;Database=o"),
        ("postgresql://app:my pw@db/o", "postgresql://app:***@db/o"),
        ("postgresql://app:p@ss/w#rd@db/o", "postgresql://app:***@db/o"),
        ("postgresql://u:p@[::1]:5432/o?passfile=/x", "postgresql://u:***@[::1]:5432/o?passfile=/x"),
        ('{"url":"postgresql://u:p@h/d","mail":"a@b"}', '{"url":"postgresql://u:***@h/d","mail":"a@b"}'),
        ("https://api/x?token=abc&page=1", "https://api/x?token=***&page=1"),
        ("no secret here", "no secret here"),
        ("see http://us er:pw@h/d", "see http://us er:***@h/d"),
        ("call http://host/x at 10:30 or a@b.c", "call http://host/x at 10:30 or a@b.c"),
        ("at https://a.example/ mail me: a@b.c", "at https://a.example/ mail me: a@b.c"),
        ("'db' is sqlite:///x.db: say @format", "'db' is sqlite:///x.db: say @format"),
        ("to postgresql://db:5432 as app@db", "to postgresql://db:5432 as app@db"),
        ("https://a1b2c3d4e5f6a7b8c9d0@h/x", "https://***@h/x"),
        ("https://a1b2c3d4e5f6a7b8c9d0:@h/x", "https://***:@h/x"),
        ("https://a1b2c3d4e5f6a7b8c9d0:pw@h/x", "https://a1b2c3d4e5f6a7b8c9d0:***@h/x"),
        ("postgresql://a1b2c3d4e5f6a7b8c9d0@h/x", "postgresql://a1b2c3d4e5f6a7b8c9d0@h/x"),
        ("postgresql://app:@h/x", "postgresql://app:@h/x"),
        ("http//app:pw@h/x", "http//app:***@h/x"),
        ("to postgres:app:pw@h/x", "to postgres:app:***@h/x"),
        ('{"password": "pw", "user": "app"}', '{"password": "***", "user": "app"}'),
        ("{'api_key': 'pw', 'port': 1}", "{'api_key': '***', 'port': 1}"),
        (r"{\"token\": \"pw\"}", r"{\"token\": \"***\"}"),
        ('{"password": null, "token": "", "key_file": "x"}', '{"password": null, "token": "", "key_file": "x"}'),
        ('{"password": "/run/secrets/db"}', '{"password": "/run/secrets/db"}'),
        ("Authorization: Bearer pw", "Authorization: Bearer ***"),
        ("X-Api-Key: pw", "X-Api-Key: ***"),
        ("Content-Type: pw", "Content-Type: pw"),
    ],
)
def test_only_the_password_is_masked(text: str, shown: str) -> None:
    assert mask(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://db/orders",
        "postgresql+asyncpg://db",
        "redis://cache",
        "https://u:p@host",
        "host=db dbname=o user=u password=p",
        "jdbc:postgresql://u:p@h/d",
    ],
)
def test_a_connection_string_is_known(text: str) -> None:
    assert looks_like_dsn(text)


@pytest.mark.parametrize("text", ["https://host/path@x", "plain", "a=b", "host=db", "see postgresql://u:p@h", ""])
def test_other_text_is_no_connection_string(text: str) -> None:
    assert not looks_like_dsn(text)


def test_the_password_is_no_part_of_the_representation() -> None:
    stated = parse(f"postgresql://u:{CANARY}@h/d?sslpassword={CANARY}")
    assert CANARY not in repr(stated)


def test_a_quoted_value_of_a_key_value_string_is_read_without_its_backslashes() -> None:
    assert parse(r"host=h password='a\'b \\c' dbname=o").password == "a'b \\c"


@pytest.mark.parametrize(
    ("login", "spelled"),
    [
        ("u:a@b", "***%40***"),
        ("u:a@b/c?d#e", "***%40***%2F***%3F***%23***"),
        ("u:@aXb", "%40***"),
        ("a@b", "***%40***"),
        ("u:plain", "***"),
    ],
)
def test_the_spelling_that_is_advised_shows_the_mended_characters_alone(login: str, spelled: str) -> None:
    assert escaped(login) == spelled


def test_an_address_in_brackets_may_be_listed_with_its_port_and_another_needs_none() -> None:
    assert parse_hosts("[::1]:5433, ::1,db:1") == (("::1", 5433), ("::1", None), ("db", 1))


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("postgresql:///o?host=/var/run/postgresql", (("/var/run/postgresql", None),)),
        ("postgresql://%2Fvar%2Frun%2Fpostgresql/o", (("/var/run/postgresql", None),)),
        ("postgres://[::1]:5433,db:5432/o", (("::1", 5433), ("db", 5432))),
        ("postgresql://a,b/o?port=5433", (("a", 5433), ("b", 5433))),
        ("host=a,b port=1,2 dbname=o", (("a", 1), ("b", 2))),
        ("postgresql:///o", ()),
    ],
)
def test_hosts_are_found_in_every_place_libpq_looks(text: str, hosts: tuple[tuple[str, int | None], ...]) -> None:
    assert parse(text).hosts == hosts
    assert parse(text).name == "o"


@pytest.mark.parametrize(
    ("text", "field", "fix"),
    [
        (f"postgresql://u:{CANARY}/x@h/d", "password", "%2F"),
        (f"postgresql://u:{CANARY}@h:99999/d", "port", "65535"),
        (f"postgresql://u:{CANARY}#@h/d", "password", "%23"),
        (f"postgresql://u:{CANARY}%zz@h/d", "password", "%25"),
        (f"postgresql://u:{CANARY}%ff@h/d", "password", "%25"),
        (f"postgresql://u:{CANARY}@::1:5432/d", "host", "[::1]"),
        (f"postgresql://u:{CANARY}@a,b,c/d?port=1,2", "port", "one"),
        (f"'postgresql://u:{CANARY}@h/d'", "url", "without them"),
        (CANARY, "url", "postgresql://"),
        (f"host=h password='{CANARY}", "url", "postgresql://"),
    ],
)
def test_what_cannot_be_read_names_field_and_fix_but_no_value(text: str, field: str, fix: str) -> None:
    with pytest.raises(TargetError) as caught:
        parse(text)
    assert list(caught.value.errors) == [field]
    assert fix in caught.value.fix
    assert CANARY not in f"{caught.value.message} {caught.value.fix} {caught.value.errors}"


def test_a_url_states_settings_in_their_own_shape() -> None:
    text = (
        "postgresql+asyncpg://app:p%40ss@db:5433/orders?sslmode=verify-full&sslrootcert=/ca.pem&sslcert=/c.pem"
        "&sslkey=/k.pem&connect_timeout=3&application_name=orders&statement_timeout=1500"
    )
    assert database_parts(text) == {
        "host": "db",
        "port": 5433,
        "username": "app",
        "password": "p@ss",
        "name": "orders",
        "tls": {"mode": "verify-full", "ca_file": "/ca.pem", "cert_file": "/c.pem", "key_file": "/k.pem"},
        "timeouts": {"connect": 3.0, "statement": 1.5},
        "application_name": "orders",
    }


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("postgresql://db", {"host": "db"}),
        ("postgresql://a:1,b:1/", {"host": "a,b", "port": 1}),
        ("postgresql://a:1,[::1]:2/", {"host": "a:1,[::1]:2"}),
        ("postgresql://a,b:2/", {"host": "a,b:2"}),
        ("postgresql://db?ssl=require", {"host": "db", "tls": {"mode": "require"}}),
    ],
)
def test_what_a_url_does_not_state_is_absent(text: str, stated: dict[str, object]) -> None:
    assert database_parts(text) == stated


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("postgresql://h/d?sslmod=require", "sslmode"),
        ("postgress://h/d", "postgres://"),
        ("mysql://h/d", "postgresql://"),
        ("postgresql://h/d?connect_timeout=soon", "connect_timeout"),
        ("postgresql://h/d?connect_timeout=0", "connect_timeout"),
        ("postgresql://h/d?connect_timeout=-1", "connect_timeout"),
        ("postgresql://h/d?connect_timeout=inf", "connect_timeout"),
        ("postgresql://h/d?statement_timeout=-1", "statement_timeout"),
    ],
)
def test_what_the_settings_cannot_hold_is_refused_with_a_suggestion(text: str, fix: str) -> None:
    with pytest.raises(TargetError) as caught:
        database_parts(text)
    assert fix in caught.value.fix


def test_every_parameter_of_a_url_has_a_place_in_the_settings() -> None:
    fields = DatabaseSettings.model_fields
    nested = {"tls": TlsSettings.model_fields, "timeouts": TimeoutSettings.model_fields}
    for path in libpq.PATHS.values():
        assert path[0] in fields
        assert len(path) == 1 or path[1] in nested[path[0]]


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("postgresql://db?ssl=true", {"host": "db", "tls": {"mode": "require"}}),
        ("postgresql://db?ssl=true&sslmode=disable", {"host": "db", "tls": {"mode": "disable"}}),
        ("postgresql://db?sslrootcert=system", {"host": "db", "tls": {"ca_file": "system", "mode": "verify-full"}}),
        ("postgresql://db?pgbouncer=true", {"host": "db", "pgbouncer": True}),
        ("postgresql://db?connect_timeout=0.5", {"host": "db", "timeouts": {"connect": 0.5}}),
        ("postgresql://db?statement_timeout=0", {"host": "db", "timeouts": {"statement": 0.0}}),
        ("postgresql://a,b?target_session_attrs=primary", {"host": "a,b", "target_session_attrs": "primary"}),
        ("postgresql://db?options=-c%20a%3D1", {"host": "db", "options": "-c a=1"}),
        ("postgresql://db?application_name=a&fallback_application_name=b", {"host": "db", "application_name": "a"}),
        ("postgresql://db?gssencmode=disable&client_encoding=UTF8", {"host": "db"}),
    ],
)
def test_what_libpq_reads_into_a_parameter_is_read_here_too(text: str, stated: dict[str, object]) -> None:
    assert database_parts(text) == stated


HARMLESS = {
    "client_encoding": ["utf8", "UTF-8", "unicode", "auto"],
    "gssencmode": ["prefer", "disable"],
    "load_balance_hosts": ["disable"],
    "max_protocol_version": ["3.0"],
    "min_protocol_version": ["3.0"],
    "replication": ["false", "off", "no", "0"],
    "sslcertmode": ["allow"],
    "sslcompression": ["0"],
    "sslnegotiation": ["postgres"],
    "sslsni": ["1"],
}


@pytest.mark.parametrize("parameter", [f"{name}={said}" for name, all_said in HARMLESS.items() for said in all_said])
def test_a_parameter_that_says_what_the_driver_does_anyhow_is_passed_over(parameter: str) -> None:
    assert database_parts(f"postgresql://db?{parameter}") == {"host": "db"}


UNABLE = (
    "gssdelegation gsslib hostaddr keepalives keepalives_count keepalives_idle keepalives_interval krbsrvname "
    "oauth_client_id oauth_client_secret oauth_issuer oauth_scope passfile require_auth requirepeer requiressl "
    "scram_client_key scram_server_key service servicefile sslcrldir sslkeylogfile sslpassword tcp_user_timeout"
)


@pytest.mark.parametrize("parameter", [f"{name}=1" for name in (*UNABLE.split(), *HARMLESS) if name != "sslsni"])
def test_a_parameter_that_cannot_be_honoured_is_named_and_not_passed_over(parameter: str) -> None:
    with pytest.raises(TargetError) as caught:
        database_parts(f"postgresql://db?{parameter}")
    assert repr(parameter.partition("=")[0]) in caught.value.message
    assert "honour" in caught.value.message
    assert caught.value.fix


@pytest.mark.parametrize(
    "line",
    [
        "curl -u bob:{} https://h/x", "curl --user 'bob:{}' https://h", "curl -ubob:{} h", "http -a bob:{} GET h/x",
        "PGPASSWORD={} psql -h db", "mysql -uroot -p{} db", "/usr/bin/mysqldump --password {} db",
        "redis-cli -a {} ping",
        "sshpass -p {} ssh h", "docker login -u bob -p {}", "deploy --api-key {} now", "-e MYSQL_ROOT_PASSWORD={}",
        'sh -c "curl -u bob:{} h"',
    ],
)  # fmt: skip
def test_a_command_lines_secret_is_masked(line: str) -> None:
    assert mask(line.replace("{}", CANARY)) == line.replace("{}", "***")


@pytest.mark.parametrize(
    "line",
    [
        "ls -u a:b", "docker run -p 8080:80 nginx", "grep -a word", "sort -u x:y", "curl -u $USER https://h",
        "mkdir -p a/b",
        "mysql -P 3306 -h db", "psql --username bob", "redis-cli -h cache", "date --utc",
        "curl --token-file keys/jwt.pem",
    ],
)  # fmt: skip
def test_what_is_no_secret_of_a_command_line_is_shown(line: str) -> None:
    assert mask(line) == line


@pytest.mark.parametrize(
    "text",
    [
        "http://x" + " " * 200_000,
        "://" + "a" * 200_000,
        "a" * 200_000 + "://",
        "1+." * 60_000 + "://",
        "see http://user:canary@host " * 10_000,
    ],
    ids=["blanks", "letters", "a long scheme", "half schemes", "many addresses"],
)
def test_long_texts_are_masked_in_one_pass(text: str) -> None:
    """What looked at each run again from each of its letters would not come to an end here."""
    assert "canary" not in mask(text)
