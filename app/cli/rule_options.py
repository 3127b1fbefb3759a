"""The options that narrow which rules count for one call."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from app.checking.rule_control import selection


def rule_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--select` and `--ignore`, handed over as one `chosen`."""

    @wraps(function)
    def narrowed(*args: Any, select: tuple[str, ...], ignore: tuple[str, ...], **kwargs: Any) -> Any:
        return function(*args, chosen=selection(select, ignore), **kwargs)

    options = (
        click.option("--ignore", metavar="RULE", multiple=True, help="These rules do not count."),
        click.option("--select", metavar="RULE", multiple=True, help="Only these count: ids, or beginnings of ids."),
    )
    found: Callable[..., Any] = narrowed
    for option in options:
        found = option(found)
    return found
