"""A door that is shut before the house is left."""

import socket
import struct
import sys
from pathlib import Path

import pytest

from app.cli.socket_filter import shut

ESTABLISHED = 1
"""Source: Linux, `include/net/tcp_states.h`."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can shut it")


def is_connected(caller: socket.socket, port: int) -> bool:
    """Whether a connection is set up; on one machine it is before `connect` returns, or not at all."""
    caller.settimeout(0)
    caller.connect_ex(("127.0.0.1", port))
    state: int = struct.unpack("B", caller.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1))[0]
    return state == ESTABLISHED


def test_a_shut_door_lets_nobody_in_and_those_in_line_through() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket() as early, socket.socket() as late:
        port = listener.getsockname()[1]
        assert is_connected(early, port)
        shut(port)
        assert not is_connected(late, port)
        accepted, _ = listener.accept()
        early.settimeout(None)
        with accepted:
            early.sendall(b"question")
            assert accepted.recv(8) == b"question"
            accepted.sendall(b"answer")
            assert early.recv(6) == b"answer"


def test_other_doors_stay_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as ours, socket.create_server(("127.0.0.1", 0)) as other:
        shut(ours.getsockname()[1])
        with socket.socket() as caller:
            assert is_connected(caller, other.getsockname()[1])


def test_a_port_on_which_nobody_listens_is_no_error() -> None:
    shut(1)


def descriptors() -> set[str]:
    """What this process has open; what lists them is among them each time."""
    return {entry.name for entry in Path("/proc/self/fd").iterdir()}


def test_looking_for_the_door_leaves_nothing_open(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w"), socket.create_server(("127.0.0.1", 0)) as listener:
        before = descriptors()
        shut(listener.getsockname()[1])
        assert descriptors() == before
