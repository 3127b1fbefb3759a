"""Keys that say of themselves that they are none for production."""

import re
from functools import cache

from app.rules.kit.known_defaults import is_placeholder

_SAYS_SO = r"""
      (django-)?insecure | development | only[-_ ]?for | (dev(elopment)?|test(ing)?|local|default|demo)[-_ ]
    | .*change[-_ ]?(me|this|it)(?![a-z]) | .*(not[-_ ]?for[-_ ]?prod|do[-_ ]?not[-_ ]?use|for[-_ ]?development)
    | .*insecure[-_ ] | .*(?<![a-z])(super|very|my|top)[-_ ](so[-_ ])?secret(?![a-z])
    | .*(?<![a-z])your[-_ ](?:[^\W_]+[-_ ]+)*(secret|key)(?![a-z])
    """

_LONGEST = 1000
"""Characters; what says so says it soon."""


@cache
def _says_so() -> re.Pattern[str]:
    """Compiled when the first key is met: most runs meet none."""
    return re.compile(_SAYS_SO, re.IGNORECASE | re.VERBOSE)


def is_made_for_development(key: str) -> bool:
    """Whether a key is a placeholder, or was made for development: `django-insecure-…`, `dev-…`."""
    return is_placeholder(key) or bool(_says_so().match(key.strip()[:_LONGEST]))
