"""A project's options: how its profiles are laid out."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import tomli
from msgspec import Meta, Struct
from msgspec.structs import replace

from app.core import limits
from app.core.errors import ProjectError, did_you_mean
from app.core.opening import is_there, read_file, remedy, why, within
from app.core.roles import Role

_FILES = ("settings.toml", "settings/*.toml", ".secrets.toml")

LOADERS = ("YAML", "TOML", "INI", "JSON", "PY")
"""Dynaconf's own loaders of files; `core_loaders` may leave some out."""


class WaiverOption(Struct, frozen=True, kw_only=True):
    """An accepted finding, as the options write it."""

    rule: str
    reason: str
    expires: date
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

    waivers: list[WaiverOption] = []
    """Accepted findings, with a reason and an end date: `[{ rule = "DB001", reason = "…", expires = 2027-01-31 }]`."""

    code: list[str] | None = None
    """Folders whose Python code is read for the Dynaconf call; `[]`: none; unset: the project's own: `["src"]`."""

    deployments: dict[str, list[DeploymentSource]] = {}
    """What gives an environment its variables: manifests, units, `.env`: `{ production = "deploy/orders.yaml" }`."""

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


_SWITCHES = ("envvar_prefix", "nested_separator")
_LISTS = ("settings_files", "preload", "secrets", "includes")

NAMES = tuple(name for name in Options.__struct_encode_fields__ if name != "stated")
"""Every option, as projects spell it."""

_SPELLED = dict(zip(Options.__struct_fields__, Options.__struct_encode_fields__, strict=True))
_DYNACONFS = frozenset(NAMES[: NAMES.index("lists")])

OPTIONS_FILES = ("assay.toml", "pyproject.toml")
"""Where options may stand; the first that is there counts."""

_TABLES: Mapping[str, tuple[str, ...]] = {"assay.toml": (), "pyproject.toml": ("tool", "assay")}


def read_options(root: Path) -> Options:
    """The options of the project in this folder; the defaults where it has none.

    Raises:
        ProjectError: they cannot be read, or say something that is no option.
    """
    for name in OPTIONS_FILES:
        path = root / name
        if is_there(path) and (found := _stated(_load(path, name), name)):
            return found
    return Options()


def options_in(raw: bytes, name: str) -> Options:
    """The options that a file of these bytes states.

    Raises:
        ProjectError: as for `read_options`.
    """
    return _stated(_parsed(raw, name), name) or Options()


def options_of(given: Mapping[str, Any], place: str) -> Options:
    """The options that these values state.

    Args:
        given: by their names.
        place: where they stand, for messages.

    Raises:
        ProjectError: as for `read_options`.
    """
    return _validated(dict(given), place)


def _stated(raw: Any, name: str) -> Options | None:
    for part in _TABLES[name]:
        raw = raw.get(part) if isinstance(raw, dict) else None
    return None if raw is None else _validated(raw, name)


def _load(path: Path, name: str) -> dict[str, Any]:
    try:
        return _parsed(read_file(path, within(path.parent)), name)
    except OSError as error:
        raise ProjectError(f"{name} cannot be read: {why(error)}.", fix=remedy(error, "Make it readable.")) from None


def _parsed(raw: bytes, name: str) -> dict[str, Any]:
    try:
        values = tomli.loads(raw.decode())
    except UnicodeDecodeError:
        raise ProjectError(f"{name} is not UTF-8.", fix="Save it as UTF-8.") from None
    except tomli.TOMLDecodeError as error:
        place = {"kind": "file", "file": name, "line": error.lineno, "column": error.colno,
                 "end_line": error.lineno, "end_column": error.colno + 1, "section": None}  # fmt: skip
        message = f"{name}:{error.lineno}:{error.colno} does not parse: {error.msg}"
        raise ProjectError(message, fix="Mend the TOML.", origin=place) from None
    except RecursionError:
        raise _beyond(name, limits.DEPTH.breach) from None
    except ValueError:
        raise _beyond(name, limits.DIGITS.breach) from None
    if found := limits.excess(values):
        raise _beyond(name, found.limit.breach)
    return values


def _beyond(name: str, breach: str) -> ProjectError:
    return ProjectError(f"{name} {breach}, which is more than is read.", fix="Shorten it.")


def _require_bounded(value: object, where: str, name: str) -> None:
    """Lets options pass whose texts are no longer than any path or name."""
    if isinstance(value, str) and len(value) > limits.TEXT.figure:
        raise _unusable(name, where, f"it {limits.TEXT.breach}")
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            _require_bounded(item, where, name)


