"""Stage 3: TLS, as far as the mode wants it, and whose certificate the server shows."""

import asyncio
import ssl
from datetime import UTC, datetime
from typing import Literal

from app.core.outcomes import FailureCode
from app.database.errors import RefusalError, failure
from app.probing.stages.certificate import Certificate
from app.probing.stages.record import Notes, Record
from app.probing.stages.tls_negotiation import context, protect, second_look, shown_certificate
from app.probing.stages.transport import Link

WARNING_DAYS = 21
"""A certificate with fewer days left is worth a warning."""

_RESERVE_SECONDS = 0.05

type Way = Literal["plain", "tls"]


async def handshake(record: Record, link: Link, way: Way, seconds: float) -> None:
    """Begins TLS where that is the way and the server offers it; else leaves the connection as it is.

    Raises:
        StoppedError: it failed, or the server offers none where the mode demands it.
    """
    if way == "plain":
        record.skip("tls", "A unix socket needs no TLS." if link.address.is_local else None)
        return
    until = min(record.ends, asyncio.get_running_loop().time() + seconds) - _RESERVE_SECONDS
    async with record.stage("tls", seconds=seconds) as notes:
        try:
            offered = await protect(link, context(record.target.tls))
        except ssl.SSLCertVerificationError as error:
            raise await _explained(error, record, link, until) from error
        if offered:
            _describe(notes, link, record)
        else:
            _without(notes, record)


def _without(notes: Notes, record: Record) -> None:
    if record.target.tls.required:
        raise RefusalError(code="tls-not-offered")
    notes.status = "skipped"
    notes.message = f"The server offers no TLS; tls.mode = {record.target.tls.mode} goes on without it."


def _describe(notes: Notes, link: Link, record: Record) -> None:
    protection, shown = link.tls, shown_certificate(link)
    if protection is None:  # a handshake that ended well leaves it there
        return
    now, cipher = datetime.now(UTC), protection.cipher()
    notes.say(f"{protection.version()} protects the connection.")
    notes.detail |= {
        "version": protection.version(),
        "cipher": cipher[0] if cipher else None,
        "verified": record.target.tls.verified,
    }
    if shown is not None:
        left = shown.days_left(now)
        notes.say(
            f"{notes.message} The certificate of {_whose(shown)} has {left} days left.", well=left >= WARNING_DAYS
        )
        notes.detail |= shown.detail(now)


def _whose(shown: Certificate) -> str:
    return ", ".join(shown.names) or shown.subject or "(nobody)"


async def _explained(error: ssl.SSLCertVerificationError, record: Record, link: Link, until: float) -> RefusalError:
    """The same failure, with the certificate that was rejected, where a second look can get it."""
    found = failure(error, "tls", record.target)
    shown = await second_look(link.address, record.target.tls, until)
    if shown is None:
        return RefusalError(code=found.code)
    message = _why(found.code, shown, link.address.host)
    return RefusalError(code=found.code, message=message, detail=shown.detail(datetime.now(UTC)))


def _why(code: FailureCode, shown: Certificate, host: str) -> str | None:
    """What is wrong with this certificate; None where the code says it all."""
    whose = f"The certificate of {_whose(shown)}"
    told: dict[FailureCode, str] = {
        "certificate-name-mismatch": f"The server's certificate is made out to {_whose(shown)}, not to {host}.",
        "certificate-expired": f"{whose} expired on {shown.not_after:%Y-%m-%d}.",
        "certificate-not-yet-valid": f"{whose} is not valid before {shown.not_before:%Y-%m-%d}.",
        "certificate-untrusted": f"{whose} comes from {shown.issuer or 'nobody'}, which is not trusted here.",
    }
    return told.get(code)
