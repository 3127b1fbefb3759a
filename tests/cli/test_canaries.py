"""Secrets appear in no output of any command and format, whatever they are called and wherever they stand."""

from collections.abc import Iterator
from itertools import count

import pytest
from projects import MakeProject, ProjectFolder

NAMES = [
    "password", "PASSWORD", "db_password", "dbPassword", "DB-PASSWORD", "passwd", "smtp_pass", "pwd", "passphrase",
    "api_key", "apiKey", "API_KEY", "stripe_api_key", "access_key", "AWS_SECRET_ACCESS_KEY", "token", "auth_token",
    "access_token", "refreshToken", "bot_token", "secret", "client_secret", "CLIENT_SECRET", "secret_key", "SECRET_KEY",
    "signing_key", "encryption_key", "private_key", "jwt_secret", "credentials", "session_salt", "webhook_secret",
]  # fmt: skip

DSNS = [
    "postgresql://app:{}@db.example:5432/orders",
    "postgresql+asyncpg://app:{}@db.example/orders?sslmode=require",
    "postgres://db.example/orders?user=app&password={}",
    "mysql://root:{}@db.example/x",
    "mongodb+srv://app:{}@cluster.example/?retryWrites=true",
    "redis://:{}@cache.example:6379/0",
    "amqp://guest:{}@queue.example//",
    "https://user:{}@hooks.example/path",
    "smtp://mail:{}@smtp.example:587",
    "host=db.example port=5432 user=app password={} dbname=orders",
]

VISIBLE = {
    "port": 5432,
    "host": '"db.visible.example"',
    "debug": "true",
    "password_min_length": 12,
    "token_ttl": 3600,
    "max_tokens": 4096,
    "secret_name": '"visible-name"',
    "password_required": "true",
}


class Canaries:
    """Secrets that are told apart, so that the one that leaks is known."""

    def __init__(self) -> None:
        self._numbers = count()
        self.made: list[str] = []

    def __call__(self) -> str:
        self.made.append(f"canary{next(self._numbers):03}x")
        return self.made[-1]

    def leaked_in(self, text: str) -> list[str]:
        """The lines of a text that show one."""
        return [line for line in text.splitlines() if any(canary in line for canary in self.made)]


def lines(canary: Canaries, prefix: str) -> Iterator[str]:
    for number, name in enumerate(NAMES):
        yield f'[{prefix}.named{number}]\n"{name}" = "{canary()}"'
    for number, dsn in enumerate(DSNS):
        yield f'[{prefix}.urls{number}]\nendpoint = "{dsn.format(canary())}"'
    yield f'[{prefix}.inline]\nclient = {{ id = "app", secret = "{canary()}" }}'
    yield f'api_keys = ["{canary()}", "{canary()}"]'
    yield f'password = """\n{canary()}\n"""'
    yield f"passphrase = '{canary()}'"
    yield f'[[{prefix}.accounts]]\nname = "a"\ntoken = "{canary()}"'
    yield f"[{prefix}.secrets]\nstripe = '{canary()}'"


@pytest.fixture
def canary() -> Canaries:
    return Canaries()


@pytest.fixture
def leaky(project: MakeProject, canary: Canaries) -> ProjectFolder:
    """A foreign project without a model, with secrets in every kind of layer."""
    visible = "\n".join(f"{key} = {value}" for key, value in VISIBLE.items())
    return project(
        {
            "assay.toml": 'load_dotenv = true\npreload = ["pre.toml"]\nincludes = ["inc.toml"]\nmerge_enabled = true\n',
            "pre.toml": f'[default.preloaded]\npassword = "{canary()}"\n',
            "inc.toml": f'[default.included]\npassword = "{canary()}"\n',
            ".env": f"DYNACONF_DOTENV__PASSWORD={canary()}\nDYNACONF_MAIL_URL=smtp://m:{canary()}@h\n",
            "settings.toml": "\n".join(
                [f"[default]\n{visible}", *lines(canary, "default"), *lines(canary, "global.g")]
            ),
            "settings/production.toml": "\n".join(lines(canary, "production")),
            "settings.local.toml": f'[production.local]\npassword = "{canary()}"\n',
            ".secrets.toml": "\n".join(lines(canary, "production.s")),
        }
    )


