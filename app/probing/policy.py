"""Which typed-in targets may be probed: the policy against SSRF and DNS rebinding.

Each address that a host turns out to be is judged before it is connected to.

A host's pattern speaks for names (`*.db.example.com`), a network or a pattern of digits for addresses (`10.0.3.0/28`,
`10.1.*`), a path for unix sockets. What a name says of itself opens nothing on this machine: its loopback is reached by
patterns for addresses alone, or as `localhost` where `localhost` is allowed. Link-local addresses, those that hand out
a cloud's credentials, and the service's own port must be named as what they are; no wider pattern covers them.
"""

import errno
import posixpath
import re
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from app.core.errors import TargetNotAllowed
from app.database.target import Target

type Address = IPv4Address | IPv6Address
type Network = IPv4Network | IPv6Network

EVERYTHING = ("*", "/*")
"""What a caller on this machine may type in where the settings name no targets."""

_METADATA = (
    "100.100.100.200",
    "168.63.129.16",
    "169.254.169.254",
    "169.254.170.2",
    "169.254.170.23",
    "192.0.0.192",
    "fd00:ec2::23",
    "fd00:ec2::254",
    "fd20:ce::254",
)
"""Where clouds hand out credentials: Alibaba, Azure, most of them, Amazon's containers, Oracle, Amazon, Google."""

