"""The demonstration project: a shop's orders, in five environments, and what became of it within a week."""

import json
import os
import secrets
import subprocess
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from shutil import which

from app.database.target import Target

_OPTIONS = """\
known_environments = ["development", "testing", "staging", "production", "production-eu"]
production = ["production", "production-eu"]
envvar_prefix = "ORDERS"
merge_enabled = true
lists = "replace"
settings_files = ["settings.toml", "settings/*.toml", ".secrets.toml"]

[[waivers]]
rule = "COOK003"
key = "session.cookie_samesite"
environment = "production-eu"
reason = "the shop's pages show it in a frame"
expires = 2099-12-31
"""

_DEFAULT = """\
# What every environment has in common.

[default.app]
name = "orders"
debug = false
docs = true
currency = "EUR"

[default.server]
host = "127.0.0.1"
port = 8000
workers = 2
max_body_bytes = 1048576

[default.database]
name = "orders"
username = "orders"
application_name = "orders"
tls = { mode = "verify-full" }
pool = { size = 5, max_overflow = 5, timeout = 10, recycle = 1800 }
timeouts = { connect = 5, statement = 30 }

[default.cache]
url = "redis://cache.internal.example:6379/0"
ttl_seconds = 300

[default.cors]
allow_origins = ["https://shop.example.com"]
allow_credentials = true

[default.session]
cookie_name = "orders_session"
cookie_secure = true
cookie_httponly = true
cookie_samesite = "lax"

[default.jwt]
algorithm = "RS256"
audience = "shop"
expires_seconds = 900

[default.payments]
base_url = "https://payments.example.com/v2"
verify_ssl = true
timeout_seconds = 8.5
methods = ["card", "transfer", "invoice"]

[default.mail]
host = "smtp.internal.example"
port = 587
sender = "Orders <orders@shop.example.com>"

[default.features]
express_checkout = false
greeting = "Grüße aus dem Lager 📦"

[default.logging]
level = "info"
format = "json"
"""

_DEVELOPMENT = """\
[development.app]
debug = true

[development.database]
host = "{host}"
port = {port}
tls = {{ mode = "disable" }}

[development.payments]
base_url = "http://127.0.0.1:9090"

[development.features]
express_checkout = true

[development.logging]
level = "debug"
format = "text"
"""

_TESTING = """\
[testing.database]
host = "db.testing.example.com"
name = "orders_test"

[testing.cache]
ttl_seconds = 1

[testing.logging]
level = "warning"
"""

_STAGING = """\
[staging.server]
host = "0.0.0.0"
workers = 2

[staging.database]
host = "db.staging.example.com"
connection_limit = 40

[staging.features]
express_checkout = true
"""

_PRODUCTION = """\
# Deployed by hand until the pipeline is ready.

[production.app]
debug = {debug}
docs = false

[production.server]
host = "0.0.0.0"
workers = 8
base_url = "https://orders.example.com"

[production.database]
host = "db.example.com"
connection_limit = 60
pool = {{ size = {pool} }}

[production.cors]
allow_origins = ["https://shop.example.com", "http://localhost:3000"]

[production.payments]
verify_ssl = {verify}

[production.logging]
level = "{level}"
"""

_EU = """\
["production-eu".app]
docs = false

["production-eu".server]
host = "0.0.0.0"
workers = 4
base_url = "https://orders.eu.example.com"

["production-eu".database]
host = "db.eu.example.com"
connection_limit = 60

["production-eu".session]
cookie_samesite = "none"

["production-eu".mail]
host = "smtp.eu.example.com"
"""

_SECRET = {
    "development": ("database.password",),
    "staging": ("database.password", "app.secret_key"),
    "production": ("database.password", "app.secret_key", "payments.api_key"),
    "production-eu": ("database.password", "app.secret_key"),
}

ENVIRON = {"ORDERS_CACHE__TTL_SECONDS": "60", "ORDERS_SERVER__PORT": "8080"}
"""What the service's own process sets; it counts in the active environment."""

