"""A file of secrets lies beside the profiles, and nothing reads it: `settings_files` does not name it.

What stands in it counts nowhere, so the application runs without its secrets, or with those of another file.

Wrong:

    # assay.toml
    known_environments = ["development", "production"]
    settings_files = ["settings.toml"]

    # settings.toml
    [production]
    port = 80

    # .secrets.toml
    [production]
    api_key = "@format {env[MAILER_KEY]}"

Right:

    # assay.toml
    known_environments = ["development", "production"]
    settings_files = ["settings.toml", ".secrets.toml"]

    # settings.toml
    [production]
    port = 80

    # .secrets.toml
    [production]
    zone = "eu"
"""

from app.core.findings import Severity
from app.rules.kit.rule import Rule

RULE = Rule(
    id="SRC024",
    name="secrets-file-unread",
    severity=Severity.WARNING,
    applies_to="always",
    summary="A file of secrets that nothing reads.",
    source="Dynaconf reads what settings_files names, and nothing else",
    page=__doc__,
)
