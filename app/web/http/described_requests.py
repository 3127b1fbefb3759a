"""What the API's description says of parameters and of bodies."""

from typing import Any

from app.history.store.queries.paging import LONGEST
from app.planning.git.revisions import LONGEST as LONGEST_REVISION
from app.planning.git.revisions import REVISION
from app.service.history_queries import LISTED
from app.web.delivery import description as delivered

type Node = dict[str, Any]

_SNAPSHOT = "7c3a91e5-0000-4000-8000-0004c0da55a7"

_REVISION: Node = {"type": "string", "pattern": f"^{REVISION}$", "maxLength": LONGEST_REVISION}

PARAMETERS: dict[str, Node] = {
    "environment": {
        "description": "The environment's name; without it the active one.",
        "schema": {"type": "string"},
        "example": "production",
    },
    "project": {"description": "The project's name, as `GET /projects` lists it.", "example": "orders"},
    "left": {"description": "The environment to compare.", "example": "staging"},
    "right": {"description": "The environment to compare it with.", "example": "production"},
    "base": {
        "description": "The revision before the change; without it where HEAD left the default branch.",
        "schema": _REVISION,
        "example": "main~1",
    },
    "head": {
        "description": "The revision after it; without it the working tree.",
        "schema": _REVISION,
        "example": "main",
    },
    "key": {"description": "A dotted key, of a leaf or of a table; look-up ignores case.", "example": "database"},
    "rule": {"description": "The rule's id, or its name.", "example": "APP001"},
    "kind": {
        "description": "The settings as they are in force, or one profile file.",
        "schema": {"type": "string", "enum": ["merged", "layer"], "default": "merged"},
        "example": "layer",
    },
    "limit": {
        "description": "How many are listed at most.",
        "schema": {"type": "integer", "minimum": 1, "maximum": LONGEST, "default": LISTED},
        "example": 20,
    },
    "also": {
        "description": "`recorded`: tells too when the history has something new.",
        "schema": {"type": "string", "enum": ["nothing", "recorded"], "default": "nothing"},
        "example": "recorded",
    },
    "before": {
        "description": "Goes on where an earlier list ended: what stood there as `next`.",
        "schema": {"type": "string"},
        "example": "4711",
    },
    "release": {"description": "The release's id.", "example": "7"},
    **delivered.PARAMETERS,
    "snapshot": {
        "description": "The snapshot's id; its first digits, four at least, where no other begins with them.",
        "example": _SNAPSHOT,
    },
}

PARAMETERS_OF: dict[str, dict[str, Node]] = {
    **delivered.PARAMETERS_OF,
    "history": {
        "environment": {"description": "The environment's name; without it, all of them."},
        "before": {"schema": {"type": "string", "pattern": "^[0-9]{1,18}$"}},
    },
    "snapshot_difference": {
        "left": {"description": "The snapshot to compare, by its id.", "example": _SNAPSHOT},
        "right": {"description": "The one to compare it with, or `now`: the project as it is.", "example": "now"},
    },
    "releases": {
        "environment": {"description": "The environment's name; without it, all of them."},
        "before": {"schema": {"type": "string", "pattern": "^[0-9]{1,18}$"}},
    },
    "instances": {
        "environment": {"description": "The environment's name; without it, all of them."},
        "limit": {"schema": {"type": "integer", "minimum": 1, "maximum": LONGEST, "default": LONGEST}},
        "before": {"schema": {"type": "string", "pattern": "^[0-9]{1,18}$"}},
    },
    "release_difference": {
        "left": {"description": "The release to compare, by its id.", "example": "6"},
        "right": {"description": "The one to compare it with.", "example": "7"},
    },
    "key_history": {
        "before": {"schema": {"type": "string", "pattern": "^[0-9]{1,18}[.][0-9]{1,18}$"}, "example": "4711.815"},
    },
}
"""Where a parameter means something of its own."""

BODIES: dict[str, dict[str, Node]] = {
    "database_test": {
        "the active environment's own": {"value": {}},
        "another environment's": {"value": {"environment": "staging"}},
        "a target": {
            "value": {
                "host": "db.example.com",
                "port": 5432,
                "username": "orders",
                "password": "correct-horse-battery-staple",
                "name": "orders",
                "tls": {"mode": "verify-full"},
                "timeout_ms": 3000,
            }
        },
    },
    "make_release": {
        "what the files say": {"value": {"environment": "production", "message": "A larger pool."}},
        "what it would change": {"value": {"environment": "production", "dry_run": True}},
    },
    "rollback": {"a reason": {"value": {"message": "The pool was too large."}}},
    "report_instance": {
        "a process": {
            "value": {
                "name": "web-1:17",
                "host": "web-1",
                "environment": "production",
                "started_at": "2026-07-01T12:00:00Z",
                "release": 7,
                "digests": {"database.host": "9f2c" * 16},
            }
        }
    },
    "edit_values": {
        "a value": {"value": {"environment": "staging", "set": {"server.workers": 4}, "dry_run": True}},
        "a key less": {"value": {"environment": "staging", "unset": ["server.workers"], "dry_run": True}},
    },
    "sign_in": {"a token": {"value": {"token": "the-token-whose-digest-the-settings-hold"}}},
}
"""Examples, by operation."""