_ADA = {
    f"GIT_{role}_{part}": text
    for role in ("AUTHOR", "COMMITTER")
    for part, text in (("NAME", "Ada"), ("EMAIL", "ada@shop.example.com"))
}

SUBJECTS = ("Orders in production", "A larger pool", "Tell more in production", "Look for what is slow")
"""What those who made the steps said of them."""

STEPS: tuple[tuple[timedelta, dict[str, object]], ...] = (
    (timedelta(days=6, hours=3), {"debug": "false", "pool": 10, "verify": "true", "level": "warning"}),
    (timedelta(days=4, hours=20), {"debug": "false", "pool": 20, "verify": "true", "level": "warning"}),
    (timedelta(days=2, hours=7), {"debug": "false", "pool": 20, "verify": "true", "level": "info"}),
    (timedelta(hours=5), {"debug": "true", "pool": 20, "verify": "false", "level": "info"}),
)
"""What production was like so long ago, the oldest first."""


class Demonstration:
    """The project in a folder.

    Attributes:
        root: the folder.
        secret: every secret in it, which no picture may show.
    """

    def __init__(self, root: Path, target: Target) -> None:
        self.root = root
        self._target = target
        drawn = {name: {key: secrets.token_urlsafe(32) for key in keys} for name, keys in _SECRET.items()}
        drawn["development"]["database.password"] = str(target.password)
        self._drawn = drawn
        self.secret = [secret for keys in drawn.values() for secret in keys.values()]

    def write(self, step: Mapping[str, object]) -> None:
        """Writes the whole project as it was at a step."""
        development = _DEVELOPMENT.format(host=self._target.host, port=self._target.port)
        files = {
            "assay.toml": _OPTIONS,
            "settings.toml": _DEFAULT,
            "settings/development.toml": development,
            "settings/testing.toml": _TESTING,
            "settings/staging.toml": _STAGING,
            "settings/production.toml": _PRODUCTION.format(**step),
            "settings/production-eu.toml": _EU,
            ".secrets.toml": "\n".join(self._secrets_file()),
        }
        (self.root / "settings").mkdir(exist_ok=True)
        for name, text in files.items():
            (self.root / name).write_text(text, "utf-8")
        (self.root / ".secrets.toml").chmod(0o600)

    def commit(self, at: datetime, subject: str) -> None:
        """Keeps what there is in git, but for the secrets, as somebody did at a time."""
        if not (self.root / ".git").exists():
            self._git("init", "--quiet", "--initial-branch=main")
            (self.root / ".gitignore").write_text(".secrets.toml\n", "utf-8")
        self._git("add", "--all")
        self._git("commit", "--quiet", f"--message={subject}", at=at)

    def _git(self, *arguments: str, at: datetime | None = None) -> None:
        time = {f"GIT_{role}_DATE": at.isoformat() for role in ("AUTHOR", "COMMITTER") if at}
        environ = {"PATH": os.environ["PATH"], "HOME": str(self.root), "GIT_CONFIG_NOSYSTEM": "1", **_ADA, **time}
        git = which("git") or "git"
        subprocess.run([git, *arguments], cwd=self.root, env=environ, check=True, capture_output=True)  # noqa: S603 - our own

    def rotate(self, environment: str, key: str) -> None:
        """Draws a secret anew; the next writing tells."""
        self._drawn[environment][key] = secrets.token_urlsafe(32)
        self.secret.append(self._drawn[environment][key])

    def replace(self, old: str, new: str, environment: str = "production") -> None:
        """Edits an environment's profile, as an editor does."""
        path = self.root / "settings" / f"{environment}.toml"
        fresh = path.with_suffix(".new")
        fresh.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
        fresh.rename(path)

    def _secrets_file(self) -> Iterator[str]:
        for name, keys in self._drawn.items():
            yield f"[{json.dumps(name)}]"
            yield from (f"{key} = {json.dumps(secret)}" for key, secret in keys.items())
