"""A file that is no TOML is among the sources: the options name it, a glob reaches it, or a profile includes it.

Dynaconf loads YAML, JSON, INI and Python too. Assay reads TOML alone and runs nothing, so what such a file says is not
known, and no environment that needs it can be judged. What is shown is without it.

Wrong:

    # assay.toml
    known_environments = ["development", "production"]
    settings_files = ["settings.toml", "conf.d/*"]

    # settings.toml
    [production]
    port = 80

    # conf.d/limits.yaml
    production:
      workers: 4

Right:

    # assay.toml
    known_environments = ["development", "production"]
    settings_files = ["settings.toml", "conf.d/*"]

    # settings.toml
    [production]
    port = 80

    # conf.d/limits.toml
    [production]
    workers = 4
"""

from app.core.findings import Severity
from app.rules.kit.rule import Rule

RULE = Rule(
    id="SRC021",
    name="not-toml",
    severity=Severity.ERROR,
    applies_to="always",
    summary="A file that Dynaconf loads is no TOML.",
    source="Dynaconf loads YAML, JSON, INI and Python too; Assay reads TOML",
    page=__doc__,
)
