"""Every command over projects with odd files ends without a fault of its own, and nothing outside is read or written.

`ASSAY_ODD_PROJECTS` says how many projects are tried.
"""

import os
import resource
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from projects import MakeProject, ProjectFolder

PROJECTS = int(os.environ.get("ASSAY_ODD_PROJECTS", "6"))
CANARY = "canary-outside-0123456789"
OUTSIDE = f'[default]\nquiet = "{CANARY}"\nsettings_files = "{CANARY}"\n# DYNACONF_QUIET={CANARY}\nQUIET={CANARY}\n'
MEMORY = 1 << 30

OPTIONS = (
    "", "load_dotenv = true\n", 'settings_files = ["**/*.toml"]\n', 'includes = ["settings/*.toml"]\n',
    'settings_files = ["settings.toml", "../outside/profile.toml"]\n', 'settings_files = ["/**/*.toml"]\n',
    'preload = ["machine/etc/*.toml"]\n', 'settings_files = ["settings", ".", "a\\u0000b.toml"]\n',
    f'settings_files = ["{"n" * 300}.toml"]\n', 'schema = "model:Settings"\n',
    'secrets = ["../outside/profile.toml"]\n', 'root_path = "settings"\n', 'root_path = "machine"\n',
    'outside = ["/proc"]\nsettings_files = ["/proc/self/environ"]\n',
)  # fmt: skip

PLACES = (
    "settings.toml", "settings/x.toml", "settings/production.toml", ".secrets.toml", ".env", "assay.toml",
    "pyproject.toml", "config.py", "model.py", ".secrets.toml.example", "known.json", ".gitignore", "settings",
    "machine", "settings.local.toml", "settings/deep/y.toml",
)  # fmt: skip

COMMANDS = (
    ("check",), ("check", "--format", "json"), ("check", "--format", "sarif"), ("check", "--format", "junit"),
    ("check", "--format", "github"), ("check", "--fix"), ("check", "--fix", "--dry-run"),
    ("check", "--baseline", "known.json"), ("check", "--write-baseline", "known.json"), ("show", "production"),
    ("show", "--format", "json"), ("explain", "quiet"), ("get", "port"), ("diff", "default", "production"),
    ("matrix",), ("schema",), ("schema", "--merged"), ("set", "port", "81", "--env", "production"),
    ("set", "port", "81", "--env", "default", "--file", "settings/x.toml"), ("unset", "port", "--env", "production"),
    ("set", "token", "0123456789-token", "--env", "production", "--gitignore"), ("init",), ("init", "--from", ".env"),
    ("usage",), ("rules", "SRC026"),
)  # fmt: skip


def pipe(path: Path, _: Path) -> None:
    os.mkfifo(path)


def listener(path: Path, _: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(f"/proc/self/fd/{os.open(path.parent, os.O_PATH)}/{path.name}")


def folder(path: Path, _: Path) -> None:
    path.mkdir()


def huge(path: Path, _: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 36)


def bytes_alone(path: Path, _: Path) -> None:
    path.write_bytes(b"\xff\xfe[default]\0\n" * 3)


def marked(path: Path, _: Path) -> None:
    path.write_text("\ufeff[default]\nport = 1\n")


def unreadable(path: Path, _: Path) -> None:
    path.write_text("[default]\nport = 1\n")
    path.chmod(0)


def link(target: str) -> Callable[[Path, Path], None]:
    return lambda path, outside: path.symlink_to(target.format(outside=outside, name=path.name))


ODD = (
    pipe, listener, folder, huge, bytes_alone, marked, unreadable, link("/dev/zero"), link("/dev/full"),
    link("/proc/self/environ"), link("{outside}/profile.toml"), link("{outside}"), link("{name}"), link("nowhere"),
    link("{outside}/not-there.toml"), link("/"), link("."), link(".."), link("/proc/self/fd/0"),
)  # fmt: skip


def plant(made: ProjectFolder, random: Random, outside: Path) -> None:
    """An ordinary project, and odd files in the place of some of its own."""
    made.write({
        "settings.toml": "[default]\nport = 80\ndebug = true\n[production]\nport = 81\n",
        "settings/production.toml": "[production]\nworkers = 2\n",
        "assay.toml": random.choice(OPTIONS),
    })  # fmt: skip
    for place in random.sample(PLACES, random.randint(1, 3)):
        path = made.root / place
        if path.is_dir() and not path.is_symlink():
            path = path / random.choice(("odd.toml", os.fsdecode(b"\xff.toml"), "line\nend.toml"))
        if not path.parent.is_dir():
            continue
        path.unlink(missing_ok=True)
        random.choice(ODD)(path, outside)


def state(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def bounded() -> Iterator[None]:
    """What reads without end runs out of memory before the machine does."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


@pytest.mark.usefixtures("bounded")
@pytest.mark.parametrize("seed", range(PROJECTS))
def test_every_command_ends_and_stays_within_the_project(project: MakeProject, tmp_path: Path, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - nothing secret comes of it
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "profile.toml").write_text(OUTSIDE)
    before = state(outside)
    made = project()

    plant(made, random, outside)
    for command in random.sample(COMMANDS, len(COMMANDS)):
        ran = made.assay(*command, PROCESS_CANARY=CANARY)
        assert ran.status in {0, 1, 2}, (seed, command, ran.err)
        assert "Traceback" not in ran.out + ran.err
        assert CANARY not in ran.out + ran.err, (seed, command)
        assert state(outside) == before, (seed, command)
    inside = [path for path in made.root.rglob("*") if path.is_file() and not path.is_symlink()]
    assert not [path for path in inside if path.stat().st_size < 1 << 20 and CANARY.encode() in path.read_bytes()]
