"""The application's Python code, which is read and never run, through the command line."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from .command import CHECKS, VALUES, assay, chosen, project
from .engine import Target, Try

_CALL = b'settings = Dynaconf(settings_files=["settings.toml", ".secrets.toml"], environments=True'
_SEEDS = tuple(
    b"from dynaconf import Dynaconf, Validator\nimport os\n" + before + _CALL + arguments + b")\n" + behind
    for before, arguments, behind in (
        (b"", b', envvar_prefix="SHOP", merge_enabled=True', b""),
        (b'OPTS = {"load_dotenv": True, "env": "production"}\nOPTS["env"] = "x"\n', b", **OPTS", b""),
        (
            b'HERE = os.path.dirname(__file__)\nN = "a" + "b" * 3\n',
            b', root_path=HERE, name=f"{N!r:>10}", size=2**10',
            b"",
        ),
        (b"def make(**k):\n    return Dynaconf(**k)\n", b"", b'other = make(env="production", debug=True)\n'),
        (
            b"",
            b', validators=[Validator("PORT", must_exist=True, gt=0, is_type_of=int), Validator("HOST", "NAME", '
            b'default="x", cast=str.upper), Validator("DEBUG", ne=True, env="production") | Validator("A", is_in=[1])]',
            b'settings.validators.register(Validator("DATABASE.HOST", len_min=3, condition=lambda v: v != ""))\n',
        ),
        (
            b"class Base(Dynaconf):\n    pass\nclass Own(Base):\n    def __init__(self, **k):\n        "
            b"super().__init__(env='production', **k)\n",
            b"",
            b'own = Own(x=os.environ.get("HOME", "none"))\n',
        ),
        (
            b"from pathlib import Path\nROOT = Path(__file__).parent / 'conf'\n",
            b', root_path=str(ROOT), z={"a": [1, (2, 3)], "b": None}, w=b"x", v=1j, u=...',
            b"if settings.DEBUG and settings.get('port', 1):\n    print(settings.database.host, settings['name'])\n",
        ),
    )
)
_WORDS = (
    b"Dynaconf(", b"FlaskDynaconf(app", b"DjangoDynaconf(__name__)", b"LazySettings(", b"Validator(", b"**", b"*", b"lambda: ",
    b"def f(*a, **k): return Dynaconf(*a, **k)\n", b"f'{", b"os.environ['", b"__file__", b"settings", b"validators=[",
    b".register(", b"is_type_of=", b"cast=int", b"condition=", b"items_validators=[", b"env=", b" if True else ", b" for x in ",
    b"[x for x in range(9)]", b'"a" * 999999', b"0x" + b"f" * 99, b"**9**9", b"%", b".format(", b".join(", b".replace(",
    b"class A(Dynaconf): pass\n", b"from .x import *\n", b"import dynaconf as d\n", b"d.Dynaconf(", b"\\ud800", b"match x:\n",
    b"async def ", b"global settings\n", b"del settings\n", b"settings.DATABASE.PASSWORD", b"password=", b"not ", b"~", b"-",
)  # fmt: skip
_SETTINGS = (
    '[default]\nport = 1\nhost = "h"\ndebug = false\n[default.database]\nhost = "db"\n[production]\ndebug = true\n'
)


def _attempt(root: Path, data: bytes) -> None:
    (root / "config.py").write_bytes(data)
    assay(root, {"HOME": "/root"}, chosen((*CHECKS, *VALUES), data))


@contextlib.contextmanager
def opened() -> Iterator[Try]:
    """The mutated code of an application, beside a file of secrets."""
    with project("settings.toml", _SETTINGS) as root:
        yield lambda data: _attempt(root, data)


TARGET = Target(seeds=_SEEDS, words=_WORDS, opened=opened, usual=200)
