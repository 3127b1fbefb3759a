"""Content codings: what is sent compressed, and to whom. Source: RFC 9110, 8.4 and 12.5.3."""

import gzip
import re
from typing import Any

import anyio.to_thread
from litestar import Request, Response

_SMALLEST = 1400
"""Bytes; what fits into one packet is not worth it."""

_FAST, _BEST = 1, 9
_REFUSED = re.compile(r"q=0(\.0{0,3})?")
_OWN_ACCORD = frozenset({"same-origin", "none"})

# Whoever can make a browser ask for this page with a text of theirs in the address, and sees how long the encrypted
# answer is, could guess what else is in it letter by letter, the CSRF token first (BREACH, CVE-2013-3587). So answers
# that hold what only some may see are compressed only where the browser says that the page itself asked, or a person.


def takes_gzip(accepted: str) -> bool:
    """Whether `Accept-Encoding` allows gzip: by its name, else with all others."""
    weights = {
        name.strip(): weight.replace(" ", "").replace("\t", "")
        for name, _, weight in (entry.partition(";") for entry in accepted.lower().split(","))
    }
    stated = weights.get("gzip", weights.get("x-gzip", weights.get("*")))
    return stated is not None and not _REFUSED.fullmatch(stated)


def packed(content: bytes) -> bytes | None:
    """What never changes, as small as it gets; None where that saves nothing."""
    small = gzip.compress(content, _BEST, mtime=0)
    return small if len(content) >= _SMALLEST and len(small) < len(content) else None


async def coded(request: Request[Any, Any, Any], answer: Response[bytes]) -> Response[bytes]:
    """An answer for one caller, compressed where they take that and nobody else can have made them ask."""
    stated = answer.headers.get("Vary")
    answer.headers["Vary"] = ", ".join(filter(None, (stated, "Accept-Encoding, Sec-Fetch-Site")))
    is_own = request.headers.get("Sec-Fetch-Site", "") in _OWN_ACCORD
    if is_own and len(answer.content) >= _SMALLEST and takes_gzip(request.headers.get("Accept-Encoding", "")):
        answer.content = await anyio.to_thread.run_sync(lambda: gzip.compress(answer.content, _FAST, mtime=0))
        answer.headers["Content-Encoding"] = "gzip"
    return answer
