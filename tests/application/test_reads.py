"""Names are followed to what the code reads; what cannot be followed is unclear, and never unread."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from app.core import limits
from app.core.layers import parse_key
from app.core.usage.reads import Read, Usage
from app.project.workspace import open_workspace

CALL = 'from dynaconf import Dynaconf\nsettings = Dynaconf(environments=True, settings_files=["settings.toml"])\n'
PROFILE = """
[default]
debug = false
names = ["a", "b"]

[default.redis]
host = "cache"
port = 6379

[default.mail]
host = "smtp"
"""
USE = "from config import settings\n"
REDIS_HOST, REDIS_PORT, MAIL_HOST = "redis.host", "redis.port", "mail.host"


def _usage(root: Path, files: Mapping[str, str]) -> Usage:
    for name, text in {"config.py": CALL, "settings.toml": PROFILE, **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return open_workspace(root, {}).usage


def _verdicts(usage: Usage) -> dict[str, str]:
    keys = ("debug", "names[0]", REDIS_HOST, REDIS_PORT, MAIL_HOST)
    return {key: usage.verdict(parse_key(key) or ()) for key in keys}


def _read(usage: Usage) -> set[str]:
    return {key for key, verdict in _verdicts(usage).items() if verdict == "read"}


def _unclear(usage: Usage) -> set[str]:
    return {key for key, verdict in _verdicts(usage).items() if verdict == "unclear"}


LATE = "def late():\n    conf = names.REDIS\n    return conf.host\n"
"""A function that names nothing which is known to be of the settings when its file is read first."""

FOLLOWED = {
    "a function that is remembered": {
        "use.py": "import functools\n" + USE + "@functools.cache\ndef f():\n    return settings\nf().redis.host\n",
    },
    "a function that is read again": {
        "names.py": USE + "REDIS = settings.redis\n",
        "use.py": "import names\nfrom config import settings\nsettings.name\n" + LATE,
    },
    "a method that is read again": {
        "names.py": USE + "REDIS = settings.redis\n",
        "use.py": "import names\nfrom config import settings\nsettings.name\nclass A:\n"
        + "".join(f"    {line}\n" for line in LATE.splitlines()),
    },
    "a function behind a form feed": {
        "names.py": USE + "REDIS = settings.redis\n",
        "use.py": "import names\nfrom config import settings\nsettings.name\nif 1:\n  \f  "
        + LATE.replace("\n", "\n  "),
    },
    "a name that is not ASCII": {"use.py": "from config import settings as größe\nprint(größe.redis.host)\n"},
    "a name that a comprehension has, too": {
        "use.py": USE + "def f():\n    print([settings for settings in ()])\n    return settings.redis.host\n"
    },
    "an alias": {"use.py": USE + "redis = settings.redis\nprint(redis.host)\n"},
    "an imported alias": {"use.py": "from config import settings as conf\nprint(conf.REDIS.HOST)\n"},
    "an imported alias that is imported again": {
        "names.py": "from config import settings as conf\n",
        "use.py": "from names import conf as c\nprint(c.redis.host)\n",
    },
    "an alias that a package hands on": {
        "shop/__init__.py": "from config import settings as conf\n",
        "shop/use.py": "from . import conf\nprint(conf.redis.host)\n",
    },
    "a module": {"use.py": "import config\nprint(config.settings.redis['host'])\n"},
    "a package": {
        "shop/__init__.py": "from .conf import *\n",
        "shop/conf.py": "from config import settings\n",
        "shop/use.py": "from shop import settings\nprint(settings.redis.host)\n",
    },
    "an alias of another module": {
        "names.py": USE + "REDIS = settings.REDIS\n",
        "use.py": "import names as n\nn.REDIS.host.lower()\n",
    },
    "a parameter": {"use.py": USE + "def connect(cfg):\n    return cfg.host\nconnect(settings.redis)\n"},
    "a named parameter of another module": {
        "db.py": "def connect(*, cfg=None):\n    return cfg['host']\n",
        "use.py": USE + "from db import connect\nconnect(cfg=settings.redis)\n",
    },
    "a default": {"use.py": USE + "def connect(cfg=settings.redis):\n    return cfg.host\n"},
    "an attribute of an object": {
        "use.py": USE + "class Cache:\n    def __init__(self):\n        self.cfg = settings.redis\n"
        "    def open(self):\n        return self.cfg.host\n"
    },
    "an attribute that is inherited": {
        "base.py": USE + "class Base:\n    def __init__(self):\n        self.cfg = settings\n",
        "use.py": "from base import Base\nclass A(Base):\n    def open(self):\n        return self.cfg.redis.host\n",
    },
    "an attribute of whatever object": {
        "app.py": USE + "def start(app):\n    app.state.conf = settings\n",
        "use.py": "def view(request):\n    return request.app.state.conf.redis.host\n",
    },
    "what a constructor is handed": {
        "use.py": USE + "class Cache:\n    def __init__(self, cfg):\n        self.c = cfg\n    def open(self):\n"
        "        return self.c.host\nCache(settings.redis)\n"
    },
    "what a function returns": {
        "use.py": "from functools import lru_cache\nfrom config import settings\n@lru_cache\ndef get_settings():\n"
        "    return settings\nprint(get_settings().redis.host)\n"
    },
    "what FastAPI injects": {
        "use.py": "from fastapi import Depends\nfrom config import settings\ndef get():\n    return settings\n"
        "async def view(conf=Depends(get)):\n    return conf.redis.host\n"
    },
    "a type": {"use.py": "from dynaconf import Dynaconf\ndef view(conf: Dynaconf):\n    return conf.redis.host\n"},
    "a property": {
        "use.py": USE + "class A:\n    @property\n    def conf(self):\n        return settings\n    def f(self):\n"
        "        return self.conf.redis.host\n"
    },
    "a class's own attribute": {"use.py": USE + "class A:\n    conf = settings.redis\nprint(A.conf.host)\n"},
    "a dotted key": {"use.py": USE + "settings.get('redis.host', 'x')\n"},
    "a call": {"use.py": USE + "settings('redis.host')\n"},
    "a cast": {"use.py": USE + "settings.as_int('redis.host')\n"},
    "a question": {"use.py": USE + "settings.exists('redis.host')\n"},
    "a name by its text": {"use.py": USE + "getattr(settings.redis, 'host', None)\n"},
    "a constant": {"use.py": USE + "KEY = 'host'\nsettings.redis[KEY]\n"},
    "another environment": {"use.py": USE + "settings.from_env('x').redis.host\n"},
    "a walrus": {"use.py": USE + "if (r := settings.redis):\n    r.host\n"},
    "a fallback": {"use.py": USE + "print((settings.get('redis') or {}).get('host'))\n"},
    "a lambda": {"use.py": USE + "f = lambda: settings.redis.host\n"},
    "a loop": {"use.py": USE + "x = [i for i in range(3) if settings.redis.host == i]\n"},
    "a pair": {"use.py": USE + "a, b = settings.redis.host, 1\n"},
    "a format": {"use.py": USE + "print(f'{settings.redis.host}')\n"},
    "a match": {"use.py": USE + "match settings.redis.host:\n    case 'a':\n        pass\n"},
}


@pytest.mark.parametrize("files", FOLLOWED.values(), ids=FOLLOWED)
def test_names_are_followed(tmp_path: Path, files: Mapping[str, str]) -> None:
    usage = _usage(tmp_path, files)
    assert (_read(usage), _unclear(usage)) == ({REDIS_HOST}, set())


@pytest.mark.parametrize("files", FOLLOWED.values(), ids=FOLLOWED)
def test_names_are_followed_into_the_bodies_of_functions(tmp_path: Path, files: Mapping[str, str]) -> None:
    usage = _usage(tmp_path, {**files, "use.py": _in_a_function(files.get("use.py", ""))})
    assert (_read(usage), _unclear(usage)) == ({REDIS_HOST}, set())


def _in_a_function(code: str) -> str:
    """The same code, all of which but its imports runs when somebody calls it."""
    lines = code.splitlines()
    imports = [line for line in lines if line.startswith(("import ", "from "))]
    rest = [f"    {line}" for line in lines if line not in imports]
    return "\n".join([*imports, "def main():", "    pass", *rest, ""])


FIXTURE = "import pytest\nfrom config import settings as own\n@pytest.fixture{0}\ndef {1}({2}):\n    {3}\n"
STRANGER = "import pytest\n@pytest.fixture\ndef settings():\n    return Namespace(redis=Namespace(host=1))\n"
TEST = "def test_it(settings):\n    assert settings.redis.host\n"
FILLED = {
    "a fixture above": {"conftest.py": FIXTURE.format("", "settings", "", "return own"), "tests/shop/test_it.py": TEST},
    "one that yields": {
        "tests/conftest.py": FIXTURE.format("()", "settings", "", "yield own"),
        "tests/test_it.py": TEST,
    },
    "one with a name": {
        "tests/conftest.py": FIXTURE.format("(name='settings')", "make", "", "return own"),
        "tests/test_it.py": TEST,
    },
    "its own": {"test_it.py": FIXTURE.format("", "settings", "", "return own") + TEST},
    "a fixture of a fixture": {
        "conftest.py": FIXTURE.format("", "settings", "", "return own"),
        "tests/conftest.py": FIXTURE.format("", "settings", "settings", "return settings"),
        "tests/test_it.py": TEST,
    },
    "a method's": {
        "conftest.py": FIXTURE.format("", "cfg", "", "return own.redis"),
        "test_it.py": "class TestIt:\n    def test_it(self, cfg):\n        assert cfg.host\n",
    },
}
NOT_FILLED = {
    "a stranger": {"conftest.py": STRANGER, "test_it.py": TEST},
    "a nearer stranger": {
        "conftest.py": FIXTURE.format("", "settings", "", "return own"),
        "tests/conftest.py": STRANGER,
        "tests/test_it.py": TEST,
    },
    "one of another folder": {
        "a/conftest.py": FIXTURE.format("", "settings", "", "return own"),
        "b/test_it.py": TEST,
    },
    "nobody's": {"test_it.py": TEST},
    "what no test is": {
        "conftest.py": FIXTURE.format("", "settings", "", "return own"),
        "use.py": "def view(settings):\n    return settings.redis.host\n",
    },
}


@pytest.mark.parametrize("files", FILLED.values(), ids=FILLED)
def test_pytest_hands_settings_to_tests(tmp_path: Path, files: Mapping[str, str]) -> None:
    usage = _usage(tmp_path, files)
    assert (_read(usage), _unclear(usage)) == ({REDIS_HOST}, set())
    assert {read.test for read in usage.reads} == {True}


@pytest.mark.parametrize("files", NOT_FILLED.values(), ids=NOT_FILLED)
def test_a_fixture_of_that_name_that_gives_something_else_is_no_read(tmp_path: Path, files: Mapping[str, str]) -> None:
    assert _usage(tmp_path, files).reads == ()


def test_pytest_django_hands_its_settings_to_tests(tmp_path: Path) -> None:
    django = {
        "shop/settings.py": "import dynaconf\nSECRET = 1\nsettings = dynaconf.DjangoDynaconf(__name__)\n",
        "shop/settings.toml": "[default]\nsize = 1\nlimit = 2\n",
        "tests/test_it.py": "def test_it(settings):\n    settings.LIMIT = 3\n    assert settings.SIZE\n",
    }
    for name, text in django.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    usage = open_workspace(tmp_path, {}).usage
    assert [(".".join(read.path), read.file, read.test) for read in usage.reads] == [("SIZE", "tests/test_it.py", True)]
    (tmp_path / "conftest.py").write_text(STRANGER)
    assert open_workspace(tmp_path, {}).usage.reads == ()


WHOLE = {
    "star-arguments": USE + "connect(**settings.redis)\n",
    "an argument of a stranger": USE + "connect(settings.redis)\n",
    "a method of a table": USE + "settings.redis.items()\n",
    "a computed name": USE + "def f(key):\n    return settings.redis[key]\n",
    "a computed look-up": USE + "def f(key):\n    return settings.get('redis').get(key)\n",
    "an item of a list": USE + "tables = [settings.redis]\n",
    "an alias that is handed on": USE + "redis = settings.redis\nconnect(redis)\n",
    "a parameter that is handed on": USE + "def f(cfg):\n    connect(cfg)\nf(settings.redis)\n",
    "what is returned to nobody known": USE + "def f():\n    return settings.redis\nfor x in f():\n    pass\n",
    "what is returned to a framework": USE + "@router.get('/settings')\nasync def f():\n    return settings.redis\n",
}


@pytest.mark.parametrize("code", WHOLE.values(), ids=WHOLE)
def test_a_table_that_is_used_as_a_whole_is_unclear(tmp_path: Path, code: str) -> None:
    usage = _usage(tmp_path, {"use.py": code})
    assert (_read(usage), _unclear(usage)) == (set(), {REDIS_HOST, REDIS_PORT})
    assert {one.file for key in (REDIS_HOST,) for one in usage.unclear_of(parse_key(key) or ())} == {"use.py"}


EVERYTHING = {
    "what is returned to a framework": USE + "@app.task\ndef f():\n    return settings\n",
    "all of it as a table": USE + "settings.as_dict()\n",
    "all of it to a stranger": USE + "render(settings)\n",
    "a computed key": USE + "def f(key):\n    return settings[key]\n",
    "a file that does not parse": USE + "print settings\n",
}


@pytest.mark.parametrize("code", EVERYTHING.values(), ids=EVERYTHING)
def test_settings_that_are_handed_on_leave_every_key_unclear(tmp_path: Path, code: str) -> None:
    assert set(_verdicts(_usage(tmp_path, {"use.py": code})).values()) == {"unclear"}


def test_a_name_that_is_known_in_part_leaves_what_fits_unclear(tmp_path: Path) -> None:
    usage = _usage(tmp_path, {"use.py": USE + "def f(x):\n    return settings[f'red{x}'], settings.redis[x + 'ort']\n"})
    assert _unclear(usage) == {REDIS_HOST, REDIS_PORT}


def test_what_only_looks_alike_is_not_read(tmp_path: Path) -> None:
    code = (
        "from other import settings\nprint(settings.redis.host)\nclass A:\n    def f(self, settings):\n"
        "        return settings.mail.host\ndef g():\n    settings = {}\n    return settings['debug']\n"
    )
    assert _read(_usage(tmp_path, {"use.py": code, "other.py": "settings = object()\n"})) == set()


def test_what_tests_read_is_told_as_such(tmp_path: Path) -> None:
    usage = _usage(tmp_path, {"tests/test_it.py": USE + "assert settings.redis.host\nf(**settings.mail)\n"})
    assert [read.test for read in usage.reads_of(("redis", "host"))] == [True]
    assert usage.verdict(("mail", "host")) == "unread"


def _one(root: Path, code: str) -> Read:
    [read] = _usage(root, {"use.py": USE + code}).reads_of(("redis", "host"))
    return read


UNSURE = {
    "a condition": "if x:\n    settings.redis.host\n",
    "what a condition may leave": "def f(x):\n    if x:\n        return\n    print(settings.redis.host)\n",
    "another environment": "with settings.using_env('x'):\n    print(settings.redis.host)\n",
    "an environment that the code switches to": "settings.setenv('x')\nprint(settings.redis.host)\n",
    "a choice": "print(settings.redis.host if x else 1)\n",
    "a second operand": "print(x and settings.redis.host)\n",
    "a loop": "for x in y:\n    print(settings.redis.host)\n",
    "a handler": "try:\n    x()\nexcept ValueError:\n    print(settings.redis.host)\n",
}


@pytest.mark.parametrize("code", UNSURE.values(), ids=UNSURE)
def test_a_read_under_a_condition_is_not_sure(tmp_path: Path, code: str) -> None:
    assert not _one(tmp_path, code).sure


DEFAULTED = {
    "a default": "print(settings.redis.get('host', 1))\n",
    "no default": "print(settings.redis.get('host'))\n",
    "a handler": "try:\n    print(settings.redis.host)\nexcept (KeyError, AttributeError):\n    pass\n",
    "a question": "print('host' in settings.redis)\n",
    "an attribute with a default": "print(getattr(settings.redis, 'host', None))\n",
}


@pytest.mark.parametrize("code", DEFAULTED.values(), ids=DEFAULTED)
def test_a_read_that_something_stands_in_for_has_a_default(tmp_path: Path, code: str) -> None:
    assert _one(tmp_path, code).default


def test_what_keeps_a_key_s_value_does_not_set_the_key(tmp_path: Path) -> None:
    code = (
        "class A:\n    def __init__(self, other):\n        self.host = settings.redis.host\n"
        "        other.port = settings.redis.port\n        del other.port\n        self.table = settings.mail\n"
        "        self.table.name = 'x'\n        other.inner = settings.queue\n        other.inner['size'] = 1\n"
        "        settings.web.root = 'x'\n"
    )
    usage = _usage(tmp_path, {"use.py": USE + code})
    assert set(usage.written) == {("mail", "name"), ("queue", "size"), ("web", "root")}


def test_a_plain_read_is_sure(tmp_path: Path) -> None:
    read = _one(tmp_path, "def f():\n    print('ü', settings.redis.host)\n")
    assert (read.sure, read.default, read.line, read.column) == (True, False, 3, 16)


def test_flask_and_django_read_settings_themselves(tmp_path: Path) -> None:
    flask = (
        "from dynaconf import FlaskDynaconf\nfrom flask import Flask\napp = Flask(__name__)\n"
        'FlaskDynaconf(app, settings_files=["settings.toml"])\nprint(app.config["REDIS"]["host"])\n'
    )
    usage = _usage(tmp_path / "flask", {"config.py": flask})
    assert (_read(usage), len(_unclear(usage))) == ({REDIS_HOST}, 4)
    django = 'import dynaconf\nsettings = dynaconf.DjangoDynaconf(__name__, settings_files=["settings.toml"])\n'
    view = "from django.conf import settings\nprint(settings.REDIS.host)\n"
    usage = _usage(tmp_path / "django", {"config.py": django, "views.py": view})
    assert (_read(usage), len(_unclear(usage))) == ({REDIS_HOST}, 4)


def test_the_global_object_is_followed(tmp_path: Path) -> None:
    code = "from dynaconf import *\nprint(settings.REDIS.HOST)\n"
    assert _read(_usage(tmp_path, {"config.py": "from dynaconf import settings\n", "use.py": code})) == {REDIS_HOST}


def test_what_the_code_sets_is_written(tmp_path: Path) -> None:
    code = "settings.NEW = 1\nsettings['redis']['x'] = 2\nsettings.set('mail.y', 3)\nsetattr(settings, 'Z', 4)\n"
    usage = _usage(tmp_path, {"use.py": USE + code})
    assert usage.written == (("NEW",), ("redis", "x"), ("mail", "y"), ("Z",))
    assert usage.closed
    assert not _usage(tmp_path, {"use.py": USE + "settings.load_file(path='x.toml')\n"}).closed


def test_hostile_code_ends_with_nothing(tmp_path: Path) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text(USE + "print(settings.mail.host)\n")
    root = tmp_path / "project"
    root.mkdir()
    (root / "link.py").symlink_to(outside)
    deep = USE + "x = " + "(" * 150 + "settings.redis.host" + ")" * 150 + "\n" + "x = settings" + ".a" * 3000 + "\n"
    files = {
        "nul.py": USE + "\0settings.mail.host\n",
        "long.py": USE + f"x = '{'a' * (10 << 20)}'; settings.mail.host\n",
        "deep.py": deep,
        "marker.py": f"import pathlib\npathlib.Path({str(tmp_path / 'marker')!r}).touch()\n{USE}settings.debug\n",
        "loop.py": USE + "x = settings\nx = x.a\nx = x[x]\ndef f(y):\n    f(y.b)\n    return f(x)\nf(settings)\n",
        "circle.py": "from circle import *\nfrom circle import a as b, b as a\n" + USE + "print(a.b, settings.names)\n",
    }
    usage = _usage(root, files)
    assert _verdicts(usage)["debug"] == "read"
    assert all(read.file != "link.py" for read in usage.reads)
    assert not (tmp_path / "marker").exists()


def test_code_that_hands_its_settings_on_in_circles_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FOLLOWED", limits.Limit(2000, "places", ""))
    stars = {
        f"m{i}.py": "".join(f"from m{(i + j) % 40} import *\n" for j in range(1, 6)) for i in range(40)
    }  # 5 to the 40th ways
    fan = "".join(f"def f{i}(p):\n    f{(i + 1) % 30}(p.x)\n    return f{i * 7 % 30}(p.y)\n" for i in range(30))
    usage = _usage(tmp_path, {**stars, "use.py": "from m0 import *\n" + USE + fan + "f0(settings)\n"})
    assert set(_verdicts(usage).values()) == {"unclear"}


def test_a_long_way_through_much_code_is_followed_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is known of the rest is not found again for each step of the way."""
    monkeypatch.setattr(limits, "FOLLOWED", limits.Limit(3000, "places", ""))
    rest = "".join(f"rest{i} = settings.mail\n" for i in range(200))
    way = {f"m{i:02}.py": f"from m{i - 1:02} import f{i - 1}\ndef f{i}(p):\n    f{i - 1}(p)\n" for i in range(1, 25)}
    end = {
        "m00.py": "def f0(p):\n    return p.host\n",
        "use.py": f"{USE}from m24 import f24\n{rest}f24(settings.redis)\n",
    }
    assert REDIS_HOST in _read(_usage(tmp_path, way | end))


