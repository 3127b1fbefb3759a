"""How time grows with the size of hostile input: each parser and each output, at sizes that double up to 1 MB.

Each size is run in a process of its own (`os.fork`, so that imports do not count) whose memory is bounded. Told are
the seconds of the processor, the most memory at 1 MB, and the exponent of the power law that fits: 1 is linear, 2
quadratic, and next to 0 is what a limit refuses (app/core/limits.py).
"""

import math
import os
import resource
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from msgspec import Struct, msgpack

from app.cli import run

SIZES = (125_000, 250_000, 500_000, 1_000_000)
MEMORY = 2_000_000_000
SECONDS = 60
OPTIONS = 'settings_files = ["settings.toml"]\nknown_environments = ["production", "development"]\n'
DEFAULT, PRODUCTION = "[default]\n", "[production]\nk = 2\n"
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)

type Files = Mapping[str, str]
type Shape = Callable[[int], tuple[Files, Mapping[str, str]]]


class Measured(Struct, frozen=True):
    """One run: seconds of the processor, the most megabytes, and the exit status."""

    seconds: float
    megabytes: int
    status: int


def _settings(text: Callable[[int], str]) -> Shape:
    return lambda size: ({"settings.toml": DEFAULT + text(size) + PRODUCTION}, {})


def _variable(text: Callable[[int], str], name: str = "DYNACONF_K") -> Shape:
    return lambda size: ({}, {name: text(size)})


def _dotenv(text: Callable[[int], str]) -> Shape:
    return lambda size: ({"assay.toml": f"{OPTIONS}load_dotenv = true\n", ".env": text(size)}, {})


def _options(text: Callable[[int], str]) -> Shape:
    return lambda size: ({"assay.toml": OPTIONS + text(size)}, {})


