"""The catalogue as text."""

from textwrap import wrap

import click

from app.reports import wire

_COLOURS = {"error": "red", "warning": "yellow", "info": "blue"}
_SPEAKS = {"production": "applies to production-like environments", "always": "applies to every environment"}


def catalogue(document: wire.Rules, width: int) -> str:
    """The rules in columns: id, severity, name, summary."""
    ids = max(len(rule.id) for rule in document.rules)
    names = max(len(rule.name) for rule in document.rules)
    return "\n".join(_entry(rule, ids, names, width) for rule in document.rules)


def _entry(rule: wire.RuleEntry, ids: int, names: int, width: int) -> str:
    severity = click.style(f"{rule.severity:<7}", fg=_COLOURS[rule.severity])
    margin = " " * (ids + names + 13)
    summary = wrap(rule.summary, max(width - len(margin), 20))
    return f"{rule.id:<{ids}}  {severity}  {rule.name:<{names}}  " + f"\n{margin}".join(summary)


def page(rule: wire.RuleEntry, width: int) -> str:
    """The whole page, with the rule's name above it and its source below."""
    title = click.style(f"{rule.id} {rule.name}", bold=True)
    paragraphs = [_paragraph(text, width) for text in (rule.page or rule.summary).split("\n\n")]
    return "\n\n".join([f"{title}\n{rule.severity}, {_SPEAKS[rule.speaks]}", *paragraphs, f"Source: {rule.source}"])


def _paragraph(text: str, width: int) -> str:
    """Words as wide as the terminal, up to what reads well; blocks as they are."""
    return text if text.startswith("    ") else "\n".join(wrap(text, min(max(width, 40), 100)))
