"""Who wrote a line of a profile last: its commit, as `git blame` knows it.

Only commits are asked about, never the file on the disk: reading that, git would run the filters that the repository
configures. A line of the working tree is looked for in the last commit first.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from difflib import SequenceMatcher
from itertools import groupby, takewhile
from pathlib import Path

from app.project.git import run_git
from app.reports.wire import LineCommit

_BLAME = ("-c", "blame.ignoreRevsFile=", "blame", "--incremental", "--no-textconv")
_HEAD = re.compile(r"([0-9a-f]{40,64}) \d+ (\d+) (\d+)")
_RANGES = 500
"""Of more stretches of a file the whole file is asked about."""


def blame(
    top: Path, environ: Mapping[str, str], commit: str, file: str, lines: Sequence[int], *, shallow: bool = False
) -> dict[int, LineCommit]:
    """The commits of some lines of a file as it is in a commit; without those that git does not know.

    Args:
        top: the root of the work tree, or a bare repository.
        environ: where `git` and its user's configuration are found.
        commit: its id.
        file: relative to the top.
        lines: counted from 1.
        shallow: whether history is cut off: what is older than that has no commit here.
    """
    ranges = [f"-L{start},{end}" for start, end in _ranges(sorted(set(lines)))]
    ran = run_git(top, environ, *_BLAME, *(ranges if len(ranges) <= _RANGES else ()), commit, "--", file)
    if ran is None or ran.returncode:
        return {}
    return _parsed(ran.stdout.decode(errors="replace"), skip_boundary=shallow)


def blame_text(
    top: Path, environ: Mapping[str, str], file: str, text: str, lines: Sequence[int], *, shallow: bool = False
) -> dict[int, LineCommit]:
    """The same for a file of the working tree with this text; a line that is not in the last commit has none."""
    ran = run_git(top, environ, "cat-file", "blob", f"HEAD:{file}")
    if ran is None or ran.returncode:
        return {}
    older = ran.stdout.decode(errors="replace").splitlines()
    numbers = _counterparts(older, text.splitlines(), set(lines))
    found = blame(top, environ, "HEAD", file, list(numbers.values()), shallow=shallow) if numbers else {}
    return {line: found[number] for line, number in numbers.items() if number in found}


def _counterparts(older: Sequence[str], newer: Sequence[str], lines: set[int]) -> dict[int, int]:
    """The number that each of some lines had before; without those that were not there."""
    head = _common(zip(older, newer, strict=False))  # most edits are small: what is around them is not searched
    left, right = older[head:], newer[head:]
    tail = _common(zip(reversed(left), reversed(right), strict=False))
    numbers = {line: line for line in lines if line <= head}
    shift = len(older) - len(newer)
    numbers |= {line: line + shift for line in lines if len(newer) - tail < line <= len(newer)}
    for block in SequenceMatcher(None, left[: len(left) - tail], right[: len(right) - tail]).get_matching_blocks():
        found = range(head + block.b + 1, head + block.b + block.size + 1)
        numbers |= {line: line + block.a - block.b for line in found if line in lines}
    return numbers


def _common(pairs: Iterable[tuple[str, str]]) -> int:
    """How many pairs of lines are equal before the first that is not."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _ranges(lines: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Stretches of lines without a gap."""
    for _, run in groupby(enumerate(lines), key=lambda item: item[1] - item[0]):
        numbers = [line for _, line in run]
        yield numbers[0], numbers[-1]


def _parsed(answer: str, *, skip_boundary: bool) -> dict[int, LineCommit]:
    """Source: git-blame(1), "INCREMENTAL OUTPUT": no lines, and a commit's own data where it is named first."""
    said: dict[str, dict[str, str]] = {}
    found: dict[int, str] = {}
    current: dict[str, str] = {}
    for line in answer.split("\n"):
        if match := _HEAD.fullmatch(line):
            commit, start, count = match[1], int(match[2]), int(match[3])
            current = said.setdefault(commit, {"id": commit})
            found |= dict.fromkeys(range(start, start + count), commit)
        else:
            name, _, value = line.partition(" ")
            current.setdefault(name, value)
    return {
        line: _commit(said[commit])
        for line, commit in found.items()
        if not (skip_boundary and "boundary" in said[commit])
    }


def _commit(said: Mapping[str, str]) -> LineCommit:
    return LineCommit(id=said["id"], author=said.get("author", ""), date=_date(said), subject=said.get("summary", ""))


def _date(said: Mapping[str, str]) -> str:
    try:
        offset = int(said.get("author-tz", "0"))
        minutes = (abs(offset) // 100 * 60 + abs(offset) % 100) * (1 if offset >= 0 else -1)
        zone = timezone(timedelta(minutes=minutes))
        return datetime.fromtimestamp(int(said.get("author-time", "0")), UTC).astimezone(zone).isoformat()
    except (ValueError, OverflowError, OSError):  # a commit made by hand
        return ""
