"""What the problems of the API's description say: one for each status, and where an operation has its own, that."""

from collections.abc import Mapping

_AWAY = (
    "Nobody listens at db.example.com, port 5432."
    " Check the port, that PostgreSQL runs there, and that its listen_addresses admits others."
)
_TOO_MANY = (
    "limit is 501, and a list has 1 to 500 entries at a time. Ask for at most 500, and for older ones with before."
)
_NO_CURSOR = (
    "before is '4711', which no list gave as its next. Take what the list before it says under next, or leave it out."
)
_OFF = (
    "Nothing is recorded: history.enabled is false in production."
    " Write [production.history] enabled = true, or set ASSAY_HISTORY__ENABLED."
)

_NO_RELEASE = "There is no release 7 of the project orders. `assay release list` lists those that there are."
_NO_DATABASE = (
    "The service has no database, and so no releases."
    " Set database.url, or database.host and its neighbours, and start it again."
)
_NO_ID = "'now' is no release's id. GET /releases lists those that there are."
_FIRST = "Release 7 of production was made meanwhile. Look at what it changed, and release again."
_UNFIT = (
    "production has 1 error, and is not released."
    " Mend what `assay check production` tells, or release it with a reason: --force REASON."
)
_IN_FORCE = (
    "Release 7 is in force, and nothing can be rolled back to it. `assay release list production` tells what was."
)
_NOT_WAITING = (
    "Release 7 does not wait for approval: it is the head. `assay release list production` tells what is in force."
)
_CROWDED = (
    "10000 instances of production report already, and no more are kept."
    " Give each a name that it keeps: ASSAY_INSTANCE."
)
_NO_OPERATOR = "This needs a token with the role operator."

PROBLEMS: Mapping[int, tuple[str, str]] = {
    400: (
        "host-not-allowed",
        "This service does not answer to that host name; server.allowed_hosts lists those it does.",
    ),
    401: ("unauthorized", "This needs a token: Authorization: Bearer TOKEN."),
    403: ("forbidden", "Without tokens the service answers nobody but this machine."),
    404: ("environment-unknown", "There is no environment 'prodution'. Did you mean 'production'?"),
    408: ("body-timeout", "The body did not come in time; server.body_timeout says how long it may take."),
    413: ("request-entity-too-large", "Request Entity Too Large."),
    422: (
        "target-invalid",
        "This is no database target: prot is no field here. Did you mean 'port'? Correct these fields.",
    ),
    409: ("edit-refused", "It would add an error."),
    412: ("profiles-changed", "The profiles have changed. Look at what they say now, and make the edit again."),
    428: (
        "precondition-required",
        "If-Match must hold the ETag of GET /config/values of that environment: what the edit was made from.",
    ),
    429: ("too-many-probes", "As many probes run as may run at once. Ask again when one has ended."),
    500: ("internal-error", "Assay failed to answer. Its log says why."),
    503: ("overloaded", "The service answers as many requests as it may. Ask again soon."),
}
"""By status."""

