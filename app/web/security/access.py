"""Who may ask: the bearer of a token, whoever signed in with one, or, without tokens, whoever sits at this machine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address
from typing import Literal

from app.settings.auth import TokenSettings, known_token
from app.web.http.problems import ProblemError
from app.web.security.sessions import COOKIE, Sessions

type Role = Literal["viewer", "operator", "client"]
type Headers = Mapping[str, str]

_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks.

    Attributes:
        name: the token's, or `operator` on this machine.
        role: a viewer reads, an operator also probes and releases, a client is delivered releases.
        local: whether the request comes from this machine, through no proxy.
        session: the cookie by which the caller is known; None for the bearer of a token.
        environments: those that a client is bound to.
        projects: the same; none where it may ask for all.
    """

    name: str
    role: Role
    local: bool
    session: str | None = None
    environments: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()

    def require_reader(self) -> None:
        """That the caller may look at configuration.

        Raises:
            ProblemError: 403 for a client.
        """
        if self.role == "client":
            raise forbidden("A client is delivered the releases of its environments, and nothing else.")

    def require_delivery(self, project: str, environment: str) -> None:
        """That the caller may have what was released for an environment, or report an instance of it.

        Raises:
            ProblemError: 403 for a client that is bound to others.
        """
        if self.role != "client":
            return
        if environment.strip().lower() not in map(str.lower, self.environments) or (
            self.projects and project not in self.projects
        ):
            raise forbidden("This token is bound to other environments, or other projects.")


def identify(headers: Headers, client: str | None, tokens: Sequence[TokenSettings], sessions: Sessions) -> Caller:
    """Who asks, by the request's headers (lower-case names) and its address.

    Raises:
        ProblemError: 401 for the unknown, 403 where nobody but this machine may ask.
    """
    local = is_local(headers, client)
    if not tokens:
        if not local:
            raise forbidden("Without tokens the service answers nobody but this machine.")
        return Caller(name="operator", role="operator", local=True)
    bearer = headers.get("authorization")
    cookie = None if bearer else _cookie(headers.get("cookie", ""))
    found = sessions.read(cookie, tokens) if cookie else _bearer(bearer or "", tokens)
    if found is None:
        detail = "This needs a token: Authorization: Bearer TOKEN."
        raise ProblemError(HTTPStatus.UNAUTHORIZED, "unauthorized", detail, headers={"WWW-Authenticate": "Bearer"})
    return Caller(
        name=found.name,
        role=found.role,
        local=local,
        session=cookie,
        environments=tuple(found.environments),
        projects=tuple(found.projects),
    )


def _bearer(header: str, tokens: Sequence[TokenSettings]) -> TokenSettings | None:
    scheme, _, token = header.partition(" ")
    return known_token(token.strip(), tokens) if scheme.lower() == "bearer" else None


def _cookie(header: str) -> str | None:
    """The session's cookie. Source: RFC 6265, 4.2.1."""
    pairs = (pair.strip().partition("=") for pair in header.split(";"))
    return next((value for name, _, value in pairs if name == COOKIE and value), None)


def is_local(headers: Headers, client: str | None) -> bool:
    """Whether the caller is on this machine; through a proxy nobody is."""
    if client is None or any(name in headers for name in _FORWARDED):
        return False
    try:
        address = ip_address(client)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def forbidden(detail: str) -> ProblemError:
    """The refusal of somebody who is known."""
    return ProblemError(HTTPStatus.FORBIDDEN, "forbidden", detail)
