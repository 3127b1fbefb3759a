"""Stage 2: a TCP or unix connection to one of the addresses."""

import asyncio
import socket
from collections.abc import Sequence
from dataclasses import dataclass

from app.probing.stages.resolve import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """An address that did not take the connection, and why not."""

    address: Address
    error: OSError


async def connect(
    addresses: Sequence[Address], seconds: float, passed: list[Passed]
) -> tuple[socket.socket, Sequence[Address]]:
    """A connected socket, and the addresses from the one that took the connection on.

    Args:
        addresses: where to try, in this order; each gets its share of the time.
        seconds: the time for all of them.
        passed: told of each address that did not take it.

    Raises:
        OSError: none took it; of the last one tried (TimeoutError: it was silent).
    """
    loop = asyncio.get_running_loop()
    ends = loop.time() + seconds
    for position, address in enumerate(addresses):
        share = (ends - loop.time()) / (len(addresses) - position)
        try:
            async with asyncio.timeout(share):
                return await open_socket(address), addresses[position:]
        except OSError as error:
            passed.append(Passed(address=address, error=error))
    raise passed[-1].error if passed else TimeoutError()


async def open_socket(address: Address) -> socket.socket:
    """A connected socket.

    Raises:
        OSError: nobody takes the connection.
    """
    opened = socket.socket(address.family, socket.SOCK_STREAM)
    try:
        opened.settimeout(0)
        await asyncio.get_running_loop().sock_connect(opened, address.address)
    except BaseException:
        opened.close()
        raise
    return opened