PROBLEMS_OF: Mapping[str, Mapping[int, tuple[str, str]]] = {
    "explanation": {404: ("key-unknown", "No layer of production sets 'database.prot'. Did you mean 'database.port'?")},
    "difference": {400: ("parameter-missing", "The parameter 'left' is required.")},
    "change_plan": {
        400: ("argument-invalid", "'--all' is no revision here. Name a branch, a tag or an id."),
        404: ("revision-unknown", "There is no revision 'mian' here. `git branch --all` lists the branches; fetch it."),
        409: (
            "repository-unusable",
            "This folder lies in no git repository. Go to the clone, or name it with --project.",
        ),
    },
    "rule_page": {404: ("rule-unknown", "There is no rule 'APP999'. `assay rules` lists them.")},
    "settings_schema": {
        400: ("kind-unknown", "There is no schema of the kind 'all': it is 'merged' or 'layer'."),
        404: ("no-model", "The project names no model in the option 'schema'."),
    },
    "edit_values": {
        400: ("body-malformed", 'The body is no JSON; send {"environment": "production", "set": {"server.port": 80}}.'),
        403: ("editing-off", "Editing is off: the service's setting diagnostics.editing is false."),
        422: ("body-invalid", "The body is no edit."),
    },
    "database_test": {
        400: ("body-malformed", "The body is no JSON; {} asks for the active environment's database."),
        403: ("forbidden", _NO_OPERATOR),
    },
    "history": {
        400: ("argument-invalid", _TOO_MANY),
        503: ("database-unavailable", _AWAY),
    },
    "snapshot": {
        404: (
            "snapshot-unknown",
            "There is no snapshot '0000', or no longer. `assay history list` lists those that there are.",
        ),
        503: (
            "migrations-pending",
            "The service's tables in the database orders are not there yet. Run `assay db upgrade`.",
        ),
    },
    "snapshot_difference": {
        400: ("argument-invalid", "Only the second of the two can be 'now'. Name the snapshot first."),
        404: ("snapshot-unknown", "Several snapshots begin with '7c3a'. Name more of its digits."),
        503: ("database-unavailable", _AWAY),
    },
    "key_history": {
        400: ("argument-invalid", _NO_CURSOR),
        404: (
            "key-unknown",
            "Nothing was recorded of 'database.prot' in the environment 'production'. Did you mean 'database.port'?",
        ),
        503: ("history-off", _OFF),
    },
    "releases": {
        400: ("argument-invalid", _TOO_MANY),
        503: ("database-unavailable", _AWAY),
    },
    "release": {
        404: ("release-unknown", _NO_RELEASE),
        503: ("database-unavailable", _NO_DATABASE),
    },
    "release_difference": {
        404: ("release-unknown", "'now' is no release's id. GET /releases lists those that there are.")
    },
    "make_release": {
        403: ("forbidden", _NO_OPERATOR),
        409: (
            "release-conflict",
            "Release 7 of production was made meanwhile. Look at what it changed, and release again.",
        ),
        422: ("release-refused", _UNFIT),
    },
    "rollback": {
        403: ("forbidden", _NO_OPERATOR),
        404: ("release-unknown", _NO_RELEASE),
        409: ("release-conflict", _IN_FORCE),
        422: ("body-invalid", "The body is not what is asked for here."),
    },
    "approve": {
        403: (
            "approval-refused",
            "ada released it, and somebody else has to approve it. Ask another operator, with a token of their own.",
        ),
        404: ("release-unknown", _NO_RELEASE),
        409: ("release-conflict", _NOT_WAITING),
    },
    "release_head": {
        404: ("not-released", "Nothing was released for production yet."),
        503: ("behind", "This replica does not know release 8 yet. Ask again soon, or another replica."),
    },
    "release_body": {
        404: ("unknown-body", "No release of production has that digest."),
        503: ("database-unavailable", _AWAY),
    },
    "release_events": {
        503: ("behind", "This replica does not know release 8 yet. Ask again soon, or another replica."),
    },
    "report_instance": {
        429: ("too-many-instances", _CROWDED),
    },
    "sign_in": {
        401: ("unauthorized", "This is no token of this service."),
        403: ("forbidden", "A page of another origin may not ask this."),
        422: ("body-invalid", "The body must hold a token and nothing else."),
        429: ("too-many-requests", "One caller may make 120 such requests a minute. Ask again in 20 seconds."),
    },
}
"""By operation and status."""

FIELD_ERRORS: Mapping[tuple[str, int], Mapping[str, str]] = {
    ("difference", 400): {"key": "left", "message": "is required"},
    ("database_test", 422): {"key": "prot", "message": "is no field here. Did you mean 'port'?"},
    ("rollback", 422): {"key": "mesage", "message": "is no field here. Did you mean 'message'?"},
    ("sign_in", 422): {"key": "token", "message": "a text is required"},
}
"""What is wrong with a field, where the problem names one."""
