"""Stage 2: a TCP or unix connection to one of the addresses."""

import asyncio
import socket

from app.database.probe.resolve import Address


async def connect(addresses: list[Address], seconds: float) -> tuple[socket.socket, Address]:
    """A connected socket, and the first address that took the connection; each gets its share of the time.

    Raises:
        OSError: none took it; of the last one tried (TimeoutError: it was silent).
    """
    problem: OSError = TimeoutError()
    for position, address in enumerate(addresses):
        share = seconds / len(addresses) if position < len(addresses) - 1 else None
        try:
            async with asyncio.timeout(share):
                return await _open(address), address
        except OSError as error:
            problem = error
    raise problem


async def _open(address: Address) -> socket.socket:
    opened = socket.socket(address.family, socket.SOCK_STREAM)
    try:
        opened.settimeout(0)
        await asyncio.get_running_loop().sock_connect(opened, address.address)
    except BaseException:
        opened.close()
        raise
    return opened