LATE_SYMBOLS = {
    "a function that a body defines for the module": "def outer():\n    global inner\n    print(conf)\n"
    "    def inner(p):\n        return p.host\nconf = settings.mail\nouter()\ninner(settings.redis)\n",
    "a method of a class defined in a body": "def outer(names):\n    class Late:\n        def take(self, p):\n"
    "            return p.host\n    Late().take(names.redis)\nouter(settings)\n",
    "an attribute given in a body": "class Kept:\n    def begin(self, names):\n        self.conf = names.redis\n"
    "    def end(self):\n        return self.conf.host\nKept().begin(settings)\nKept().end()\n",
}


@pytest.mark.parametrize("text", LATE_SYMBOLS.values(), ids=LATE_SYMBOLS)
def test_what_only_a_body_defines_is_found_when_that_is_read(tmp_path: Path, text: str) -> None:
    assert REDIS_HOST in _read(_usage(tmp_path, {"use.py": USE + text}))


def test_what_is_told_has_the_same_order_every_time(tmp_path: Path) -> None:
    tables = "".join(f"show(settings.{name})\n" for name in ("redis", "mail", "names", "debug", "redis.host"))
    _usage(tmp_path, {"use.py": f"{USE}def show(p):\n    known = [p]\n    return known\n{tables}"})
    code = "import sys; from pathlib import Path; from app.project.workspace import open_workspace; "
    code += "print(open_workspace(Path(sys.argv[1]), {}).usage)"
    told = {_said_with_seed(code, tmp_path, seed) for seed in ("1", "2", "3")}
    assert len(told) == 1


