"""A process with several real clients, which writes down what each of them runs with, a line of JSON each.

It is told by its arguments: the service's addresses, its token, the environments of its clients, a folder for their
last good files, and a name. It ends when its standard input does, and then says what each has in the end.
"""

import hashlib
import json
import os
import sys
import time
from pathlib import Path

from assay_client import configuration
from assay_client.client import Client
from assay_client.release import Release


def say(client: str, environment: str, release: Release) -> None:
    """One line, written at once: a process that is killed has said all that it saw."""
    body = f"sha256:{hashlib.sha256(release.body).hexdigest()}"
    seen = {"client": client, "environment": environment, "at": time.monotonic(),
            "id": release.id, "digest": release.digest, "body": body}  # fmt: skip
    os.write(1, json.dumps(seen).encode() + b"\n")


def follow(name: str, environment: str, urls: str, token: str, folder: Path) -> Client:
    """A client that says what it runs with: first what it has on disk."""
    told = {"ASSAY_SERVICE_URLS": urls, "ASSAY_SERVICE_TOKEN": token, "ASSAY_INSTANCE": name, "ASSAY_TIMEOUT": "0",
            "ASSAY_LAST_GOOD": str(folder / f"{name.partition(' ')[0]}.json"), "ASSAY_PROJECT": "orders"}  # fmt: skip
    configured = configuration.read({}, told)
    assert configured
    client = Client(configured, environment)
    client.callbacks.append(lambda _, release: say(name, environment, release))
    client.plain()
    client.follow()
    return client


def main(urls: str, token: str, environments: str, folder: str, name: str, life: str) -> None:
    """Follows until the input ends."""
    clients = {
        f"{name}.{number} {life}": environment for number, environment in enumerate(environments.split(","), start=1)
    }
    followed = {known: follow(known, environment, urls, token, Path(folder)) for known, environment in clients.items()}
    sys.stdin.read()
    for known, client in followed.items():
        client.close()  # first: what it takes meanwhile it says itself
        if client.release:
            say(known, clients[known], client.release)


if __name__ == "__main__":
    main(*sys.argv[1:])
