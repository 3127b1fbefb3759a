"""The port that a service was told to listen on is its own, though no settings name it."""

from urllib.parse import urlsplit

import httpx
from patience import PATIENCE_SECONDS
from services import new_home, running

ALONE = {"ASSAY_DATABASE__EMBEDDED": "false", "ASSAY_HISTORY__ENABLED": "false"}


def test_the_port_of_the_command_is_no_target() -> None:
    with new_home() as home, running(home, environ=ALONE) as service:
        target = {"host": "127.0.0.1", "port": urlsplit(service.url).port}
        answer = httpx.post(f"{service.url}/config/database/test", json=target, timeout=PATIENCE_SECONDS)
    assert (answer.status_code, answer.json()["code"]) == (403, "target-not-allowed")
