"""Assay: what every environment runs with, where each value comes from, and whether it is fit for production.

    TOML files + environ → layers → tree → typed settings → findings → report → command line | REST
    database target → probe → report

Imports go down only; see `[tool.importlinter]` in pyproject.toml.
"""

__version__ = "0.1.0"
