"""`[server]`: where and how the service listens."""

from typing import Annotated

from pydantic import Field

from app.settings.section import Section


class ServerSettings(Section):
    """Where and how the service listens."""

    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    """The address to listen on."""

    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    """The TCP port to listen on."""

    workers: Annotated[int, Field(ge=1, le=64)] = 1
    """How many processes serve."""

    base_url: Annotated[str, Field(pattern=r"^https?://")] | None = None
    """The URL under which people reach the service."""

    allowed_hosts: list[str] = Field(default=["127.0.0.1", "localhost", "[::1]"])
    """Host names that requests may ask for."""

    trusted_proxies: list[str] = Field(default=[])
    """Addresses and networks of proxies whose forwarding headers are believed."""

    max_body_bytes: Annotated[int, Field(ge=1024, le=16 * 1024 * 1024)] = 65536
    """The largest request body, in bytes."""

    body_timeout: Annotated[float, Field(gt=0, le=600)] = 10
    """Seconds in which a request's body must have come."""

    max_concurrent_requests: Annotated[int, Field(ge=1, le=100_000)] = 500
    """How many requests one worker answers at once; more are turned away."""

    max_streams: Annotated[int, Field(ge=1, le=100_000)] = 500
    """How many event streams one worker keeps open, beside the requests that it answers."""

    max_streams_per_caller: Annotated[int, Field(ge=1, le=100_000)] = 100
    """How many of them one token, or without tokens one address, may have."""

    posts_per_minute: Annotated[int, Field(ge=1, le=100_000)] = 120
    """How many probes and sign-ins one caller may ask of one worker in a minute."""
