"""The rows of the page's matrix beyond the document's: keys of two spellings, lists, and keys that are nowhere."""

import csv
import io
from typing import Any

import pytest
import tomli
from markup import parsed

from app.reports import wire
from app.web.page.grid.rows import all_rows

FILES = {
    "assay.toml": 'known_environments = ["staging", "production"]\nproduction = ["production"]\n'
    'settings_files = ["settings.toml", ".secrets.toml"]\n',
    "settings.toml": '[default.cors]\nallow_origins = ["*"]\nallow_credentials = true\n'
    '[production.db]\nHost = "a"\n[staging.db]\nhost = "b"\n'
    '[default.texts]\nplain = "=1+1"\nless = -5\nat = "@SUM(A1)"\ntab = "\\tx"\n',
    ".secrets.toml": '[default.db]\npassword = "canary-of-the-export"\n',
}


def row(key: str, **cells: Any) -> wire.MatrixRow:
    made = {
        name: wire.MatrixCell(value=value, state="missing" if value is None else "own", origin=None, group=0)
        for name, value in cells.items()
    }
    return wire.MatrixRow(key=key, secret=False, same=False, cells=made)


@pytest.mark.parametrize(("other", "same"), [("a", True), ("b", False)])
def test_keys_of_two_spellings_are_one_row(other: str, *, same: bool) -> None:
    rows = [row("db.Host", production="a", staging=None), row("x", production=1, staging=1)]
    matrix = wire.Matrix(
        environments=["production", "staging"], rows=[*rows, row("db.host", production=None, staging=other)]
    )
    [joined, untouched] = all_rows(matrix, [])
    assert joined.key == "db.Host"
    assert {name: cell.value for name, cell in joined.cells.items()} == {"production": "a", "staging": other}
    assert joined.same is same
    assert (joined.cells["production"].group == joined.cells["staging"].group) is same
    assert untouched == rows[1]


def test_a_key_that_nobody_has_has_a_row_and_a_table_or_a_list_has_none() -> None:
    matrix = wire.Matrix(environments=["production"], rows=[row("a.b", production=1), row("c[0]", production=1)])
    added = all_rows(matrix, ["a", "c", "a.b", "A.B", "d.e"])[2:]
    assert [(one.key, one.cells["production"].state) for one in added] == [("d.e", "missing")]


async def test_a_finding_about_a_list_marks_its_items(project: Any, ask: Any) -> None:
    async with ask(project(FILES).root) as client:
        report = (await client.get("/config/validate", params={"environment": "production"})).json()
        page = parsed((await client.get("/?view=matrix&only=findings")).text)
    found = {one["key"] for one in report["environments"][0]["findings"]}
    assert found & {"cors.allow_origins", "cors.allow_origins[0]"}
    marked = {one["data-k"] for one in page.all("tr") if one["data-k"] and "finding" in one.classes}
    assert "cors.allow_origins[0]" in marked


async def test_no_cell_of_a_file_for_spreadsheets_begins_a_formula_and_none_holds_a_secret(
    project: Any, ask: Any
) -> None:
    async with ask(project(FILES).root) as client:
        answer = await client.get("/?view=matrix&export=csv")
        files = [await client.get(f"/?view=matrix&export={kind}") for kind in ("csv", "json", "toml")]
    assert answer.headers["content-disposition"] == 'attachment; filename="matrix.csv"'
    cells = {one[0]: one[1] for one in csv.reader(io.StringIO(answer.text))}
    assert cells["texts.plain"] == "'=1+1"
    assert cells["texts.less"] == "-5"
    assert cells["texts.at"].startswith("'@")
    assert not cells["texts.tab"].startswith("\t")
    assert cells["db.password"] == "secret, set"
    assert all("canary-of-the-export" not in one.text for one in files)


async def test_a_list_with_a_secret_in_it_is_left_out_whole(project: Any, ask: Any) -> None:
    files = {"settings.toml": '[production]\nservers = [{name = "a", password = "canary-of-an-item"}, {name = "b"}]\n'}
    async with ask(project(files).root) as client:
        text = (await client.get("/?view=matrix&export=toml&columns=production")).text
    assert "canary" not in text
    assert "# servers[0].password is a secret." in text
    assert "servers" not in tomli.loads(text).get("production", {})
