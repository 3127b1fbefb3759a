"""Commands that can be pasted into a shell, quoted so that they say what they mean."""

import shlex

UNSEEN = "-"
"""Stands for a value that is given on standard input: a secret has no place in a command line."""


def set_command(key: str, text: str, environment: str) -> str:
    """The command that sets a key; a text that begins with a dash, and is no number, stands behind `--`."""
    words = ["--", key, text] if text.startswith("-") and text != UNSEEN else [key, text]
    return shlex.join(["assay", "set", "--env", environment, *words])


def unset_command(key: str, environment: str) -> str:
    """The command that takes a key out."""
    return shlex.join(["assay", "unset", "--env", environment, key])
