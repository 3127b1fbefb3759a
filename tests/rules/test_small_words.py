"""What rules ask of a text: whom an address reaches, what a setting names, how a value is written into a variable."""

import pytest

from app.rules.kit.driver_advice import encrypted
from app.rules.kit.entries import entries, is_empty
from app.rules.kit.placeholders import as_format, placeholders
from app.rules.kit.reach import http_host, is_everybody, is_identifier, is_internal
from app.rules.kit.toml_text import Raw, variable_line, variable_text


@pytest.mark.parametrize(
    "text", ["*", "*.*", " * ", "*.*.*:*", "?*", "0.0.0.0/0", "::/0", "0.0.0.0/0.0.0.0", "10.0.0.0/0"]
)
def test_these_leave_nobody_out(text: str) -> None:
    assert is_everybody(text)


@pytest.mark.parametrize(
    "text",
    ["", "..", "*.example.com", "10.0.0.0/8", "::/8", "0.0.0.0", "0.0.0.0/", "db.example/0", "0.0.0.0/255.0.0.0"],
)
def test_these_leave_somebody_out(text: str) -> None:
    assert not is_everybody(text)


@pytest.mark.parametrize(
    ("value", "host"),
    [
        ("http://api.example/x", "api.example"),
        (" HTTP://API.example:80 ", "api.example"),
        ("https://api.example", None),
        ("http://", None),
        ("http://[::1", None),
        ("http://${HOST}/x", None),
        ("http://*.example", None),
        (7, None),
    ],
)
def test_only_a_known_host_of_plain_http_is_one(value: object, host: str | None) -> None:
    assert http_host(value) == host


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "db", "db.", "a.svc", "A.Cluster.LOCAL", "a.internal", "a.lan", "169.254.1.1"]
)
def test_these_are_known_in_a_private_network_only(host: str) -> None:
    assert is_internal(host)


@pytest.mark.parametrize("host", ["db.example", "192.0.2.1", "2001:db8::1", "svc.example", "1.169.254.9"])
def test_these_are_known_everywhere(host: str) -> None:
    assert not is_internal(host)


def test_a_vocabulary_is_known_by_the_end_of_its_name() -> None:
    assert all(map(is_identifier, ("w3.org", "www.w3.org.", "JSON-schema.org", "schemas.microsoft.com")))
    assert not any(map(is_identifier, ("noschema.org", "microsoft.com", "w3.org.example")))


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("a, b;c", ["a", "b;c"]),
        ("['a', \"b\"]", ["a", "b"]),
        (" [a b] ", ["a", "b"]),
        ("[::1]", ["[::1]"]),
        ("[a", ["[a"]),
        (",,", []),
        (7, []),
    ],
)
def test_a_setting_names_what_stands_between_its_marks(value: object, named: list[str]) -> None:
    assert entries(value) == named


def test_what_names_nothing_is_empty_and_a_number_is_no_list() -> None:
    assert all(map(is_empty, ([], {}, None, "", "[]", " , ")))
    assert not any(map(is_empty, ([0], {"a": 1}, False, 0, "a")))


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mssql+pyodbc://h/x", "Encrypt=yes"),
        (" MSSQL://h/x", "Encrypt=yes"),
        ("oracle+oracledb://h", 'protocol="tcps"'),
        ("snow://h", "Have its client encrypt"),
        ("snow+pymysql://h", "Have its client encrypt"),
    ],
)
def test_how_another_server_is_told_to_encrypt_depends_on_its_dialect(url: str, says: str) -> None:
    assert says in encrypted(url)


def test_braces_around_a_placeholder_stay_what_they_are() -> None:
    text = "{a} ${NAME} {b} ${OTHER}"
    written = as_format(text, placeholders(text), lambda name: f"env[{name}]")
    assert written == "@format {{a}} {env[NAME]} {{b}} {env[OTHER]}"


@pytest.mark.parametrize(
    ("value", "literal", "line"),
    [
        (8000, False, "X=8000"),
        (True, False, "X=true"),
        ("plain", False, "X=plain"),
        ("true", False, """X='"true"'"""),
        ("true", True, "X=true"),
        ("a b", False, """X='"a b"'"""),
        ("a b", True, "X='a b'"),
        ("@reset [1]", False, "X='@reset [1]'"),
        (Raw('"…"'), False, "X=…"),
        (["a"], False, """X='["a"]'"""),
    ],
)
def test_a_variable_is_written_so_that_dynaconf_reads_the_value(value: object, *, literal: bool, line: str) -> None:
    assert variable_line("X", variable_text(value, literal=literal)) == line