def _validated(raw: object, name: str) -> Options:
    if not isinstance(raw, dict):
        raise ProjectError(f"[tool.assay] in {name} is not a table.", fix="Write it as a table of options.")
    given = {("settings_files" if key == "settings_file" else key): value for key, value in raw.items()}
    _require_known(given, NAMES, name, "")
    for option, value in given.items():
        _require_bounded(value, option, name)
        if option in _LISTS and isinstance(value, list) and len(value) > limits.FILES.figure:
            raise _unusable(name, option, f"it {limits.FILES.breach}")
    waivers = given.get("waivers")
    for number, waiver in enumerate(waivers if isinstance(waivers, list) else []):
        if isinstance(waiver, dict):
            _require_waiver(waiver, name, f"waivers[{number}]")
    _require_sources(given.get("deployments"), name)
    for option in _SWITCHES:
        if given.get(option) is True:
            raise _unusable(name, option, "expected a text, or false")
    try:
        options = msgspec.convert(_normal(given, name), Options)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$.")
        raise _unusable(name, where.rstrip("`"), what[:1].lower() + what[1:].replace("`", "")) from None
    return replace(options, stated=frozenset(given))


def _require_known(given: Mapping[str, object], known: tuple[str, ...], name: str, above: str) -> None:
    for word in given:
        if word not in known:
            raise ProjectError(f"{name}: there is no option {above + word!r}.", fix=did_you_mean(word, known))


def _require_waiver(given: Mapping[str, object], name: str, where: str) -> None:
    """A waiver says what it accepts, why, and until which day."""
    _require_known(given, WaiverOption.__struct_fields__, name, f"{where}.")
    for field in ("rule", "reason"):
        if not str(given.get(field, "")).strip():
            raise _unusable(name, f"{where}.{field}", f"every waiver has a {field}")
    expires = given.get("expires")
    if isinstance(expires, datetime) or not isinstance(expires, date | str) or not _is_day(expires):
        raise _unusable(name, f"{where}.expires", "every waiver has a last day, such as 2031-12-31")


def _require_sources(given: object, name: str) -> None:
    """A deployment's sources are paths, or tables with one."""
    for environment, sources in given.items() if isinstance(given, dict) else ():
        for number, source in enumerate(sources if isinstance(sources, list) else [sources]):
            if isinstance(source, dict):
                where = f"deployments.{environment}[{number}]."
                _require_known(source, DeploymentSource.__struct_fields__, name, where)


def _is_day(value: date | str) -> bool:
    try:
        return isinstance(value, date) or date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _unusable(name: str, where: str, what: str) -> ProjectError:
    return ProjectError(f"{name}: the option {where!r} cannot be used: {what}.", fix=f"Correct {where}.")


def _normal(given: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The options as the structure has them: one text may hold several names, and a role has several spellings."""
    readers: dict[str, Callable[[Any], Any]] = dict.fromkeys(_LISTS, split_names)
    normal = {key: readers[key](value) if key in readers else value for key, value in given.items()}
    if normal.get("envvar_prefix") == "@none":  # Dynaconf's own word for it
        normal["envvar_prefix"] = None
    if isinstance(normal.get("deployments"), dict):
        normal["deployments"] = {str(key).lower(): _sources(value) for key, value in normal["deployments"].items()}
    if isinstance(normal.get("roles"), dict):
        normal["roles"] = {key: _role(value, f"roles.{key}", name) for key, value in normal["roles"].items()}
    return normal


def _sources(value: Any) -> Any:
    """One source or several, each a path or a table."""
    listed = value if isinstance(value, list) else [value]
    return [{"path": one} if isinstance(one, str) else one for one in listed]


def split_names(value: Any) -> Any:
    """One string may hold several names, with commas or semicolons, as Dynaconf reads them."""
    if not isinstance(value, str):
        return value
    separator = ";" if ";" in value else ","
    return [item.strip() for item in value.split(separator)] if value else []


def _role(value: object, where: str, name: str) -> object:
    """A role by its name, however it is spelled."""
    if not isinstance(value, str):
        return value
    word = value.strip().lower().replace("_", "-").replace(" ", "-")
    found = {role.value: role for role in Role}
    if word not in found:
        raise _unusable(name, where, f"there is no role {value!r}; {did_you_mean(word, found)}".rstrip("."))
    return found[word]
