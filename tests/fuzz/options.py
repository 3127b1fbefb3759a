"""Options, through the command line."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from .command import CHECKS, VALUES, assay, chosen, project
from .engine import Target, Try

_SEEDS = (
    b'settings_files = ["settings.toml", ".secrets.toml"]\nenv = "production"\nmerge_enabled = true\n',
    b'settings_file = "settings.toml, .secrets.toml"\nenvironments = ["development", "production"]\n',
    b'envvar_prefix = "SHOP"\nnested_separator = "___"\nknown_environments = ["production"]\nproduction = ["production"]\n',
    b'[[waivers]]\nrule = "APP001"\nkey = "debug"\nreason = "known"\nexpires = 2031-12-31\n',
    b'deployed = ["database.*"]\n[roles]\n"database.host" = "password"\n',
    b'environments = false\nlists = "replace"\nload_dotenv = true\ndotenv_path = "x.env"\nenv_switcher = "SHOP_ENV"\n',
    b'preload = ["a.toml"]\nincludes = ["*.toml"]\nsecrets = [".secrets.toml"]\nroot_path = "."\nskip_files = ["b"]\n',
    b'default_env = "base"\nforce_env = "x"\nauto_cast = false\ndotted_lookup = false\ncore_loaders = ["TOML"]\n',
)
_WORDS = (
    b"settings_files", b"production", b"roles", b"waivers", b"expires", b"2031-12-31", b"'*'", b"'**/*.toml'", b"'..'",
    b"'/dev/null'", b"true", b"false", b"[]", b"{}", b"''", b"[tool.assay]", b"envvar_prefix", b"'a,b'", b"schema = 'a:b'",
)  # fmt: skip
_SETTINGS = '[default]\ndebug = true\nport = "x"\n[production.database]\nhost = "db.example"\n[staging]\na = 1\n'


def _attempt(root: Path, data: bytes) -> None:
    if b"schema" in data:  # a model is asked in a process of its own
        return
    (root / "assay.toml").write_bytes(data)
    assay(root, {"SHOP_A": "1", "SHOP_ENV": "production"}, chosen((*CHECKS, *VALUES), data))


@contextlib.contextmanager
def opened() -> Iterator[Try]:
    """The mutated options of a project."""
    with project("settings.toml", _SETTINGS) as root:
        yield lambda data: _attempt(root, data)


TARGET = Target(seeds=_SEEDS, words=_WORDS, opened=opened, usual=300)
