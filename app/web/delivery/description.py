"""What the API's description says of the parameters that delivery has."""

from typing import Any

from app.reports.releases import GREATEST_ID

type Node = dict[str, Any]

PARAMETERS: dict[str, Node] = {
    "after": {
        "description": "The id of the release that the caller knows: at least this one is given, else 503.",
        "schema": {"type": "integer", "minimum": 0, "maximum": GREATEST_ID, "default": 0},
        "example": 7,
    },
    "wait": {
        "description": "Seconds to wait for a release above `after`; 204 where none comes. More than 60 are 60.",
        "schema": {"type": "number", "minimum": 0, "maximum": 999_999, "default": 0},
        "example": 30,
    },
    "digest": {
        "description": "What the head, or an event, has as its digest.",
        "schema": {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"},
        "example": "sha256:e79f006560ea2607d270f3a3c3579c0d1cb055a27f35246e96b802d39b721592",
    },
}

_RELEASED: dict[str, Node] = {"environment": {"description": "The environment's name."}}

PARAMETERS_OF: dict[str, dict[str, Node]] = dict.fromkeys(("release_head", "release_body", "release_events"), _RELEASED)
"""Where the environment has to be named."""
