"""A file that the project would read lies outside its folder, by its name or behind a link.

Whoever may write into a project could else have Assay read any file of the machine. So nothing outside is looked at,
not even whether it is there, and no environment that needs such a file can be judged. The option `outside` names files
and folders that may be read all the same, `outside = ["../shared.toml"]`, for those who trust the project. Nothing is
ever written there.

Wrong:

    # assay.toml
    known_environments = ["development", "production"]
    settings_files = ["settings.toml", "../shared.toml"]

    # settings.toml
    [production]
    port = 80

Right:

    # assay.toml
    known_environments = ["development", "production"]
    settings_files = ["settings.toml", "shared.toml"]

    # settings.toml
    [production]
    port = 80

    # shared.toml
    [production]
    workers = 4
"""

from app.core.findings import Severity
from app.rules.kit.rule import Rule

RULE = Rule(
    id="SRC026",
    name="outside-project",
    severity=Severity.ERROR,
    applies_to="always",
    summary="A file lies outside the project, and is not read.",
    source="CWE-59, following links to files that were not meant",
    page=__doc__,
)
