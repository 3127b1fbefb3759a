"""Connection URLs of any scheme, and libpq's key=value strings: parts, and how to show them."""

from app.core.dsn.faults import DifferingError, UnescapedError, refused
from app.core.dsn.hosts import parse_host, parse_hosts
from app.core.dsn.masking import looks_like_dsn, mask, mask_addresses
from app.core.dsn.parts import Parts, is_database, is_postgresql, parse, remains, unparse
from app.core.dsn.settings import database_parts, heeded

__all__ = [
    "DifferingError",
    "Parts",
    "UnescapedError",
    "database_parts",
    "heeded",
    "is_database",
    "is_postgresql",
    "looks_like_dsn",
    "mask",
    "mask_addresses",
    "parse",
    "parse_host",
    "parse_hosts",
    "refused",
    "remains",
    "unparse",
]
