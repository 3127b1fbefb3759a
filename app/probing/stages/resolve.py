"""Stage 1: the host's name becomes addresses."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from app.database.target import Target

type SocketAddress = tuple[str, int] | tuple[str, int, int, int]
type Answer = list[tuple[socket.AddressFamily, SocketAddress]]
type LookUp = Callable[[str, int], Awaitable[Answer]]
"""How a name and a port become addresses; raises OSError where there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a connection can be tried.

    Attributes:
        host: as the target names it: TLS checks certificates against it.
        port: the TCP port.
        family: the kind of socket.
        address: what the socket connects to.
    """

    host: str
    port: int
    family: socket.AddressFamily
    address: str | SocketAddress

    @property
    def is_local(self) -> bool:
        """Whether it is a unix socket, which knows no TLS."""
        return isinstance(self.address, str)

    @property
    def shown(self) -> str:
        """The address for people."""
        return self.address if isinstance(self.address, str) else str(self.address[0])


async def resolve(target: Target, look_up: LookUp, seconds: float) -> list[Address]:
    """Every address of every host of the target, in the order in which to try them; each gets its share of the time.

    Raises:
        OSError: no host has an address (socket.gaierror of the last; TimeoutError: nobody answered).
    """
    found: list[Address] = []
    problem: OSError | UnicodeError | None = None
    hosts = target.addresses
    for host, port in hosts:
        try:
            async with asyncio.timeout(seconds / len(hosts)):
                found += await _addresses(host, port, look_up)
        except (OSError, UnicodeError) as error:
            problem = error
    if problem is not None and not found:
        raise problem
    return found


async def _addresses(host: str, port: int, look_up: LookUp) -> list[Address]:
    if host.startswith("/"):
        path = f"{host.rstrip('/')}/.s.PGSQL.{port}"
        return [Address(host=host, port=port, family=socket.AF_UNIX, address=path)]
    answer = await look_up(host, port)
    return [Address(host=host, port=port, family=family, address=address) for family, address in answer]


async def system_look_up(host: str, port: int) -> Answer:
    """The system's own answer; a name is looked up in a thread, an address needs none.

    Raises:
        OSError: there is no such name (socket.gaierror).
        UnicodeError: this cannot be a name.
    """
    try:
        return _look_up(host, port, socket.AI_NUMERICHOST)
    except socket.gaierror:
        return await _in_thread(host, port)


def _look_up(host: str, port: int, flags: int = 0) -> Answer:
    answer = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    return [(family, address) for family, _, _, _, address in answer if isinstance(address[0], str)]


async def _in_thread(host: str, port: int) -> Answer:
    """The look-up in a thread of its own: it cannot be stopped, and nothing may have to wait for it."""
    loop = asyncio.get_running_loop()
    answered: asyncio.Future[Answer] = loop.create_future()

    def work() -> None:
        try:
            answer = _look_up(host, port)
        except (OSError, UnicodeError) as error:
            _tell(loop, answered, error)
        else:
            _tell(loop, answered, answer)

    threading.Thread(target=work, name="assay-resolve", daemon=True).start()
    return await answered


def _tell(
    loop: asyncio.AbstractEventLoop, answered: "asyncio.Future[Answer]", result: "Answer | OSError | UnicodeError"
) -> None:
    def settle() -> None:
        if answered.done():
            return
        if isinstance(result, Exception):
            answered.set_exception(result)
        else:
            answered.set_result(result)

    with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
        loop.call_soon_threadsafe(settle)
