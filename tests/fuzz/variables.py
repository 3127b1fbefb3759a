"""Variables of the process and `.env` files, through the command line."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from .command import CHECKS, VALUES, assay, chosen, folder
from .engine import CANARY, Target, Try

_SEEDS = (
    b"SHOP_PORT=8000\0SHOP_DATABASE__HOST=db\0ENV_FOR_DYNACONF=production",
    b"SHOP_HOSTS=[1,2]\0SHOP_DEBUG=TRUE\0SHOP_DATABASE__NAME=@format {env[HOME]}\0HOME=/root",
    b"SHOP_DATABASE={host='a', port=1}\0SHOP_A__B__C__D=1\0SHOP_HOSTS___0=x",
    b"DATABASE_URL=postgresql://u:p@h/d\0SHOP_DATABASE__URL=postgresql://app@h:99999/d",
    b"SHOP_X=@merge [1]\0SHOP_Y=@del\0SHOP_Z=@json {}\0SHOP_W=@jinja {{ 1 }}\0SHOP_V=@none",
    b"ENV_FOR_DYNACONF=prodution\0SETTINGS_FILE_FOR_DYNACONF=x.toml\0ENVVAR_PREFIX_FOR_DYNACONF=Q",
)
_DOTENVS = (
    b"A=1\nexport SHOP_B='two'\n# c\nSHOP_C=\"${A} ${D:-x}\"\nSHOP_E\nSHOP_F=a # b\n",
    b"SHOP_A=\"\\n\\t\"\nSHOP_B='a\nb'\nENV_FOR_DYNACONF=production\n",
    b"\xef\xbb\xbfSHOP_A=1\r\nSHOP_A=2\r\n",
)
_WORDS = (
    b"\0SHOP_", b"__", b"=", b"@format ", b"{this.database.password}", b"{env[SHOP_T]}", b"@int ", b"@merge ", b"@del",
    b"true", b"1e5", b"inf", b"[", b"{", b"postgresql://", b"production", b"_FOR_DYNACONF", b"DYNACONF_", b"'", b'"',
)  # fmt: skip
_DOTENV_WORDS = (b"SHOP_", b"=", b"${", b"}", b":-", b"export ", b"#", b"\\", b"'", b'"', b"\r", b"SHOP_TOKEN", b"__")
_SETTINGS = '[default]\nport = 1\nhosts = ["a"]\n[default.database]\nhost = "h"\n[production]\ndebug = false\n'
_OPTIONS = 'envvar_prefix = "SHOP"\nsettings_files = ["settings.toml"]\nload_dotenv = true\n'


def _variables(root: Path, data: bytes) -> None:
    text = (
        data.decode("utf-8", "surrogateescape").encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    )
    pairs = (pair.partition("=") for pair in text.split("\0"))
    environ = {name: value for name, _, value in pairs if name} | {"SHOP_DATABASE__PASSWORD": CANARY}
    assay(root, environ, chosen((*CHECKS, *VALUES), data))


def _dotenv(root: Path, data: bytes) -> None:
    (root / ".env").write_bytes(data)
    assay(root, {"SHOP_DATABASE__PASSWORD": CANARY}, chosen((*CHECKS, *VALUES), data))


@contextlib.contextmanager
def _project() -> Iterator[Path]:
    with folder() as root:
        (root / "assay.toml").write_text(_OPTIONS)
        (root / "settings.toml").write_text(_SETTINGS)
        yield root


@contextlib.contextmanager
def opened() -> Iterator[Try]:
    """The process's variables."""
    with _project() as root:
        yield lambda data: _variables(root, data)


@contextlib.contextmanager
def opened_dotenv() -> Iterator[Try]:
    """The file's."""
    with _project() as root:
        yield lambda data: _dotenv(root, data)


TARGET = Target(seeds=_SEEDS, words=_WORDS, opened=opened, usual=300)
DOTENV = Target(seeds=_DOTENVS, words=_DOTENV_WORDS, opened=opened_dotenv, usual=300)