def _many(line: str) -> Callable[[int], str]:
    """A line with `{}` for its number, so often that the size is reached."""
    return lambda size: "".join(line.format(number) for number in range(size // (len(line) + 2)))


def _double(number: int) -> str:
    return f"A{number + 1}=${{A{number}}}${{A{number}}}\n"


def _waiver(number: int) -> str:
    return f'[[waivers]]\nrule = "DB001"\nkey = "k{number}"\nreason = "x"\nexpires = "2099-01-01"\n'


PARSERS: Mapping[str, Shape] = {
    "TOML, one long text": _settings(lambda size: f'k = "{"a" * size}"\n'),
    "TOML, a text of URLs": _settings(lambda size: f'k = "{"http://a:b@" * (size // 11)}"\n'),
    "TOML, a long line that does not parse": _settings(lambda size: f'k = "{"a" * size}\n'),
    "TOML, many lines that do not parse": _settings(lambda size: "k = \n" * (size // 5)),
    "TOML, headers in a file that does not parse": _settings(_many("[a{}]\nk = \n")),
    "TOML, many keys": _settings(_many("key{} = 1\n")),
    "TOML, many secrets": _settings(_many('key{}_password = "changeme"\n')),
    "TOML, many sections": _settings(_many("[section{}]\nk = 1\n")),
    "TOML, a long array": _settings(lambda size: f"k = [{'1,' * (size // 2)}]\n"),
    "TOML, deep arrays": _settings(lambda size: f"k = {'[' * (size // 2)}{']' * (size // 2)}\n"),
    "TOML, a deep key": _settings(lambda size: f"a{'.a' * (size // 2)} = 1\n"),
    "TOML, a long number": _settings(lambda size: f"k = {'1' * size}\n"),
    "TOML, references to references": _settings(_many('k{0} = "@format {{this.k{0}}}"\n')),
    "variable, a long list": _variable(lambda size: f"[{'1,' * (size // 2)}]"),
    "variable, commas": _variable(lambda size: "a," * (size // 2)),
    "variable, brackets": _variable(lambda size: "[" * size),
    "variable, escapes": _variable(lambda size: '"' + "\\" * size),
    "variable, digits": _variable(lambda size: "1" * size),
    "variable, placeholders": _variable(lambda size: "${" * (size // 2)),
    "variable, a key of many parts": lambda size: ({}, {f"DYNACONF_{'A__' * (size // 3)}B": "1"}),
    "variables, many": lambda size: ({}, {f"DYNACONF_A__B{number}": "1" for number in range(size // 20)}),
    "variable, a connection URL": _variable(
        lambda size: f"postgres://{'a:' * (size // 2)}@h/x", "DYNACONF_DATABASE_URL"
    ),
    ".env, nested references": _dotenv(lambda size: f"DYNACONF_A={'${A:-' * (size // 6)}{'}' * (size // 6)}\n"),
    ".env, references that double": _dotenv(lambda size: "A0=xxxxxxxx\n" + "".join(map(_double, range(size // 24)))),
    ".env, many lines": _dotenv(_many("A{}=1\n")),
    "options, waivers": _options(lambda size: "".join(map(_waiver, range(size // 80)))),
    "options, a long name of the model": _options(lambda size: f'schema = "{"a" * size}:B"\n'),
    "options, files": _options(lambda size: f"includes = [{'"a.toml",' * (size // 9)}]\n"),
    "options, a pattern": _options(lambda size: f'deployed = ["{"*a" * (size // 2)}"]\n'),
}

OUTPUTS: Mapping[str, Sequence[str]] = {
    "report as text": ("check",),
    "report as JSON": ("check", "--format", "json"),
    "report as SARIF": ("check", "--format", "sarif"),
    "report as JUnit": ("check", "--format", "junit"),
    "report for GitHub": ("check", "--format", "github"),
    "values": ("show", "production", "--format", "json"),
    "explanation": ("explain", "k", "--format", "json"),
    "difference": ("diff", "default", "production", "--format", "json"),
    "matrix": ("matrix", "--format", "json"),
}


def tables() -> Iterator[str]:
    """A row for each parser, then for each output (of many findings, and of a long text)."""
    yield "\n".join(parsers())
    yield "\n".join(outputs())


def parsers() -> Iterator[str]:
    """The lines of the table of parsers."""
    yield from _table("parser", {name: (shape, ("check",)) for name, shape in PARSERS.items()})


def outputs() -> Iterator[str]:
    """The lines of the table of outputs."""
    secrets = _many('key{}_password = "changeme"\n')
    findings = _settings(lambda size: f'{secrets(size // 2)}k = "{"é<&" * (size // 8)}"\n')
    yield from _table("output", {name: (findings, arguments) for name, arguments in OUTPUTS.items()})


def _table(what: str, rows: Mapping[str, tuple[Shape, Sequence[str]]]) -> Iterator[str]:
    sizes = " | ".join(f"{size // 1000} kB" for size in SIZES)
    yield f"| {what} | {sizes} | exponent | MB |"
    yield f"|---|{'---:|' * (len(SIZES) + 2)}"
    for name, (shape, arguments) in rows.items():
        found = [measure(shape, size, arguments) for size in SIZES]
        seconds = " | ".join(f"{one.seconds:.2f}{'' if one.status in {0, 1, 2} else ' !'}" for one in found)
        yield f"| {name} | {seconds} | {exponent(found):.1f} | {found[-1].megabytes} |"


def exponent(found: Sequence[Measured], sizes: Sequence[int] = SIZES) -> float:
    """The exponent of the power law through the points, by least squares; under 20 ms nothing grows."""
    points = [(math.log(size), math.log(max(one.seconds, 0.02))) for size, one in zip(sizes, found, strict=True)]
    mean_x, mean_y = (sum(axis) / len(points) for axis in zip(*points, strict=True))
    slope: float = sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)
    return slope


def measure(shape: Shape, size: int, arguments: Sequence[str]) -> Measured:
    """One command on one input, in a process of its own; a process that is killed took all its time."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.write(writing, msgpack.encode(_bounded(shape, size, arguments)))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answers:
        answer = answers.read()
    os.waitpid(child, 0)
    return msgpack.decode(answer, type=Measured) if answer else Measured(SECONDS, MEMORY >> 20, 137)


def _bounded(shape: Shape, size: int, arguments: Sequence[str]) -> Measured:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    with tempfile.TemporaryDirectory() as name, Path(os.devnull).open("w", encoding="utf-8") as nothing:
        folder = Path(name)
        files, environ = shape(size)
        for file, text in {"assay.toml": OPTIONS, "settings.toml": DEFAULT + PRODUCTION, **files}.items():
            (folder / file).write_text(text, encoding="utf-8")
        before = _used()
        with redirect_stdout(nothing), redirect_stderr(nothing):
            status = run(arguments, environ, folder, lambda: NOW)
        return Measured(_used() - before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10, status)


def _used() -> float:
    spent = resource.getrusage(resource.RUSAGE_SELF)
    return spent.ru_utime + spent.ru_stime


if __name__ == "__main__":
    for line in chain(parsers(), outputs()):
        print(line, flush=True)
