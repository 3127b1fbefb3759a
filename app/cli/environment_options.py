"""The environments that a command is about: by argument, or by `--env`, whichever comes to mind."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from app.cli import completion
from app.core.errors import ArgumentError


def one_environment(function: Callable[..., Any]) -> Callable[..., Any]:
    """An optional argument ENV, or `--env ENV`, handed over as `environment`."""

    @wraps(function)
    def chosen(*args: Any, environment: str | None, env: str | None, **kwargs: Any) -> Any:
        if environment and env and environment != env:
            message = f"Two environments are named, {environment!r} and {env!r}."
            raise ArgumentError(message, fix="Name one: as an argument, or with --env.")
        return function(*args, environment=environment or env, **kwargs)

    argument = click.argument("environment", required=False, metavar="[ENV]", shell_complete=completion.environments)
    option = click.option("--env", metavar="ENV", shell_complete=completion.environments,
                          help="The environment, by default the active one.")  # fmt: skip
    return argument(option(chosen))


def environments(name: str, metavar: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Any number of arguments, and of `--env ENV`, handed over together.

    Args:
        name: the parameter's name.
        metavar: how help shows the arguments.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def chosen(*args: Any, env: tuple[str, ...], **kwargs: Any) -> Any:
            return function(*args, **{**kwargs, name: (*kwargs[name], *env)})

        argument = click.argument(name, nargs=-1, metavar=metavar, shell_complete=completion.environments)
        option = click.option("--env", multiple=True, metavar="ENV", shell_complete=completion.environments,
                              help="One of the environments.")  # fmt: skip
        return argument(option(chosen))

    return decorate
