"""A client whose token is bound otherwise, or taken away, while its stream is open is told of no further release."""

from typing import Any

import pytest
from delivered import BEARER, HEAD, client_token, listening
from projects import MakeProject
from releases_kit import body, released
from remembered import variables
from test_settings_in_force import until_status

from app.database.engine import ConnectionManager
from app.database.target import Target

WAYS = {"short": BEARER, "long": BEARER | {"Cookie": "of=another"}}
OTHER = {"Authorization": "Bearer canary-other-client"}


def bound(*tokens: str) -> dict[str, str]:
    """The service's own settings, which know these tokens and one more client of production."""
    other = client_token("production", token="canary-other-client").replace("runs", "other")
    return {"settings.toml": f"[default.auth]\ntokens = [{', '.join([other, *tokens])}]\n"}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("now", "status"), [((client_token("staging"),), 403), ((), 401)])
async def test_who_may_listen_no_more_is_told_of_no_release_and_everybody_else_is(
    own: MakeProject, migrated: Target, manager: ConnectionManager, ask: Any, way: str, now: Any, status: int
) -> None:
    home = own(bound(client_token("production")))
    first = await released(manager)
    async with ask(home.root, variables(migrated)) as client:
        await client.get(HEAD, params={"wait": 60}, headers=BEARER)
        async with (
            listening(client.app, headers=WAYS[way]) as rebound,
            listening(client.app, headers=OTHER) as staying,
        ):
            told = [await rebound.event(), await staying.event()]
            home.write(bound(*now))
            await until_status(client, status, BEARER, HEAD)
            second = await released(manager, first.id, body=body(port=2))
            after = [await rebound.event(), await staying.event()]
    assert [one and one["id"] for one in told] == [first.id, first.id]
    assert [one and one["id"] for one in after] == [None, second.id]
    assert rebound.body.count(b"event: release") == 1
