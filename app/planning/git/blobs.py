"""The contents of git's objects, many at a call."""

from collections.abc import Iterable, Iterator, Mapping

from app.core.errors import RepositoryError
from app.core.opening import LIMIT
from app.planning.git.repository import Repository

_BATCH = 32 << 20
_ALL = 1 << 30


def read_blobs(repository: Repository, ids: Iterable[str]) -> dict[str, bytes | int]:
    """The content of each blob; of one that is too large to be read, its size.

    Raises:
        RepositoryError: one is not there, or there is too much.
    """
    sizes = _sizes(repository, dict.fromkeys(ids))
    small = {blob: size for blob, size in sizes.items() if size <= LIMIT}
    if sum(small.values()) > _ALL:
        raise RepositoryError("The revision holds more than 1 GB.", fix="Plan a clone that has the project alone.")
    found: dict[str, bytes | int] = {blob: size for blob, size in sizes.items() if size > LIMIT}
    for batch in _batches(small):
        found |= dict(_contents(repository.ask("cat-file", "--batch", given=_lines(batch))))
    return found


def _lines(ids: Iterable[str]) -> bytes:
    return "".join(f"{blob}\n" for blob in ids).encode()


def _sizes(repository: Repository, ids: Iterable[str]) -> Mapping[str, int]:
    sizes: dict[str, int] = {}
    for line in repository.ask("cat-file", "--batch-check", given=_lines(ids)).decode().splitlines():
        blob, kind, *size = line.split(" ")
        if kind != "blob":
            raise repository.lacking()
        sizes[blob] = int(size[0])
    return sizes


def _batches(sizes: Mapping[str, int]) -> Iterator[list[str]]:
    batch: list[str] = []
    held = 0
    for blob, size in sizes.items():
        if batch and held + size > _BATCH:
            yield batch
            batch, held = [], 0
        batch.append(blob)
        held += size
    if batch:
        yield batch


def _contents(answer: bytes) -> Iterator[tuple[str, bytes]]:
    """Source: git-cat-file(1), "BATCH OUTPUT": `<id> blob <size>`, the content, a line end."""
    at = 0
    while at < len(answer):
        end = answer.index(b"\n", at)
        blob, _, size = answer[at:end].split(b" ")
        start = end + 1
        yield blob.decode(), answer[start : start + int(size)]
        at = start + int(size) + 1