# The narrowest first: it decides.
_CLOSED = tuple(ip_network(one) for one in (*_METADATA, "169.254.0.0/16", "fe80::/10"))
_LOOPBACKS = ("127.0.0.1", "::1")
_LAST = tuple(ip_network(one) for one in ("64:ff9b::/96", "64:ff9b:1::/48", "::/96", "::ffff:0:0:0/96"))
"""Whose last 32 bits are an IPv4 address: NAT64 (RFC 6052, 8215), compatible (RFC 4291), translated (RFC 2765)."""
_LOCAL_NAT64 = ip_network("64:ff9b:1::/48")
_ISATAP = frozenset({0x0000_5EFE, 0x0200_5EFE})
"""How the interface part of an address begins that holds an IPv4 address. Source: RFC 5214, 6.1."""
_V4_BITS = 0xFFFFFFFF
_ADDRESS_GLOB = re.compile(r"[\d.*?]+|(?=.*:)[\da-f:.*?]+")
_SAYS_NOTHING = re.compile(r"[.*?]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """What may be probed.

    Attributes:
        patterns: host patterns, networks, and paths of unix sockets' folders.
        own_ports: the ports on which the service itself answers on this machine.
    """

    patterns: Sequence[str]
    own_ports: frozenset[int] = frozenset()

    def require(self, target: Target) -> None:
        """Refuses a target of which one host is refused whatever its address may be: nobody is asked for that.

        Raises:
            TargetNotAllowed: one of its hosts can be none of the allowed.
        """
        for host, port in target.addresses:
            if not self._is_possible(host, port):
                raise not_allowed(host)

    def permits(self, host: str, address: str, port: int) -> bool:
        """Whether a host may be connected to at one of its addresses (a path for a unix socket)."""
        if host.startswith("/"):
            return self._names_path(host)
        try:
            found = _plain(address)
        except ValueError:
            return False
        if (closed := _closed(found)) is not None:
            return any(_is_within(one, closed) for one in self._networks())
        if port in self.own_ports and _is_this_machine(found):
            return any(one.num_addresses == 1 and found in one for one in self._networks())
        return self._covers(found) or self._names(host, found)

    def _is_possible(self, host: str, port: int) -> bool:
        if host.startswith("/"):
            return self._names_path(host)
        if _is_localhost(host):
            return any(self.permits(host, address, port) for address in _LOOPBACKS)
        try:
            _plain(host)
        except ValueError:
            return self._names_host(host) or any(_is_for_addresses(one) for one in self._lower())
        return self.permits(host, host, port)

    def _covers(self, address: Address) -> bool:
        if any(address in one for one in self._networks()):
            return True
        return any(_ADDRESS_GLOB.fullmatch(one) and fnmatchcase(str(address), one) for one in self._lower())

    def _names(self, host: str, address: Address) -> bool:
        if any(face.is_loopback for face in _faces(address)):
            return _name(host) == "localhost" and "localhost" in self._lower()
        return self._names_host(host)

    def _names_host(self, host: str) -> bool:
        return any(fnmatchcase(_name(host), one) for one in self._lower() if _is_for_names(one))

    def _names_path(self, folder: str) -> bool:
        path = posixpath.normpath(folder)
        return any(one.startswith("/") and fnmatchcase(path, one) for one in self.patterns)

    def _lower(self) -> Iterator[str]:
        return (_name(one) for one in self.patterns)

    def _networks(self) -> Iterator[Network]:
        return (found for one in self.patterns if (found := _network(one)) is not None)


@dataclass(slots=True)
class Permission:
    """Asked by a probe of each address before anything is sent to any; remembers the host that it refused.

    Attributes:
        allowed: what may be probed.
        target: what is to be.
        refused: the first host that may not be.
    """

    allowed: Allowed
    target: Target
    refused: str | None = field(default=None, init=False)

    def __call__(self, host: str, address: str) -> bool:
        """Whether the host may be connected to at this address, on every port that the target states for it.

        A host that the target does not state has none, and is refused.
        """
        ports = {port for name, port in self.target.addresses if name == host}
        permitted = bool(ports) and all(self.allowed.permits(host, address, port) for port in ports)
        if not permitted and self.refused is None:
            self.refused = host
        return permitted

    def require(self) -> None:
        """Raises where something was refused.

        Raises:
            TargetNotAllowed: one of the target's addresses is none of the allowed.
        """
        if self.refused is not None:
            raise not_allowed(self.refused)


def not_allowed(host: str) -> TargetNotAllowed:
    """The refusal; what the host's addresses are is not told."""
    message = f"The host {host!r} may not be probed from here."
    return TargetNotAllowed(message, fix="Whoever runs the service can add it to diagnostics.allowed_targets.")


def _name(host: str) -> str:
    return host.lower().removesuffix(".")


def _is_localhost(host: str) -> bool:
    """Whether a name is this machine's, whoever is asked for it. Source: RFC 6761, 6.3."""
    return _name(host) == "localhost" or _name(host).endswith(".localhost")


def _network(pattern: str) -> Network | None:
    """The network that a pattern is, or the single address."""
    try:
        return ip_network(pattern.strip().strip("[]"), strict=False)
    except ValueError:
        return None


def _is_for_addresses(pattern: str) -> bool:
    return _network(pattern) is not None or _ADDRESS_GLOB.fullmatch(pattern) is not None


def _is_for_names(pattern: str) -> bool:
    """Whether a pattern speaks for names: `10.1.*` does not, or 10.1.evil.example would pass."""
    return _SAYS_NOTHING.fullmatch(pattern) is not None or not _is_for_addresses(pattern)


def _plain(text: str) -> Address:
    """The address that is really connected to: without a zone, IPv4 as such, and `0.0.0.0` as this machine.

    Raises:
        ValueError: this is none.
    """
    address = ip_address(text.strip("[]").partition("%")[0])
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.is_unspecified:
        return ip_address("127.0.0.1" if isinstance(address, IPv4Address) else "::1")
    return address


def _faces(address: Address) -> Iterator[Address]:
    """The address, and the IPv4 address to which a gateway may carry what is sent there."""
    yield address
    if isinstance(address, IPv6Address):
        for inner in _inner(address):
            yield IPv4Address("127.0.0.1") if inner.is_unspecified else inner


def _inner(address: IPv6Address) -> Iterator[IPv4Address]:
    bits = int(address)
    is_isatap = (bits >> 32) & _V4_BITS in _ISATAP
    if is_isatap or any(address in one for one in _LAST):
        yield IPv4Address(bits & _V4_BITS)
    if address in _LOCAL_NAT64:  # the operator chooses how long the prefix is: RFC 6052, 2.2
        yield IPv4Address((bits >> 64 & 0xFFFF) << 16 | bits >> 40 & 0xFFFF)
        yield IPv4Address((bits >> 64 & 0xFF) << 24 | bits >> 32 & 0xFFFFFF)
        yield IPv4Address(bits >> 24 & _V4_BITS)
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo


def _closed(address: Address) -> Network | None:
    """The narrowest network around the address of those that only their own names open."""
    return next((one for one in _CLOSED if any(face in one for face in _faces(address))), None)


def _is_within(network: Network, other: Network) -> bool:
    if isinstance(network, IPv4Network) and isinstance(other, IPv4Network):
        return network.subnet_of(other)
    return isinstance(network, IPv6Network) and isinstance(other, IPv6Network) and network.subnet_of(other)


def _is_this_machine(address: Address) -> bool:
    """Whether it is one of this machine's own: a socket can be bound to no other. Nothing is sent."""
    return any(face.is_loopback or _is_bindable(face) for face in _faces(address))


def _is_bindable(address: Address) -> bool:
    family = socket.AF_INET if isinstance(address, IPv4Address) else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as tried:
            tried.bind((str(address), 0))
    except OSError as error:
        return error.errno not in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
    return True
