"""One snapshot for the length of a block."""

import asyncio
import threading
from typing import Any

import pytest
from release_documents import deliver, release_of

import assay_client
from assay_client import process


@pytest.fixture
def settings(load: Any, tmp_path: Any) -> Any:
    files = {".secrets.toml": '[default]\nname = "@format {this.port}"\n'}
    return load(files, client=deliver(tmp_path / "good.json", {"port": 1, "db": {"host": "one"}}))


def release(number: int) -> None:
    following = process.current()
    assert following
    following.offer(release_of(number, {"port": number, "db": {"host": str(number)}}))


def test_within_the_block_all_reads_are_of_one_release(settings: Any) -> None:
    with assay_client.snapshot():
        release(2)
        assert (settings.port, settings["PORT"], settings.get("db.host"), settings.name) == (1, 1, "one", "1")
        assert settings.as_dict()["PORT"] == 1
        with assay_client.snapshot():
            assert settings.port == 2
        assert settings.port == 1
    assert (settings.port, settings.db.host, settings.name) == (2, "2", "2")


def test_other_threads_read_the_newest(settings: Any) -> None:
    seen: list[int] = []
    with assay_client.snapshot():
        release(2)
        thread = threading.Thread(target=lambda: seen.append(settings.port))
        thread.start()
        thread.join()
    assert seen == [2]


def test_a_task_that_outlives_its_request_goes_on_with_the_newest(settings: Any) -> None:
    async def application(_scope: Any, _receive: Any, _send: Any) -> None:
        ended = asyncio.Event()
        release(2)

        async def later() -> tuple[int, int]:
            before = settings.port
            await ended.wait()
            return before, settings.port

        tasks.append((asyncio.create_task(later()), ended))
        await asyncio.sleep(0)

    async def serve() -> tuple[int, int]:
        await assay_client.AsgiSnapshots(application)({"type": "http"}, None, None)  # type: ignore[arg-type]
        task, ended = tasks[0]
        ended.set()
        return await task

    tasks: list[Any] = []
    assert asyncio.run(serve()) == (1, 2)


def test_a_websocket_reads_the_newest(settings: Any) -> None:
    seen: list[int] = []

    async def application(_scope: Any, _receive: Any, _send: Any) -> None:
        release(2)
        seen.append(settings.port)

    asyncio.run(assay_client.AsgiSnapshots(application)({"type": "websocket"}, None, None))  # type: ignore[arg-type]
    assert seen == [2]


def test_a_wsgi_answer_keeps_its_snapshot_to_its_last_piece_and_its_close(settings: Any) -> None:
    seen: list[int] = []

    class Pieces:
        def __iter__(self) -> Any:
            for _ in range(2):
                yield str(settings.port).encode()

        def close(self) -> None:
            seen.append(settings.port)

    answer = assay_client.WsgiSnapshots(lambda _environ, _start: Pieces())({}, lambda *_: None)
    pieces = iter(answer)
    first = next(pieces)
    release(2)
    assert (first, next(pieces)) == (b"1", b"1")
    assert next(pieces, None) is None
    answer.close()  # type: ignore[attr-defined]
    assert (seen, settings.port) == ([1], 2)


def test_an_application_that_raises_leaves_no_snapshot_behind(settings: Any) -> None:
    def broken(_environ: Any, _start: Any) -> Any:
        release(2)
        raise KeyError(settings.port)

    with pytest.raises(KeyError, match="1"):
        assay_client.WsgiSnapshots(broken)({}, lambda *_: None)
    assert settings.port == 2


def test_without_a_client_a_snapshot_is_nothing() -> None:
    with assay_client.snapshot():
        pass


def test_many_threads_never_see_half_a_release(settings: Any) -> None:
    mixed: list[Any] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            with assay_client.snapshot():
                pair = str(settings.port), settings.db.host
            mixed.extend([pair] if pair[0] != pair[1] and pair != ("1", "one") else [])

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(2, 30):
        release(number)
    done.set()
    for thread in threads:
        thread.join()
    assert mixed == []
    assert settings.port == 29
