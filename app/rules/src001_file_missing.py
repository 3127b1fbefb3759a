"""A file that the options name is not there, or cannot be read.

Dynaconf goes on without a file that is absent. That is meant where a file lies on one machine and not on another, and
is then no more than a remark; it is a warning where a file of a close name lies there, or where nothing else is read.
A file that is there and cannot be read is an error.

Wrong:

    # assay.toml
    known_environments = ["development", "production"]
    settings_files = ["settins.toml"]

Right:

    # assay.toml
    known_environments = ["development", "production"]
    settings_files = ["settings.toml"]

    # settings.toml
    [production]
    port = 80
"""

from app.core.findings import Severity
from app.rules.kit.rule import Rule

RULE = Rule(
    id="SRC001",
    name="file-missing",
    severity=Severity.ERROR,
    applies_to="always",
    summary="A file that the options name is not there, or cannot be read.",
    source="Dynaconf goes on without a word",
    page=__doc__,
)
