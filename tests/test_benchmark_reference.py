"""The service that Assay's is measured against: it has the same settings, and so as much to check."""

import pytest
from pydantic import BaseModel

from app.settings import Settings
from app.settings.auth import TokenSettings
from app.settings.database import PoolSettings, TimeoutSettings, TlsSettings
from benchmarks.constant_rate import is_whole, percentiles
from benchmarks.reference import sections

SECTIONS = {
    "app": sections.Application,
    "server": sections.Server,
    "cors": sections.Cors,
    "headers": sections.Headers,
    "auth": sections.Auth,
    "database": sections.Database,
    "logging": sections.Logging,
    "diagnostics": sections.Diagnostics,
    "history": sections.History,
    "releases": sections.Releases,
}
PAIRS = [
    *((section, Settings.model_fields[name].annotation) for name, section in SECTIONS.items()),
    (sections.Token, TokenSettings),
    (sections.Tls, TlsSettings),
    (sections.Pool, PoolSettings),
    (sections.Timeouts, TimeoutSettings),
]


def test_it_has_every_section() -> None:
    assert set(SECTIONS) == set(Settings.model_fields)


@pytest.mark.parametrize(("theirs", "ours"), PAIRS, ids=lambda model: model.__name__)
def test_each_section_has_the_same_keys(theirs: type[BaseModel], ours: type[BaseModel]) -> None:
    assert set(theirs.model_fields) == set(ours.model_fields)


def test_an_answer_is_whole_when_its_body_is() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
    assert [is_whole(answer + body) for body in (b"", b"o", b"ok")] == [False, False, True]
    assert not is_whole(answer[:-1])


def test_percentiles_are_in_milliseconds() -> None:
    found = percentiles([number / 1000 for number in range(1, 1000)])
    assert found == pytest.approx({"p50": 500, "p95": 950, "p99": 990, "max": 999})
