"""Assay: what every environment runs with, where each value comes from, and whether it is fit for production.

    TOML files + environ + code → layers → tree → typed settings → findings → report → command line | REST | page
    database target → probe → report

A sub-package per subject, from the ground up: `core`, `options`, `merging`, `modelling`, `settings`, `rules`,
`reports`, `application`, `sources`; `toml_edit`, `database`; `project`, `checking`, `watching`; `history`, `editing`;
`probing`, `formats`; `service`; `web`, `cli`. docs/architecture.md has a line on each. Imports go down only;
see `[tool.importlinter]` in pyproject.toml.
"""

__version__ = "0.1.0"
