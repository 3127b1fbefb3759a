"""What a project's own model says: JSON of a process that runs a stranger's code."""

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from app.checking.check import validate
from app.core.errors import AssayError
from app.project.json_schema import schema
from app.project.model.ipc import Conversation, Silence
from app.project.workspace import open_workspace
from app.reports import wire

from .command import folder
from .engine import CANARY, Target, Try
from .promises import kept

_SCHEMA = (
    b'{"schema":{"title":"Settings","type":"object","properties":{"port":{"type":"integer","default":1},"database":'
    b'{"$ref":"#/$defs/Database"},"hosts":{"type":"array","items":{"type":"string"}}},"$defs":{"Database":{"type":'
    b'"object","properties":{"password":{"type":"string","format":"password","writeOnly":true,"default":"' +
    CANARY.encode() + b'"},"host":{"anyOf":[{"type":"string"},{"type":"null"}]}},"required":["password"]}}},'
    b'"names":[["port"],["database"],["hosts","HOSTS"]],"files":["/x/model.py"]}'
)  # fmt: skip
_ERRORS = (
    b'{"environments":[[{"loc":["port"],"type":"int_parsing","msg":"Input should be a valid integer"},{"loc":'
    b'["database","password"],"type":"missing","msg":"Field required"}],[]]}'
)
_SEEDS = (
    _SCHEMA + b"\n" + _ERRORS,
    b'{"schema":{},"names":[],"files":[]}\n{"environments":[[],[]]}',
    b'{"error":{"kind":"raised","exception":"ValueError","message":"m","file":"/x/model.py","line":3}}\n',
    b'{"error":{"kind":"no-attribute","known":["A"]}}\n{}',
    b'{"error":{"kind":"exit","status":"1"}}\n{"error":{"kind":"no-model","found":"int"}}',
)
_WORDS = (
    b'"$ref":"#/$defs/Database"', b'"allOf":[', b'"properties":{', b'"type":', b'"additionalProperties":', b'"items":',
    b'"patternProperties":{', b'"default":', b'"enum":', b'"x-names":', b'"loc":', b'"msg":', b"null", b"[", b"]", b"{", b"}",
    b'"a":1', b"true", b"1e999", b'"error":{"kind":', b'"environments":', b'"format":"password"', b'"const":',
)  # fmt: skip


class _Said(Conversation):
    """A conversation with nobody: the answers are the input's lines."""

    def __init__(self, data: bytes) -> None:
        self.nonce = ""
        self._answers = iter(data.split(b"\n"))

    def say(self, document: Mapping[str, Any]) -> None:
        json.dumps(document)

    def hear(self) -> Any:
        line = next(self._answers, b"")
        if not line:
            raise Silence(hangs=False, floods=False, status=1, trace="", printed="")
        return self._understood(line)

    def _silence(self, *, hangs: bool = False, floods: bool = False, trace: str = "") -> Silence:
        return Silence(hangs=hangs, floods=floods, status=None, trace=trace, printed="")


def _attempt(root: Path, data: bytes, say: Callable[[bytes], None]) -> None:
    say(data)
    try:
        workspace = open_workspace(root, {})
        shown = wire.encode(validate(workspace)).decode()
        public = json.dumps(schema(workspace, layer=False))
    except AssayError:
        return
    if (
        data.count(CANARY.encode()) == 1
        and b'"format":"password","writeOnly":true,"default":"' + CANARY.encode() in data
    ):
        kept(shown, public)


@contextlib.contextmanager
def opened() -> Iterator[Try]:
    """A project whose model's process is the input."""
    said = [b""]

    @contextlib.contextmanager
    def conversation(_: Sequence[str], __: Path, ___: Mapping[str, str], ____: float) -> Iterator[Conversation]:
        yield _Said(said[0])

    asking = import_module("app.project.model.ask")  # the package has a function of that name
    real, asking.conversation = asking.conversation, conversation
    try:
        with folder() as root:
            (root / "assay.toml").write_text('schema = "model:Settings"\nsettings_files = ["settings.toml"]\n')
            (root / "settings.toml").write_text(
                "[default]\nport = 1\n[default.database]\nhost = 'h'\n[production]\na=1\n"
            )
            yield lambda data: _attempt(root, data, lambda one: said.__setitem__(0, one))
    finally:
        asking.conversation = real


TARGET = Target(seeds=_SEEDS, words=_WORDS, opened=opened, usual=300)
