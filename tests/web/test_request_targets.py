"""What a request says of its host and target, at the socket: one host, named once, on every route."""

import socket
from collections.abc import Iterator

import pytest
from services import new_home, running

PATHS = (
    "/health",
    "/health/live",
    "/config/matrix",
    "/config/environments",
    "/",
    "/static/page.css",
    "/nothing",
    "/events",
)
SECONDS = 60


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    with new_home() as home, running(home, environ={"ASSAY_DATABASE__EMBEDDED": "false"}) as service:
        host, _, port = service.url.removeprefix("http://").partition(":")
        yield host, int(port)


def status(address: tuple[str, int], target: str, *hosts: str, version: str = "1.1") -> int:
    """The status of the answer to a request with these lines `Host`."""
    named = "".join(f"Host: {host}\r\n" for host in hosts)
    with socket.create_connection(address, timeout=SECONDS) as connection:
        connection.sendall(f"GET {target} HTTP/{version}\r\n{named}Connection: close\r\n\r\n".encode())
        return int(connection.makefile("rb").readline().split()[1])


@pytest.mark.parametrize("path", PATHS)
def test_a_request_names_one_host_and_names_it_once(address: tuple[str, int], path: str) -> None:
    assert status(address, path) == 400
    assert status(address, path, "127.0.0.1", "127.0.0.1") == 400
    assert status(address, path, "127.0.0.1", "elsewhere.example") == 400


@pytest.mark.parametrize("path", PATHS)
def test_an_absolute_target_is_answered_as_its_path_is(address: tuple[str, int], path: str) -> None:
    for host in ("127.0.0.1", "elsewhere.example"):
        absolute, plain = (status(address, target, host) for target in (f"http://127.0.0.1{path}", path))
        assert absolute == plain


def test_an_absolute_target_names_the_host_where_nothing_else_does(address: tuple[str, int]) -> None:
    assert status(address, "http://127.0.0.1/config/matrix") == 200
    assert status(address, "http://elsewhere.example/config/matrix") == 400


def test_the_first_version_of_http_need_not_name_it_where_nobody_asks(address: tuple[str, int]) -> None:
    assert status(address, "/health/live", version="1.0") == 200
    assert status(address, "/config/matrix", version="1.0") == 400


def test_only_the_first_major_version_is_spoken(address: tuple[str, int]) -> None:
    with socket.create_connection(address, timeout=SECONDS) as connection:
        connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        answer = connection.makefile("rb").read()
    assert not answer or answer.startswith(b"HTTP/1.1 4")
    assert status(address, "/health/live", "127.0.0.1") == 200
