"""What the code is said to read is what stock Dynaconf finds there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dynaconf import Dynaconf
from hypothesis import given, settings
from hypothesis import strategies as st

from app.application.code import Code
from app.application.usage.places import INTERFACE
from app.core.layers import Path as KeyPath
from app.core.usage.reads import Usage
from app.project.workspace import open_workspace

PROFILE = """
name = "shop"
my_key = "flat"

[redis]
host = "cache"
Port = 6379
"read only" = "blank"

[redis.pool]
size = 5

[redis.pool.limits]
soft = 7
"""
LEAVES: dict[KeyPath, Any] = {
    ("name",): "shop",
    ("my_key",): "flat",
    ("redis", "host"): "cache",
    ("redis", "Port"): 6379,
    ("redis", "read only"): "blank",
    ("redis", "pool", "size"): 5,
    ("redis", "pool", "limits", "soft"): 7,
}
WORDS = ("name", "my_key", "redis", "host", "port", "read_only", "read only", "pool", "limits", "size", "soft", "hots")
CASES = (str, str.upper, str.lower, str.capitalize)


def _steps(word: str) -> Iterator[str]:
    if word.isidentifier():
        yield f".{word}"
        yield f"|getattr({word!r})"
    yield f"[{word!r}]"
    yield f".get({word!r})"


words = st.builds(lambda word, case: case(word), st.sampled_from(WORDS), st.sampled_from(CASES))
steps = words.flatmap(lambda word: st.sampled_from(list(_steps(word))))
SPELLINGS = (".get({!r})", "({!r})", "[{!r}]")
dotted = st.builds(
    lambda parts, separator, spelling: [spelling.format(separator.join(parts[: n + 1])) for n in range(len(parts))],
    st.lists(words, min_size=1, max_size=3),
    st.sampled_from([".", "__"]),
    st.sampled_from(SPELLINGS),
)
"""Ever longer dotted keys: what a longer one finds nothing below has been read."""

chains = st.builds(
    lambda first, rest: [*([one] for one in first), *([first[-1], *rest[: n + 1]] for n in range(len(rest)))],
    st.one_of(steps.map(lambda step: [step]), dotted),
    st.lists(steps, max_size=3),
)
"""Ever longer chains of look-ups."""


def _expression(chain: list[str]) -> str:
    text = "settings"
    for step in chain:
        text = f"getattr({text}, {step[9:-1]})" if step.startswith("|getattr") else f"{text}{step}"
    return text


def _stock(expression: str, settings: Any) -> Any:
    """What stock finds; None where it finds nothing, or raises."""
    try:
        return eval(expression, {"settings": settings})  # noqa: S307 - made just above
    except (AttributeError, KeyError, TypeError):
        return None


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("lookups")
    (root / "settings.toml").write_text(PROFILE)
    (root / "config.py").write_text(
        'from dynaconf import Dynaconf\nsettings = Dynaconf(settings_files=["settings.toml"])\n'
    )
    return root


@pytest.fixture(scope="module")
def stock(shop: Path) -> Dynaconf:
    return Dynaconf(settings_files=["settings.toml"], root_path=str(shop))


@settings(max_examples=20)
@given(chains=st.lists(chains, min_size=10, max_size=30))
def test_what_stock_finds_is_read_and_nothing_else(shop: Path, stock: Dynaconf, chains: list[list[list[str]]]) -> None:
    for file in shop.glob("use*.py"):
        file.unlink()
    for number, chain in enumerate(chains):
        code = f"from config import settings\nprint({_expression(chain[-1])})\n"
        (shop / f"use{number}.py").write_text(code)
    usage = open_workspace(shop, {}).usage
    for number, chain in enumerate(chains):
        found = [value for one in chain if isinstance(value := _stock(_expression(one), stock), str | int)]
        read = {value for path, value in LEAVES.items() if _is_read(usage, path, f"use{number}.py")}
        assert read == set(found[:1]), _expression(chain[-1])


def _is_read(usage: Usage, path: KeyPath, file: str) -> bool:
    return any(read.file == file for read in usage.reads_of(path))


def test_what_is_no_key_of_the_settings_is_named(stock: Dynaconf) -> None:
    """Whatever stock's objects have in lower case is known to be no key."""
    stock.reload()
    public = {name for name in dir(type(stock._wrapped)) if not name.startswith("_")}  # noqa: SLF001
    assert {name for name in public if name.islower()} - INTERFACE == set()


@pytest.mark.parametrize(("packages", "want"), [(("src", "src/api"), "config/__init__.py"), ((), "src/api/config.py")])
def test_a_package_is_searched_last(tmp_path: Path, packages: tuple[str, ...], want: str) -> None:
    for name in ("config", *packages):
        (tmp_path / "backend" / name).mkdir(parents=True, exist_ok=True)
        (tmp_path / "backend" / name / "__init__.py").touch()
    (tmp_path / "backend/src/api").mkdir(parents=True, exist_ok=True)
    (tmp_path / "backend/src/api/config.py").touch()
    found = Code(tmp_path).find("config", tmp_path / "backend/src/api/log.py")
    assert found
    assert found.file == tmp_path / "backend" / want
