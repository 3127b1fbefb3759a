"""Writes the pages that the code says: `python -m docs docs/rules.md docs/options.md docs/settings.md`."""

import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from app.rules import RULES
from app.rules.kit.rule import Rule
from docs import tables

_HEAD = """\
# The rules

This page is written by `make docs` from the rules' own files; `assay rules ID` shows one of them. Rules that speak in
`production` are silent outside production-like environments. Rules judge the values that are effective in the end, and
find them by what a value is for, so that most of them need no model. How to accept a finding until a day, or all that a
project has today, is told in [ci.md](ci.md).
"""

_FAMILIES = {
    "APP": "the application",
    "AUTH": "who may ask",
    "COOK": "cookies",
    "CORS": "other origins",
    "DB": "the database",
    "DEP": "deployments",
    "DIAG": "diagnostics",
    "ENV": "variables",
    "HDR": "security headers",
    "JWT": "signed tokens",
    "LOG": "logging",
    "NET": "other services",
    "SEC": "secrets",
    "SRC": "files and merging",
    "TYP": "the model",
    "USE": "what the code reads",
    "VAL": "the code's validators",
    "WAIV": "waivers",
    "XENV": "across environments",
}


def reference() -> str:
    """The page: a table and the rules' pages for each family."""
    families = [(name, list(rules)) for name, rules in groupby(RULES, key=_family)]
    return "\n".join([_HEAD, *(line for name, rules in families for line in _section(name, rules))])


def _family(rule: Rule) -> str:
    return rule.id.rstrip("0123456789")


def _section(name: str, rules: list[Rule]) -> Iterator[str]:
    yield f"## {name}: {_FAMILIES[name]}\n"
    yield "| id | name | severity | speaks | what |\n|---|---|---|---|---|"
    for rule in rules:
        anchor = f"{rule.id}-{rule.name}".lower()
        yield f"| [{rule.id}](#{anchor}) | {rule.name} | {rule.severity.word} | {rule.applies_to} | {rule.summary} |"
    yield ""
    for rule in rules:
        yield f"### {rule.id} {rule.name}\n\n{rule.page.strip()}\n\n*Source: {rule.source}.*\n"


_PAGES = {"rules.md": reference, "options.md": tables.options, "settings.md": tables.settings}


def main(targets: Sequence[Path]) -> None:
    """Write the pages, each whole or not at all; which one it is, its file's name says."""
    for target in targets:
        target.write_text(_PAGES[target.name]().rstrip("\n") + "\n", encoding="utf-8")


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
