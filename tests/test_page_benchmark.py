"""What the page is measured with."""

from pathlib import Path

from app.checking.compare import compare
from app.project.workspace import open_workspace
from benchmarks import page


def test_the_page_is_measured_with_as_many_keys_and_environments_as_promised(tmp_path: Path) -> None:
    page.write(tmp_path)
    found = compare(open_workspace(tmp_path, {}))
    assert (len(found.rows), len(found.environments)) == (2000, 14)
    assert len(page.INPUTS) >= 9
    assert {cell.state for row in found.rows for cell in row.cells.values()} == {"own", "inherited", "missing"}
