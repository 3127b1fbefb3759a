"""Hosts and names of databases that are URLs, or hold secrets: the rules that quote them show none."""

import pytest
from projects import MakeProject

OPTIONS = 'production = ["production"]\nsettings_files = ["settings.toml", ".secrets.toml"]\n'
URL, KEY, TOKEN = "postgresql://u:canary-in-a-url@db.example.com", "AKIAIOSFODNN7EXAMPLE", "ghp_" + "a1B2c3D4e5F6" * 3
PLACED = "canary-in-a-secrets-file"
SECRETS = f"""
[default.db3]
host = "{PLACED}.example.com"
name = "{PLACED}"
[production.db4]
url = "postgresql://app@{PLACED}.example.com/orders"
host = "{PLACED}-too.example.com"
"""
SHARED = f"""
[{{0}}.database]
host = "{URL}"
name = "orders"
[{{0}}.db1]
host = "{KEY}.example.com"
name = "{TOKEN}"
[{{0}}.db2]
host = "pg.example.com"
name = "{URL}/x"
[{{0}}.db3]
port = 5432
"""
CONTRADICTING = f"""
[production.database]
url = "postgresql://app@db.example.com/orders"
host = "{URL}"
[production.db1]
url = "postgresql://app@pg.example.com/orders"
host = "{KEY}.example.com"
name = "{TOKEN}"
"""


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "github"])
@pytest.mark.parametrize(
    ("profile", "rules"),
    [
        ("".join(map(SHARED.format, ("staging", "production"))), ("DB001", "XENV002")),
        (CONTRADICTING, ("DB001", "DB006")),
    ],
    ids=["shared", "contradicting"],
)
def test_a_host_or_name_that_holds_a_secret_is_not_shown(
    project: MakeProject, profile: str, rules: tuple[str, ...], form: str
) -> None:
    made = project({"assay.toml": OPTIONS, "settings.toml": profile, ".secrets.toml": SECRETS})
    ran = made.assay("check", "--format", form)
    said = (ran.out + ran.err).lower()
    assert [rule for rule in rules if rule.lower() not in said] == []
    assert [one for one in ("canary", KEY, TOKEN) if one.lower() in said] == []
