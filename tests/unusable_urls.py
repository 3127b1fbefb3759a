"""Database URLs that name no database, each with what its fix must say."""

from collections.abc import Mapping

CANARY = "cAnary_7Qx2mV9tL4wK"
BELOW = '[default.database]\nhost = "127.0.0.1"\npassword = "below"\n'
"""What must not count instead."""

UNUSABLE: Mapping[str, tuple[str, str]] = {
    "slash": (f"postgresql://q:pa/{CANARY}@10.9.9.9/x", "%2F"),
    "question mark": (f"postgresql://q:pa?{CANARY}@10.9.9.9/x", "%3F"),
    "hash": (f"postgresql://q:pa#{CANARY}@10.9.9.9/x", "%23"),
    "at sign": (f"postgresql://q:pa@{CANARY}@10.9.9.9/x", "%40"),
    "digits and slash": (f"postgresql://q:123/{CANARY}@10.9.9.9/x", "%2F"),
    "two logins": (f"postgresql://q:{CANARY}@r:{CANARY}@10.9.9.9/x", "keep one"),
    "another database": (f"mysql://q:{CANARY}@10.9.9.9/x", "postgresql://"),
    "outer quotes": (f"'postgresql://q:{CANARY}@10.9.9.9/x'", "without them"),
    "port": (f"postgresql://q:{CANARY}@10.9.9.9:99999/x", "65535"),
    "parameter": (f"postgresql://q:{CANARY}@10.9.9.9/x?sslmod=require", "sslmode"),
    "no scheme": (f"q:{CANARY}@10.9.9.9/x", "postgresql://"),
    "nothing": ("postgresql://", "postgresql://"),
}
