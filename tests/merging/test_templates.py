"""What is sure to fail of a token that is not run here is an error, and fails in stock Dynaconf; the rest is told."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from stock import Question, Stock, running

from app.checking.check import validate
from app.project.workspace import open_workspace

FAILING = [
    "@jinja {{", "@jinja {% if %}", "@jinja {{ nope.x }}", "@jinja {{ nope['x'] }}", "@jinja a {{ nope() }} b",
    "@jinja {{ nope.x.y(this.port) }}", "@read_file", "@read_file  ", "@int @jinja {{ nope.x }}",
]  # fmt: skip
WORKING = [
    "@jinja {{ this.port }}", "@jinja {{ nope }}", "@jinja {{ nope|default('x') }}", "@jinja {{ env.HOME }}",
    "@jinja {% set nope = this %}{{ nope.port }}", "@jinja {% if false %}{{ nope.x }}{% endif %}",
    "@jinja {{ 1 if true else nope.x }}", "@jinja {% for nope in [this] %}{{ nope.port }}{% endfor %}",
    "@jinja {{ range(3)|list }}", "@jinja {{ dict(a=1).a }}", "@read_file settings.toml", "@read_file nope.txt x",
]  # fmt: skip
UNKNOWN = ["@jinja {{ this.nope.x }}", "@jinja {{ 1/0 }}", "@read_file nope.txt", "@int @jinja {{ 'x' }}"]
"""These fail, too, and only running them would tell."""


@pytest.fixture(scope="module")
def stock() -> Iterator[Stock]:
    with running() as server:
        yield server


@pytest.mark.parametrize("text", [*FAILING, *WORKING, *UNKNOWN])
def test_only_what_is_sure_to_fail_is_an_error(text: str, tmp_path: Path, stock: Stock) -> None:
    (tmp_path / "settings.toml").write_text(f"[default]\nport = 5\n[production]\nv = {json.dumps(text)}\n")
    environ = {"ENV_FOR_DYNACONF": "production", "HOME": "/h"}
    options = {"settings_files": ["settings.toml"], "environments": True}
    answer = stock.ask(Question(folder=tmp_path, options=options, environ=environ))
    (tmp_path / "assay.toml").write_text('settings_files = ["settings.toml"]\n')
    (judged,) = validate(open_workspace(tmp_path, environ), ["production"]).environments
    found = {(one.rule, one.severity) for one in judged.findings if one.key == "v"} - {("SRC017", "info")}
    assert found == {("SRC018", "error") if text in FAILING else ("SRC014", "warning")}
    assert answer.values is not None
    assert (answer.values["v"] == ("raises",)) == (text not in WORKING)
    assert judged.valid == (text not in FAILING)
