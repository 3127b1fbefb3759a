"""A file, or the variables of an environment, are deeper, longer or more than Assay takes.

Dynaconf may read them all the same; here they would take minutes, or the memory of the machine. So there are limits
(values, sections, levels, the length of a key, digits, variables, the text that references in `.env` make), far beyond
what settings need. What goes beyond one is left out as a whole, and no environment that needs it can be judged. The
page of operating lists them.

Wrong:

    # assay.toml
    known_environments = ["development", "production"]

    # settings.toml
    [production]
    port = [
      [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
      80
      ]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
    ]

Right:

    # assay.toml
    known_environments = ["development", "production"]

    # settings.toml
    [production]
    port = [80]
"""

from app.core.findings import Severity
from app.rules.kit.rule import Rule

RULE = Rule(
    id="SRC027",
    name="beyond-limits",
    severity=Severity.ERROR,
    applies_to="always",
    summary="A file or the variables are deeper, longer or more than is read.",
    source="CWE-400, uncontrolled consumption of resources",
    page=__doc__,
)
