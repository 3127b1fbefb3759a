"""A project's options: how its profiles are laid out."""

from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from app.core import limits
from app.core.roles import Role

_FILES = ("settings.toml", "settings/*.toml", ".secrets.toml")

LOADERS = ("YAML", "TOML", "INI", "JSON", "PY")
"""Dynaconf's own loaders of files; `core_loaders` may leave some out."""


class WaiverOption(Struct, frozen=True, kw_only=True):
    """An accepted finding, as the options write it."""

    rule: str
    reason: str
    expires: date | None = None
    key: str | None = None
    environment: str | None = None


class DeploymentSource(Struct, frozen=True, kw_only=True):
    """One source of an environment's variables, as the options write it."""

    path: str
    container: str | None = None
    name: str | None = None


class Options(Struct, frozen=True, kw_only=True, rename={"schema_": "schema"}):
    """`[tool.assay]`, or `assay.toml`. Down to `dotted_lookup` they mean what Dynaconf's arguments of that name mean.

    An option's meaning is the docstring below it, an example behind the last colon; docs/options.md is made of them.

    Attributes:
        stated: the names of the options that the project states itself.
    """

    settings_files: list[str] = msgspec.field(default_factory=lambda: list(_FILES))
    """Files and globs (also `**`), relative to the root, in loading order: `["settings.toml", "settings/*.toml"]`."""

    root_path: str | None = None
    """The folder that relative paths start from, where it is not the folder of the options: `"config"`."""

    preload: list[str] = []
    """Files that are loaded before all others: `["base.toml"]`."""

    secrets: list[str] = []
    """Files of secrets, loaded after `settings_files`: `[".secrets.toml"]`."""

    includes: list[str] = []
    """Files that are loaded last: `["extra/*.toml"]`."""

    environments: bool | list[str] = True
    """Whether sections are environments; a list names them, and forbids no others: `false`."""

    env_switcher: str = "ENV_FOR_DYNACONF"
    """The variable that selects the active environment: `"APP_ENV"`."""

    env: str | list[str] = "development"
    """The environment that runs where no variable selects one: `"production"`."""

    default_env: str = "default"
    """The section that all environments have in common: `"base"`."""

    envvar_prefix: str | bool | None = "DYNACONF"
    """What overriding variables begin with, several with commas; `false`: every variable overrides: `"APP"`."""

    ignore_unknown_envvars: bool = False
    """Whether a variable for a key that no file has is left out: `true`."""

    merge_enabled: bool = False
    """Whether tables and lists of later layers are merged into earlier ones rather than put in their place: `true`."""

    nested_separator: str | bool = "__"
    """What stands between the parts of a key in a variable's name; `false`: nothing does: `"__"`."""

    force_env: str | None = None
    """The environment that runs whatever variables say: `"production"`."""

    load_dotenv: bool = False
    """Whether the variables of a `.env` file count, below those of the process: `true`."""

    dotenv_path: str = ".env"
    """Where that file is: `"deploy/.env"`."""

    dotenv_override: bool = False
    """Whether that file beats the variables of the process: `true`."""

    skip_files: list[str] = []
    """Files and globs that are not loaded, whatever names them: `["settings/old.toml"]`."""

    core_loaders: list[str] = msgspec.field(default_factory=lambda: list(LOADERS))
    """The kinds of files that are loaded: `["TOML"]`."""

    auto_cast: bool = True
    """Whether tokens such as `@int` in values are read: `false`."""

    dotted_lookup: bool = True
    """Whether a dot in a key that is looked up leads into a table: `false`."""

    lists: Literal["dynaconf", "replace"] = "dynaconf"
    """`"replace"`: tables merge, and a list replaces the list below it, which Dynaconf would append to: `"replace"`."""

    known_environments: list[str] = []
    """Environments that exist although no section does: `["production"]`."""

    production: list[str] = msgspec.field(default_factory=lambda: ["production", "prod"])
    """The environments under production rules; globs too: `["production", "staging"]`."""

    deployed: list[str] = []
    """Keys that only an environment's own deployment holds, deferred elsewhere; globs too: `["sentry.dsn"]`."""

    roles: dict[str, Role] = {}
    """What a key is for, where its name does not tell: `{ "api.pin" = "secret" }`."""

    schema_: Annotated[str, Meta(pattern=r"^\w+(\.\w+)*:\w+$", max_length=limits.NAME.figure)] | None = None
    """The project's Pydantic model, `module:Class`; it is asked in a process of its own: `"shop.settings:Settings"`."""

    outside: list[str] = []
    """Files and folders outside the project that it may read, relative to the root: `["../shared"]`."""

    ignore: list[str] = []
    """Rules that do not count, by their ids or the beginnings of ids: `["LOG", "DB012"]`."""

    severity: dict[str, Literal["info", "warning", "error"]] = {}
    """How bad what a rule finds is, where the project sees it otherwise: `{ DB012 = "info" }`."""

    waivers_must_expire: bool = True
    """Whether every waiver needs a last day: `false`."""

    waivers: list[WaiverOption] = []
    """Accepted findings, with a reason and an end date: `[{ rule = "DB001", reason = "…", expires = 2027-01-31 }]`."""

    code: list[str] | None = None
    """Folders whose Python code is read, for the call and for what reads keys; `[]`: none; unset: all: `["src"]`."""

    deployments: dict[str, list[DeploymentSource]] = {}
    """What gives an environment its variables: manifests, units, `.env`: `{ production = "deploy/orders.yaml" }`."""

    name: Annotated[str, Meta(pattern=r"^[\w@][\w@. -]*$", max_length=limits.NAME.figure)] | None = None
    """What the project is called in reports, history and releases, where not by its folder: `"orders"`."""

    projects: list[str] = []
    """Folders of further projects, which `check --all` and the service look at too; globs too: `["services/*"]`."""

    database: str | None = None
    """The table or URL that describes the project's database, where that is not told by names: `"db.primary"`."""

    stated: frozenset[str] = frozenset()

    @property
    def lays_out(self) -> bool:
        """Whether the project states any of the options that are Dynaconf's own."""
        return not self.stated.isdisjoint(_DYNACONFS)

    def over(self, lower: "Options") -> "Options":
        """These options where they are stated, elsewhere the other ones."""
        own = {name: getattr(self, name) for name, said in _SPELLED.items() if said in self.stated}
        return replace(lower, **own, stated=lower.stated | self.stated)

    @property
    def appends_lists(self) -> bool:
        """Whether the list of a later layer, a variable's among them, is appended to what is there."""
        return self.merge_enabled and self.lists != "replace"

    @property
    def sectioned(self) -> bool:
        """Whether sections are environments; as in Dynaconf, only a literal `false` turns that off."""
        return self.environments is not False

    @property
    def listed(self) -> tuple[str, ...]:
        """The names of `environments`, where it is a list; Dynaconf loads other sections just as well."""
        return tuple(name.lower() for name in self.environments) if isinstance(self.environments, list) else ()

    @property
    def default(self) -> str:
        """The environment that runs where no variable selects one, in lower case."""
        return (self.env if isinstance(self.env, str) else ",".join(self.env)).lower()

    def loads(self, loader: str | None) -> bool:
        """Whether Dynaconf loads files of that kind."""
        return loader in {name.upper() for name in self.core_loaders}

    @property
    def prefixes(self) -> tuple[str, ...] | None:
        """The upper-case prefixes of overriding variables, lowest first; None where every variable overrides."""
        if not isinstance(self.envvar_prefix, str) or not self.envvar_prefix:
            return None
        return tuple(prefix.upper() for prefix in self.envvar_prefix.split(","))

    @property
    def separator(self) -> str:
        """What stands between the parts of a variable's key; empty where keys have one part."""
        return self.nested_separator if isinstance(self.nested_separator, str) else ""


NAMES = tuple(name for name in Options.__struct_encode_fields__ if name != "stated")
"""Every option, as projects spell it."""

_SPELLED = dict(zip(Options.__struct_fields__, Options.__struct_encode_fields__, strict=True))
_DYNACONFS = frozenset(NAMES[: NAMES.index("lists")])

OPTIONS_FILES = ("assay.toml", "pyproject.toml")
"""Where options may stand; the first that is there counts."""
