"""POST /config/database/test connects to nobody but the allowed, and reads no file of the machine."""

import asyncio
import json
import logging
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from patience import PATIENCE_SECONDS

from app.probing.stages.resolve import Answer, system_look_up

TEST = "/config/database/test"


def allowing(*patterns: str, more: str = "") -> dict[str, str]:
    return {"settings.toml": f"[default.diagnostics]\nallowed_targets = {json.dumps(patterns)}\n{more}\n"}


class Resolver:
    """Answers for the names it is given, each time with the next list; addresses stay what they are."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self.answers = {name.replace("_", "."): iter(lists) for name, lists in answers.items()}
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Answer:
        if host not in self.answers:
            return await system_look_up(host, port)
        self.asked.append(host)
        found: Answer = []
        for address in next(self.answers[host]):
            found += await system_look_up(address, port)
        return found


class Ears:
    """Listens on both loopbacks, on one port."""

    def __init__(self, stack: ExitStack) -> None:
        first = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        self.port: int = first.getsockname()[1]
        second = stack.enter_context(socket.create_server(("::1", self.port), family=socket.AF_INET6))
        self.sockets = (first, second)
        for one in self.sockets:
            one.setblocking(False)  # noqa: FBT003 - the library's own

    def heard(self) -> int:
        return sum(self.accepted(one) for one in self.sockets)

    def accepted(self, listener: socket.socket) -> int:
        try:
            opened, _ = listener.accept()
        except BlockingIOError:
            return 0
        opened.close()
        return 1


@pytest.fixture
def ears() -> Iterator[Ears]:
    with ExitStack() as stack:
        yield Ears(stack)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST",
        "localhost.",
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "0.0.0.0",
        "0",
        "::1",
        "[::1]",
        "0:0:0:0:0:0:0:1",
        "::",
        "::ffff:127.0.0.1",
        "::ffff:7f00:1",
        "inside.db.example",
        "mapped.db.example",
        "first.db.example",
        "elsewhere.example",
        "10.0.0.1,localhost",
        "10.0.0.1,inside.db.example",
    ],
)
@pytest.mark.parametrize("as_url", [False, True], ids=["host", "url"])
async def test_localhost_by_any_spelling_is_refused_and_nothing_is_sent(
    own: Any, ask: Any, ears: Ears, *, host: str, as_url: bool
) -> None:
    target: dict[str, Any] = {"host": host, "port": ears.port}
    if as_url:
        hosts = (f"[{one}]" if one.count(":") > 1 and one[0] != "[" else one for one in host.split(","))
        target = {"url": f"postgresql://u:canary-31@{','.join(f'{one}:{ears.port}' for one in hosts)}/x"}
    resolver = Resolver(
        inside_db_example=[["127.0.0.1"]],
        mapped_db_example=[["::ffff:127.0.0.1"]],
        first_db_example=[["10.0.0.1", "127.0.0.1"]],
        elsewhere_example=[["::1"]],
    )
    async with ask(own(allowing("*.db.example", "l*", "10.0.0.0/8")).root) as client:
        client.service.look_up = resolver
        answer = await client.post(TEST, json=target)
        streamed = await client.post(TEST, json={"host": "127.0.0.1", "port": ears.port}, headers=STREAM)
    assert (answer.status_code, answer.json()["code"]) == (403, "target-not-allowed"), answer.text
    assert (streamed.status_code, streamed.json()["code"]) == (403, "target-not-allowed")
    assert ears.heard() == 0
    assert "canary" not in answer.text


STREAM = {"Accept": "text/event-stream"}


@pytest.mark.parametrize("headers", [{}, STREAM], ids=["document", "stream"])
async def test_a_name_is_judged_by_every_address_that_it_has(own: Any, ask: Any, ears: Ears, headers: Any) -> None:
    both = {"host": "db.example", "port": ears.port}
    async with ask(own(allowing("127.0.0.1")).root) as client:
        client.service.look_up = Resolver(db_example=[["127.0.0.1", "::1"]])
        answer = await client.post(TEST, json=both, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "target-not-allowed")
    assert ears.heard() == 0


async def test_the_address_that_was_judged_is_the_one_that_is_connected_to(own: Any, ask: Any, ears: Ears) -> None:
    resolver = Resolver(db_example=[["127.0.0.1"], ["::1"], ["::1"]])
    target = {"host": "db.example", "port": ears.port, "timeout_ms": 300}
    async with ask(own(allowing("127.0.0.1")).root) as client:
        client.service.look_up = resolver
        answer = await client.post(TEST, json=target)
    assert (answer.status_code, resolver.asked) == (200, ["db.example"])
    assert [ears.accepted(one) for one in ears.sockets] == [1, 0]


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "2852039166", "169.254.1.1", "fd00:ec2::254", "fe80::1", "100.100.100.200"]
)
@pytest.mark.parametrize("settings", [{}, allowing("*", "0.0.0.0/0", "::/0")], ids=["nothing", "everything"])
async def test_what_hands_out_credentials_is_refused_where_everything_is_allowed(
    own: Any, ask: Any, host: str, settings: dict[str, str]
) -> None:
    async with ask(own(settings).root) as client:
        answer = await client.post(TEST, json={"host": host, "timeout_ms": 50})
    assert (answer.status_code, answer.json()["code"]) == (403, "target-not-allowed")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0", "2130706433"])
async def test_the_services_own_port_is_no_target(own: Any, ask: Any, ears: Ears, host: str) -> None:
    server = {"settings.toml": f"[default.server]\nport = {ears.port}\n"}
    async with ask(own(server).root) as client:
        configured = await client.post(TEST, json={"host": host, "port": ears.port})
        listening = await client.post(TEST, json={"host": host, "port": 8000})
    assert [configured.status_code, listening.status_code] == [403, 403]
    assert ears.heard() == 0


async def test_a_unix_socket_is_probed_where_its_folder_is_named(own: Any, ask: Any, tmp_path: Path) -> None:
    folder = str(tmp_path)
    async with ask(own(allowing("*", folder)).root) as client:
        named = await client.post(TEST, json={"host": folder})
        other = await client.post(TEST, json={"host": f"{folder}/inner"})
        beside = await client.post(TEST, json={"host": f"10.0.0.1,{folder}/.."})
    assert (named.status_code, named.json()["failure"]["stage"]) == (200, "connect")
    assert [other.status_code, beside.status_code] == [403, 403]


async def test_a_local_caller_may_type_in_what_no_settings_forbid(own: Any, ask: Any, ears: Ears) -> None:
    async with ask(own().root) as client:
        answer = await client.post(TEST, json={"host": "localhost", "port": ears.port, "timeout_ms": 200})
    assert answer.status_code == 200
    assert ears.heard() > 0


async def test_settings_that_come_in_force_decide(own: Any, ask: Any, ears: Ears) -> None:
    home = own(allowing("db.example"))
    target = {"host": "127.0.0.1", "port": ears.port, "timeout_ms": 200}
    async with ask(home.root) as client:
        before = await client.post(TEST, json=target)
        home.write(allowing("127.0.0.1"))
        async with asyncio.timeout(PATIENCE_SECONDS):
            while client.service.settings.diagnostics.allowed_targets != ["127.0.0.1"]:
                await client.get("/config/explain/server.port")
        behind = await client.post(TEST, json=target)
    assert [before.status_code, behind.status_code] == [403, 200]


@pytest.mark.parametrize(
    ("target", "key"),
    [
        ({"tls": {"ca_file": "/etc/passwd"}}, "tls.ca_file"),
        ({"tls": {"cert_file": "c.pem"}}, "tls.cert_file"),
        ({"tls": {"key_file": "../k.pem"}}, "tls.key_file"),
        ({"tls": {"crl_file": "/nowhere"}}, "tls.crl_file"),
        ({"url": "postgresql://h/x?sslrootcert=/etc/passwd"}, "url"),
        ({"url": "postgresql://h/x?sslcert=/c.pem&sslkey=/k.pem"}, "url"),
        ({"url": "postgresql://h/x?sslcrl=/c.pem", "tls": {"mode": "require"}}, "url"),
    ],
)
@pytest.mark.parametrize("folder", [None, "certificates"])
async def test_a_body_reads_no_file_of_the_machine(
    own: Any, ask: Any, target: dict[str, Any], key: str, folder: str | None
) -> None:
    settings = allowing("h", more=f'certificates_folder = "{folder}"' if folder else "")
    if folder and key == "tls.cert_file":
        target = {"tls": {"cert_file": "../c.pem"}}
    async with ask(own(settings).root) as client:
        answer = await client.post(TEST, json={"host": "h", **target} if "url" not in target else target)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "target-invalid"), problem
    assert [error["key"] for error in problem["errors"]] == [key]
    assert "certificates_folder" in problem["detail"]
    assert "/etc/passwd" not in answer.text


@pytest.mark.parametrize("absolute", [False, True])
async def test_a_certificate_in_the_folder_may_be_named(own: Any, ask: Any, *, absolute: bool) -> None:
    home = own({**allowing("127.0.0.1", more='certificates_folder = "certificates"'), "certificates/ca.pem": "x"})
    name = str(home.root / "certificates" / "ca.pem") if absolute else "ca.pem"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        target = {"host": "127.0.0.1", "port": listener.getsockname()[1], "timeout_ms": 500}
        async with ask(home.root) as client:
            answer = await client.post(TEST, json={**target, "tls": {"mode": "verify-ca", "ca_file": name}})
    assert (answer.status_code, answer.json()["failure"]["code"]) == (200, "ca-file-missing")


@pytest.mark.parametrize("name", ["out.pem", "sub/../../secret.pem", "folder/secret.pem", "loop.pem"])
async def test_no_link_and_no_dots_lead_out_of_the_folder(own: Any, ask: Any, name: str) -> None:
    home = own({**allowing("h", more='certificates_folder = "certificates"'), "secret.pem": "x"})
    folder = home.root / "certificates"
    folder.mkdir()
    (folder / "out.pem").symlink_to(home.root / "secret.pem")
    (folder / "folder").symlink_to(home.root)
    (folder / "loop.pem").symlink_to(folder / "loop.pem")
    async with ask(home.root) as client:
        answer = await client.post(TEST, json={"host": "h", "tls": {"ca_file": name}})
        known = await client.post(TEST, json={"host": "h", "tls": {"ca_file": "system", "mode": "verify-full"}})
    assert (answer.status_code, answer.json()["errors"][0]["key"]) == (422, "tls.ca_file")
    assert known.status_code == 200


async def test_who_probed_what_is_logged_without_a_password(
    own: Any, ask: Any, unused_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="app.service.runtime")
    url = f"postgresql://app:canary-77@127.0.0.1:{unused_port}/orders?options=canary-78"
    async with ask(own(allowing("127.0.0.1", "10.0.0.0/8")).root) as client:
        await client.post(TEST, json={"url": url})
        client.service.look_up = Resolver(db_example=[["::1"]])
        await client.post(TEST, json={"host": "db.example", "password": "canary-79"})
    told = [vars(record) for record in caplog.records if record.getMessage() == "probe"]
    assert [(one["asked_by"], one["target"], one["result"]) for one in told] == [
        ("operator", f"app@127.0.0.1:{unused_port}/orders", "connection-refused"),
        ("operator", "@db.example:5432/", "target-not-allowed"),
    ]
    assert "canary" not in str(told)