def _said_with_seed(code: str, root: Path, seed: str) -> str:
    environ = {**os.environ, "PYTHONHASHSEED": seed}
    answer = subprocess.run([sys.executable, "-c", code, str(root)], env=environ, capture_output=True, check=True)
    return answer.stdout.decode()


def test_the_option_code_says_what_is_read(tmp_path: Path) -> None:
    files = {"app/use.py": USE + "settings.redis.host\n", "other/use.py": USE + "settings.mail.host\n"}
    options = 'environments = true\nsettings_files = ["settings.toml"]\ncode = '
    assert _read(_usage(tmp_path, {**files, "assay.toml": f'{options}["app", "."]'})) == {REDIS_HOST, MAIL_HOST}
    assert not _usage(tmp_path, {**files, "assay.toml": f"{options}[]"}).known


@pytest.mark.parametrize(("others", "want"), [([], {REDIS_HOST}), (["libs/more/src/own_conf/__init__.py"], set())])
def test_a_package_of_the_same_workspace_is_found_where_one_alone_has_the_name(
    tmp_path: Path, others: list[str], want: set[str]
) -> None:
    files = {
        "pyproject.toml": "",
        "libs/conf/src/own_conf/__init__.py": CALL,
        "libs/jobs/own_jobs/__init__.py": "from own_conf import settings\nprint(settings.redis.host)\n",
        **dict.fromkeys(others, ""),
    }
    for name, text in {**files, "settings.toml": PROFILE}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert _read(open_workspace(tmp_path, {}).usage) == want


@pytest.mark.parametrize(
    "line",
    [
        "settings: Dynaconf = Dynaconf(environments=True, settings_files=['settings.toml'])",
        "made = Dynaconf(environments=True, settings_files=['settings.toml'])\nsettings: Dynaconf = made",
    ],
)
def test_settings_with_a_type_are_the_projects_own(tmp_path: Path, line: str) -> None:
    files = {"config.py": f"from dynaconf import Dynaconf\n{line}\n", "use.py": USE + "print(settings.redis.host)\n"}
    assert [read.sure for read in _usage(tmp_path, files).reads] == [True]


def test_of_two_ways_to_a_place_the_doubtful_one_counts(tmp_path: Path) -> None:
    ways = "first = settings.redis\nsecond = settings.get('redis')\n"
    code = f"{USE}{ways}for conf in ():\n    pass\nclass A:\n    def __init__(self):\n        self.conf = first\n"
    code += "class B:\n    def __init__(self):\n        self.conf = second\ndef f(one):\n    print(one.conf.host)\n"
    [read] = [read for read in _usage(tmp_path, {"use.py": code}).reads if read.path == ("redis", "host")]
    assert read.default