COMMANDS = [
    ["check", "--fail-level", "info"],
    ["check", "production"],
    ["show", "production"],
    ["show"],
    ["diff", "development", "production", "--all"],
    ["matrix"],
    *(
        [
            ["explain", key, "--env", "production"]
            for key in ("inline", "accounts", "named1", "urls0", "s", "g", "secrets")
        ]
    ),
    ["explain", "named0.pasword"],
    ["show", "prodution"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("answer", ["text", "json"])
def test_no_command_shows_a_secret(leaky: ProjectFolder, canary: Canaries, command: list[str], answer: str) -> None:
    environ = {
        "DYNACONF_V__PASSWORD": canary(),
        "DYNACONF_STORE": f"redis://:{canary()}@h",
        "ENV_FOR_DYNACONF": "production",
    }
    ran = leaky.assay(*command, "--format", answer, **environ)
    assert ran.status in {0, 1, 2}
    assert canary.leaked_in(ran.out + ran.err) == []


def test_what_is_no_secret_is_shown(leaky: ProjectFolder) -> None:
    values = {value["key"]: value for value in leaky.assay("show", "production", "--format", "json").json["values"]}
    for key, value in VISIBLE.items():
        assert values[key]["secret"] is False, key
        assert str(values[key]["value"]).lower() == str(value).strip('"'), key
    assert values["urls0.endpoint"]["value"] == "postgresql://app:***@db.example:5432/orders"


BROKEN = [
    'password = "{}" oops',
    'password = "{}',
    'client = {{ id = "a", secret = "{}" ',
    'api_keys = ["{}",\n  "{}"\noops',
    'url = "postgresql://u:{}@h/d" oops',
    'password = """\n{}\n[oops',
    "password = {}",
    "[production\npassword = '{}'",
    'x = ["redis://:{}@h",, ]',
]


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("name", [".secrets.toml", "settings.toml"])
def test_a_line_that_does_not_parse_shows_no_secret(
    project: MakeProject, canary: Canaries, broken: str, name: str
) -> None:
    text = broken.format(*(canary() for _ in range(broken.count("{}"))))
    made = project({"settings.toml": "[default]\na = 1\n", name: f"[production]\n{text}\n"})
    for answer in ("text", "json"):
        ran = made.assay("check", "--format", answer)
        assert ran.status == 1
        assert "SRC002" in ran.out
        assert canary.leaked_in(ran.out + ran.err) == []


def test_a_token_that_fails_shows_no_secret(project: MakeProject, canary: Canaries) -> None:
    made = project({"settings.toml": f'[default]\npassword = "@int {canary()}"\napi_token = "@json {canary()}"\n'})
    for command in (["check"], ["show"], ["explain", "password"]):
        for answer in ("text", "json"):
            ran = made.assay(*command, "--format", answer)
            assert canary.leaked_in(ran.out + ran.err) == []


def test_secrets_are_shown_to_who_asks_for_them(leaky: ProjectFolder, canary: Canaries) -> None:
    out = leaky.assay("show", "production", "--reveal", "--format", "json", ENV_FOR_DYNACONF="production").out
    assert sum(made in out for made in canary.made) > len(NAMES)


REFERRING = """\
[default]
password = "canaryP"
authToken = "canaryT"
copied = "@format {this.password}"
fetched = "@get password"
through = "@format x{this.copied}x"
variable = "@format {env[DB_PASSWORD]}"
broken = "@json {\\"password\\": \\"canaryJ\\""
header = "Bearer canaryB"
Authorization = "canaryA"
pem = "-----BEGIN RSA PRIVATE KEY-----canaryK"
visible = "@format {this.port}"
port = 5432
[default.token]
a = "canaryN"
[default.credentials]
key = "canaryC"
username = "app"
"""


@pytest.mark.parametrize("answer", ["text", "json"])
@pytest.mark.parametrize(
    "command",
    [["show"], ["check"], ["matrix"], ["diff", "development", "production", "--all"]]
    + [["explain", key] for key in ("copied", "fetched", "through", "variable", "token", "credentials", "authtoken")],
    ids=" ".join,
)
def test_a_secret_is_not_shown_through_what_refers_to_it(project: MakeProject, command: list[str], answer: str) -> None:
    made = project({"settings.toml": REFERRING + "[production]\na = 1\n"})
    ran = made.assay(*command, "--format", answer, DB_PASSWORD="canaryV")
    assert ran.status in {0, 1}
    assert "canary" not in ran.out + ran.err


def test_a_reference_to_what_is_no_secret_is_shown(project: MakeProject) -> None:
    out = project({"settings.toml": REFERRING}).assay("show", "--format", "json").json["values"]
    values = {value["key"]: value["value"] for value in out}
    assert (values["visible"], values["credentials.username"]) == ("5432", "app")
