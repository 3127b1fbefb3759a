"""Requests that an API's description allows, and what is wrong with the answers: Schemathesis at work."""

from collections import Counter
from collections.abc import Iterator

import schemathesis
from litestar import Litestar
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.python.asgi import shutdown_lifespans

EXPECTED = ["2xx", "303", "401", "403", "404", "409", "422", "429"]


def requests(app: Litestar, token: str, examples: int) -> tuple[Counter[str], list[str]]:
    """How often each operation was asked with which status, and what was wrong.

    Args:
        app: the service.
        token: whose rights the caller has.
        examples: so many requests of each operation.
    """
    config = SchemathesisConfig.from_dict(
        {
            "seed": 20260701,
            "headers": {"Authorization": f"Bearer {token}"},
            "generation": {"max-examples": examples, "database": "none"},
            "max-stream-events": 1,
            # Which texts make a target, which a token, and which release may be taken back, no schema can say.
            "checks": {"positive_data_acceptance": {"expected-statuses": EXPECTED}},
            "operations": [
                # Nothing was released here, and so a stream tells nothing: tests of its own hear it.
                {"include-path-regex": "^(/projects/[^/]+)?/releases/.*/events", "enabled": False},
                {
                    # A replica that is behind says 503; so does one that has not read the releases yet.
                    "include-path-regex": "^(/projects/[^/]+)?/releases/.*/(head|body|events)",
                    "parameters": {"wait": 0},
                    "checks": {
                        "positive_data_acceptance": {"expected-statuses": ["2xx", "403", "404", "429", "503"]},
                        "not_a_server_error": {"expected-statuses": ["2xx", "4xx", "503"]},
                    },
                },
            ],
        }
    )
    try:
        schema = schemathesis.openapi.from_asgi("/schema/openapi.json", app, config=config)
        schema.validate()
        return _made(from_schema(schema).execute())
    finally:
        shutdown_lifespans()  # or the service would go on in a thread of its own, and be heard in other tests


def _made(events_of_engine: Iterator[events.EngineEvent]) -> tuple[Counter[str], list[str]]:
    asked: Counter[str] = Counter()
    failures: list[str] = []
    for event in events_of_engine:
        if isinstance(event, events.ScenarioFinished):
            asked.update(_asked(event))
            failures.extend(_failures(event))
        elif isinstance(event, events.NonFatalError | events.FatalError):
            failures.append(repr(event))
    return asked, failures


def _asked(event: events.ScenarioFinished) -> Iterator[str]:
    for one in event.recorder.interactions.values():
        if one.response is not None:
            yield f"{event.recorder.label} {int(one.response.status_code)}"


def _failures(event: events.ScenarioFinished) -> Iterator[str]:
    for case, checks in event.recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                request = event.recorder.interactions[case].request
                said = str(check.failure_info.failure)
                yield f"{check.name} {request.method} {request.uri} {request.body!r}: {said}"
