"""Hosts with their ports, as URLs and settings list them."""

import re

from app.core.dsn.faults import decoded, refused

type Host = tuple[str, int | None]

_LAST_PORT = 65535
_LONGEST = 10


def parse_host(entry: str) -> Host:
    """A host and its port as a URL spells them: `db`, `db:5432`, `[::1]:5432`.

    Raises:
        TargetError: it is no host.
    """
    if set(entry) & set("/?#@"):
        raise refused(field="host", what="it holds more than a host and its port", fix="Write db.example:5432.")
    bracketed = re.fullmatch(r"\[([^\[\]]+)\](?::(.*))?", entry)
    host, port = bracketed.groups("") if bracketed else entry.partition(":")[::2]
    if not bracketed and (":" in port or "[" in entry or "]" in entry):
        raise refused(field="host", what="an IPv6 address needs brackets", fix="Write [::1]:5432.")
    return decoded(host, "host"), port_of(port) if port else None


def parse_hosts(text: str) -> tuple[Host, ...]:
    """Hosts as a setting lists them: with commas, each with its port if it states one; an address needs no brackets.

    Raises:
        TargetError: an entry is no host.
    """
    return tuple(_listed(entry.strip()) for entry in text.split(","))


def _listed(entry: str) -> Host:
    if entry.startswith("/") or (entry.count(":") > 1 and not entry.startswith("[")):
        return entry, None
    host, port = parse_host(entry)
    if not host:
        raise refused(field="host", what="an entry has no name", fix="Write db.example:5432.")
    return host, port


def port_of(text: str) -> int:
    """The port.

    Raises:
        TargetError: it is none.
    """
    if text.isascii() and text.isdecimal() and len(text) <= _LONGEST and 1 <= int(text) <= _LAST_PORT:
        return int(text)
    fix = f"Write a number from 1 to {_LAST_PORT}; in a password write %3A for `:`, %2F for `/`, %40 for `@`."
    raise refused(field="port", what="what stands where the port belongs is no port", fix=fix)


def paired(stated: tuple[Host, ...], hosts: str, ports: str) -> tuple[Host, ...]:
    """The hosts when parameters name hosts or ports too.

    Raises:
        TargetError: there are not as many ports as hosts.
    """
    names = hosts.split(",") if hosts else [host for host, _ in stated]
    known = [port for _, port in stated]
    if ports:
        names = names or [""]
        known = [port_of(port) if port else None for port in ports.split(",")]
    if len(known) == 1 or not known:
        known = (known or [None]) * len(names)
    if len(known) != len(names):
        what = "there are not as many ports as hosts"
        raise refused(field="port", what=what, fix="Write one port, or one for each host.")
    return tuple(zip(names, known, strict=True))
