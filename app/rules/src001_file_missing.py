"""A file that the options name is not there, or cannot be read.

Dynaconf goes on without it, so the application runs with whatever the other files say.

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

from app.findings import Severity
from app.rules.rule import Rule

RULE = Rule(
    id="SRC001",
    name="file-missing",
    severity=Severity.ERROR,
    speaks="always",
    summary="A file that the options name cannot be read.",
    source="Dynaconf goes on without a word",
    page=__doc__,
)
