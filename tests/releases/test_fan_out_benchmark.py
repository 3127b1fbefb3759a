"""The benchmark of fan-out works, with a handful of clients of each kind and one release."""

import pytest

from benchmarks.fan_out import Row, measured


@pytest.mark.parametrize("kind", ["clients", None])
async def test_everybody_has_the_release(kind: str | None) -> None:
    row = Row(who="a handful", size=4, processes=2, kind=kind, aim="")
    *_, line = await measured([row], replicas=1, runs=1)
    name, seconds = line.strip("| ").split(" | ")
    assert name == "a handful"
    assert float(seconds.removesuffix(" s")) > 0
