import pytest
from production_profiles import PRODUCTION, own_keys
from projects import OWN, MakeProject, ProjectFolder
from told import SECTIONED, findings, told

DIGEST = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8"
TOKEN = '[[production.auth.tokens]]\nname = "ci"\nrole = "viewer"\nsha256 = "{}"\n'


def deferred(made: ProjectFolder, *arguments: str, **environ: str) -> list[tuple[str, str | None]]:
    report = made.assay("check", "production", "--format", "json", *arguments, **environ).json
    return [(item["key"], item["variable"]) for item in report["environments"][0]["deferred"]]


@pytest.mark.parametrize("profile", ["", "[production.auth]\ntokens = []\n"])
def test_no_tokens_is_an_error_where_the_environment_is_active(own: MakeProject, profile: str) -> None:
    made = own({"settings/production.toml": profile})
    (finding,) = findings(made, "AUTH001", "production", **PRODUCTION)
    assert (finding["severity"], finding["key"]) == ("error", "auth.tokens")
    assert "ASSAY_AUTH__TOKENS" in finding["fix"]
    assert deferred(made, **PRODUCTION) == []


def test_no_tokens_is_deferred_where_the_environment_is_not_active(own: MakeProject) -> None:
    made = own()
    assert told(made, "AUTH001", "production") == []
    assert ("auth.tokens", "ASSAY_AUTH__TOKENS") in deferred(made)


def test_deferred_tokens_count_as_missing_where_secrets_are_strict(own: MakeProject) -> None:
    made = own()
    assert "error production auth.tokens" in told(made, "TYP001", "production", "--strict-secrets")


@pytest.mark.parametrize("profile", [TOKEN.format(DIGEST), TOKEN.format("short")])
def test_with_a_token_nothing_is_missing_and_nothing_deferred(own: MakeProject, profile: str) -> None:
    made = own({".secrets.toml": profile})
    assert told(made, "AUTH001", "production", **PRODUCTION) == []
    assert "auth.tokens" not in dict(deferred(made))


def test_tokens_from_a_variable_count(own: MakeProject) -> None:
    tokens = f'[{{name = "ci", role = "viewer", sha256 = "{DIGEST}"}}]'
    assert told(own(), "AUTH001", "production", **PRODUCTION, ASSAY_AUTH__TOKENS=tokens) == []


def test_tokens_that_are_declared_deployed_are_deferred_once(own: MakeProject) -> None:
    made = own({"assay.toml": OWN + 'deployed = ["auth.*"]\n'})
    assert [key for key, _ in deferred(made) if key.startswith("auth")] == ["auth.tokens"]
    made = own({"settings.toml": TOKEN.format(DIGEST).replace("production", "default")})
    assert "auth.tokens" not in dict(deferred(made))
    assert told(made, "AUTH001", "production") == []


def test_other_environments_need_no_tokens(own: MakeProject) -> None:
    made = own()
    report = made.assay("check", "development", "--format", "json").json
    assert report["environments"][0]["deferred"] == []
    assert told(made, "AUTH001", "development", "testing") == []


def test_a_foreign_project_without_tokens_of_this_kind_is_left_alone(project: MakeProject) -> None:
    made = project({"assay.toml": SECTIONED, "settings.toml": "[production.auth]\ntokens = []\n"})
    assert told(made, "AUTH001", **PRODUCTION) == []
    assert deferred(made) == []


def test_a_foreign_project_may_declare_its_tokens(project: MakeProject) -> None:
    options = SECTIONED + 'roles = { "gate.keys" = "access-tokens" }\n'
    made = project({"assay.toml": options, "settings.toml": "[production.gate]\nkeys = []\n"})
    assert told(made, "AUTH001", **PRODUCTION) == ["error production gate.keys settings.toml:2:1"]
    assert deferred(made) == [("gate.keys", "DYNACONF_GATE__KEYS")]


@pytest.mark.parametrize(
    "digest", ["canary7", f"{DIGEST}0", DIGEST[1:], f"g{DIGEST[1:]}", f"sha256:{DIGEST}", f" {DIGEST}"]
)
def test_what_is_no_digest_is_told_and_not_shown(own: MakeProject, digest: str) -> None:
    made = own({".secrets.toml": TOKEN.format(digest)})
    assert told(made, "AUTH002", **PRODUCTION) == ["error production auth.tokens[0].sha256 .secrets.toml:4:1"]
    ran = made.assay("check", "production", **PRODUCTION)
    assert digest not in ran.out + ran.err


@pytest.mark.parametrize("digest", [DIGEST, DIGEST.upper()])
def test_a_digest_is_a_digest_in_capitals_too(own: MakeProject, digest: str) -> None:
    assert told(own({".secrets.toml": TOKEN.format(digest)}), "AUTH002", **PRODUCTION) == []


def test_a_malformed_digest_is_an_error_where_the_environment_is_not_active_too(own: MakeProject) -> None:
    made = own({".secrets.toml": TOKEN.format("canary7")})
    assert told(made, "AUTH002") == ["error production auth.tokens[0].sha256 .secrets.toml:4:1"]


@pytest.mark.parametrize("target", ["*", "0.0.0.0/0", "::/0", "**", "*.*", "0.0.0.0/0.0.0.0", "10.0.0.0/0"])
def test_targets_that_leave_nobody_out_are_told(own: MakeProject, target: str) -> None:
    profile = f'[production.diagnostics]\nallowed_targets = ["db.example.com", "{target}"]\n'
    assert own_keys(own, "DIAG001", profile) == ["diagnostics.allowed_targets[1]"]


@pytest.mark.parametrize("targets", ['["*.example.com", "10.0.0.0/8", "db*"]', "[]", '["::1/128", "2001:db8::/32"]'])
def test_targets_that_are_named_are_not(own: MakeProject, targets: str) -> None:
    assert own_keys(own, "DIAG001", f"[production.diagnostics]\nallowed_targets = {targets}\n") == []


def test_targets_from_a_variable_name_the_variable(own: MakeProject) -> None:
    found = told(own(), "DIAG001", "production", **PRODUCTION, ASSAY_DIAGNOSTICS__ALLOWED_TARGETS="a.example.com,*")
    assert found == ["error production diagnostics.allowed_targets[1] ASSAY_DIAGNOSTICS__ALLOWED_TARGETS"]


@pytest.mark.parametrize("profile", ["", "[production.diagnostics]\nreadiness_needs_database = true\n"])
def test_readiness_that_needs_the_database_is_told_for_information(own: MakeProject, profile: str) -> None:
    made = own({"settings/production.toml": profile})
    (finding,) = findings(made, "DIAG002", "production", **PRODUCTION)
    assert (finding["severity"], finding["key"]) == ("info", "diagnostics.readiness_needs_database")


def test_readiness_that_does_not_is_not(own: MakeProject) -> None:
    assert own_keys(own, "DIAG002", "[production.diagnostics]\nreadiness_needs_database = false\n") == []


@pytest.mark.parametrize("rule", ["AUTH002", "DIAG001", "DIAG002"])
def test_nothing_is_told_outside_production_like_environments(own: MakeProject, rule: str) -> None:
    profile = TOKEN.format("short").replace("production", "development")
    profile += '[development.diagnostics]\nallowed_targets = ["*"]\n'
    assert told(own({".secrets.toml": profile}), rule, "development") == []
