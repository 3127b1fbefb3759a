"""Services, or what stands before them, that send one byte after the other and never come to an end."""

import itertools
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from patience import PATIENCE_SECONDS

from assay_client.errors import Unreachable
from assay_client.transport import Connection

OK, CHUNKED = b"HTTP/1.1 200 OK\r\n", b"Transfer-Encoding: chunked\r\n\r\n"
ENDLESS = {
    "a header": (OK + b"X-Name: ", b"a"),
    "answers that go before the answer": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "a body": (OK + b"Content-Length: 1000000\r\n\r\n", b"a"),
    "the length of a piece": (OK + CHUNKED, b"0"),
    "what comes behind a body": (OK + CHUNKED + b"0\r\n", b"a"),
}
"""What begins, and what then comes for ever."""

STREAMS = {
    "an event": (OK + b"Content-Type: text/event-stream\r\n\r\n:", b"a"),
    "an event in pieces": (OK + CHUNKED + b"1\r\n:\r\n", b"1\r\na\r\n"),
}


@contextmanager
def trickling(begin: bytes, then: bytes) -> Iterator[str]:
    """A service that answers so, as slowly as is needed to be never silent for long; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket() as nobody:
        ended = threading.Event()

        def answer() -> None:
            taken, _ = listener.accept()
            with taken, suppress(OSError):
                taken.recv(65536)
                taken.sendall(begin)
                for _ in itertools.takewhile(lambda _: not ended.wait(0.01), itertools.count()):
                    taken.sendall(then)

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            ended.set()
            with suppress(OSError):
                nobody.connect(listener.getsockname())  # where nobody else came
            thread.join()


def ends_with(work: Callable[[], object]) -> BaseException | None:
    """What a piece of work raises; None where it has not ended by itself."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - it is handed on
            raised.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(PATIENCE_SECONDS)
    return raised[0] if raised else None


@pytest.mark.parametrize("what", ENDLESS)
def test_an_answer_that_never_ends_is_none(what: str) -> None:
    with trickling(*ENDLESS[what]) as url:
        asking = Connection(url, None)
        raised = ends_with(lambda: asking.ask("GET", "/releases/development/head", seconds=0.5))
        asking.break_off()
        asking.close()
    assert isinstance(raised, Unreachable)


@pytest.mark.parametrize("what", STREAMS)
def test_a_line_of_a_stream_that_never_ends_is_silence(what: str) -> None:
    with trickling(*STREAMS[what]) as url:
        asking = Connection(url, None)
        stream = asking.stream("/releases/development/events", seconds=PATIENCE_SECONDS)
        stream.be_patient(0.5)
        raised = ends_with(stream.readline)
        asking.break_off()
        asking.close()
    assert isinstance(raised, OSError)
