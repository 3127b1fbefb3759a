"""What environments of a plan have in common is worked out once, and told of each."""

import os
from pathlib import Path

from histories import history
from projects import NOW

from app.planning.plan import plan
from app.planning.side import PlanRequest
from app.reports.wire import FileOrigin

FILES = {
    "assay.toml": 'production = ["production"]\n',
    "settings.toml": "[default]\nport = 1\n[production]\na = 1\n[staging]\na = 1\n",
}


def test_a_change_that_environments_share_is_one_with_its_commit(tmp_path: Path) -> None:
    history(tmp_path / "orders", FILES, {"settings.toml": FILES["settings.toml"].replace("port = 1", "port = 2")})
    request = PlanRequest(root=tmp_path / "orders", environ={"PATH": os.environ["PATH"]}, clock=lambda: NOW,
                          revisions="HEAD~1..HEAD")  # fmt: skip
    one, *others = (change for environment in plan(request).environments for change in environment.changes)
    assert len(others) == 2
    assert all(other is one for other in others)
    assert one.right
    assert isinstance(one.right.origin, FileOrigin)
    assert one.right.origin.commit
