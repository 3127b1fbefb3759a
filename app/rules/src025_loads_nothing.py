"""Options under which Dynaconf loads nothing, without a word.

A `nested_separator` that stands in the names of Dynaconf's own options (`_` stands in `MERGE_ENABLED_FOR_DYNACONF`)
takes those apart too, and no file is read. Nor is one where `settings_files` is an empty list; where no profile lies
nearby, that is a remark, since an application may be configured by variables alone.

With an `envvar_prefix` that ends with an underscore variables do nothing: Dynaconf puts another one behind it, so that
`ORDERS_` reads `ORDERS__PORT`. It is a warning, where no file of the project names a variable of that spelling.

Wrong:

    # assay.toml
    known_environments = ["development", "production"]
    nested_separator = "_"

    # settings.toml
    [production]
    port = 80

Right:

    # assay.toml
    known_environments = ["development", "production"]
    nested_separator = "__"

    # settings.toml
    [production]
    port = 80
"""

from app.core.findings import Severity
from app.rules.kit.rule import Rule

RULE = Rule(
    id="SRC025",
    name="loads-nothing",
    severity=Severity.ERROR,
    applies_to="always",
    summary="Options under which Dynaconf loads nothing.",
    source="Dynaconf takes its own options apart at the nested separator",
    page=__doc__,
)
