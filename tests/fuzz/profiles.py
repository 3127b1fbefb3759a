"""TOML profiles, through the command line."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from .command import CHECKS, VALUES, assay, chosen, project
from .engine import CANARY, Target, Try

_SEEDS = (
    b'[default]\ndebug = false\nport = 8000\n[default.database]\nhost = "db.example"\nname = "orders"\n\n'
    b'[production]\ndebug = true\n[production.database]\nurl = "postgresql://app@db.example/orders?sslmode=require"\n',
    b'[default]\nhosts = ["a", "b"]\ndynaconf_merge = true\n[production]\nhosts = ["c", "dynaconf_merge"]\n"a.b" = 1\n',
    b'[default.cors]\nallow_origins = ["*"]\n[production.cors]\nallow_origins = ["http://localhost:3000"]\n',
    b"[development]\nwhen = 2026-07-01T12:00:00Z\nday = 2026-07-01\nat = 12:30:00\nx = inf\ny = nan\nz = 0x1F\n",
    b'[default]\nname = "@format {this.database.name}-{env[HOME]}"\nn = "@int 5"\nj = "@jinja {{ 1 }}"\ne = "@empty"\n',
    b'[[default.servers]]\nname = "a"\n[[default.servers]]\nname = "b"\n[production]\nservers = "@merge [1]"\n',
    b'[default]\ntext = """\nline one\nline two"""\nraw = \'C:\\x\'\n[global]\nlevel = "debug"\n[prodcution]\na = 1\n',
    b'[default.cache]\nredis = "redis://cache.example:6379/0"\n[production.cache]\nredis = { host = "r", tls = true }\n',
    b"a = 1\n[default]\nA = 1\na = 2\n[DEFAULT]\nb = 3\n",
    b"[default]\nworkers = \n",
)
_WORDS = (
    b"[production]", b"[default]", b"[default.database]", b"dynaconf_merge = true\n", b"dynaconf_include = ['x.toml']\n",
    b"password", b"url = ", b"host = ", b"debug = true\n", b'"@format {this.database.password}"', b'"@del"', b'"@merge"',
    b'"postgresql://u@h/d"', b"sslmode=", b"[[default.a]]", b"tls = { mode = 'require' }", b"secret_key = ''",
    b'"${HOME}"', b'"@jinja {{ 1 }}"', b"1979-05-27T07:32:00Z", b"_for_dynaconf", b"[x.y.z]", b"{ a = 1 }", b'"\\u0000"',
    b'"\\u202e"', b'"a\\nb" = 1\n', b"['production\\n']",
)  # fmt: skip


def _attempt(root: Path, data: bytes) -> None:
    (root / "settings.toml").write_bytes(data)
    assay(root, {}, chosen((*CHECKS, *CHECKS, *VALUES), data))


@contextlib.contextmanager
def opened() -> Iterator[Try]:
    """The mutated file beside a file of secrets."""
    options = 'settings_files = ["settings.toml", ".secrets.toml"]\nenv = "production"\n'
    secrets = f'[default.database]\npassword = "{CANARY}"\n[default.vault]\nopener = "{CANARY}"\n'
    with project("assay.toml", options, secrets) as root:
        yield lambda data: _attempt(root, data)


TARGET = Target(seeds=_SEEDS, words=_WORDS, opened=opened, usual=400)
