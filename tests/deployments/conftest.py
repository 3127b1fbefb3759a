"""Stock Dynaconf, for tests of what a process would get."""

from collections.abc import Iterator

import pytest
from stock import Stock, running


@pytest.fixture(scope="module")
def stock() -> Iterator[Stock]:
    with running() as stock:
        yield stock
