"""Connection URLs of any scheme, and libpq's key=value strings: parts, and how to show them."""

from app.dsn.masking import looks_like_dsn, mask
from app.dsn.parts import Parts, is_postgresql, parse, parse_host, unparse
from app.dsn.settings import database_parts

__all__ = ["Parts", "database_parts", "is_postgresql", "looks_like_dsn", "mask", "parse", "parse_host", "unparse"]
