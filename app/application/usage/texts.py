"""The text of a file of Python: the words in it, and its functions, each of which can be parsed alone."""

import ast
import re
from array import array
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from functools import cached_property
from io import BytesIO
from itertools import accumulate
from pathlib import Path
from tokenize import detect_encoding

from app.application.code import parsed

type FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef

_WORD = re.compile(rb"[\w\x80-\xff]+")
"""What follows the first byte of a character that is not ASCII belongs to a name, as the character does."""

_FROM_HERE = re.compile(rb"\bfrom\s+\.+\s*import\b")
_BLANKS = (b" ", b"\t")


class CodeText:
    """What a file says.

    Args:
        raw: its bytes.
    """

    def __init__(self, raw: bytes) -> None:
        self.raw = raw

    @cached_property
    def words(self) -> frozenset[bytes]:
        """Every name, key word and word of a text in it."""
        return frozenset(_WORD.findall(self.raw))

    def among(self, sought: AbstractSet[bytes]) -> AbstractSet[bytes]:
        """Those of these words that stand in it; most files have none, which is known without listing theirs."""
        if "words" in self.__dict__ or any(word in self.raw for word in sought):
            return self.words & sought
        return frozenset()

    @cached_property
    def imports_from_here(self) -> bool:
        """Whether it imports something from its own folder, which needs no name."""
        return _FROM_HERE.search(self.raw) is not None

    @cached_property
    def has_walrus(self) -> bool:
        """Whether an expression in it may bind a name."""
        return b":=" in self.raw

    @cached_property
    def _source(self) -> bytes:
        """The text in UTF-8."""
        with suppress(SyntaxError, LookupError, ValueError):
            encoding, _ = detect_encoding(BytesIO(self.raw).readline)
            return self.raw if encoding.startswith("utf-8") else self.raw.decode(encoding).encode()
        return self.raw

    @cached_property
    def _starts(self) -> Sequence[int]:
        """Where its lines begin, as Python counts them; last of all its end."""
        return array("L", accumulate(map(len, self._source.splitlines(keepends=True)), initial=0))

    def has(self, words: AbstractSet[bytes], first: int, last: int) -> bool:
        """Whether any of these words stands on these lines."""
        begin, end = self._starts[first - 1], self._starts[last]
        return any(_stands(word, self._source, begin, end) for word in words)

    def function(self, first: int, last: int) -> FunctionNode | None:
        """The function on these lines, which stands where it stands in the file; None where there is none.

        Raises:
            RecursionError: it is nested too deep.
        """
        lines = self._source[self._starts[first - 1] : self._starts[last]]
        above = b"\n" * (first - 2) + b"if 1:\n" if lines.startswith(_BLANKS) else b"\n" * (first - 1)
        tree = parsed(above + lines) or parsed(self.raw)  # a form feed may stand in the way
        nodes = ast.walk(tree) if tree else ()
        functions = (node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
        return next((node for node in functions if node.lineno == first), None)


def module_names(files: Iterable[Path]) -> set[bytes]:
    """What an import of one of these modules has to name."""
    return {(file.parent.name if file.stem == "__init__" else file.stem).encode() for file in files}


def _stands(word: bytes, source: bytes, begin: int, end: int) -> bool:
    """Whether a word stands between two places, and not only as a part of another."""
    at = source.find(word, begin, end)
    while at >= 0:
        around = source[max(at - 1, begin) : at] + source[at + len(word) : at + len(word) + 1]
        if not _WORD.search(around):
            return True
        at = source.find(word, at + 1, end)
    return False
