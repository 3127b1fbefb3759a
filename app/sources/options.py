"""A project's options: how its profiles are laid out."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import tomli
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from app.errors import ProjectError, did_you_mean
from app.roles import Role


def _split(value: object) -> object:
    """One string may hold several names, with commas or semicolons, as Dynaconf reads them."""
    if not isinstance(value, str):
        return value
    separator = ";" if ";" in value else ","
    return [item.strip() for item in value.split(separator)] if value else []


def _named(value: object) -> object:
    """A date may be quoted."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def _role(value: object) -> object:
    """A role by its name, however it is spelled; `secret` is any secret that is no password and no token."""
    if not isinstance(value, str):
        return value
    word = value.strip().lower().replace("_", "-").replace(" ", "-")
    found = {**{role.value: role for role in Role}, "secret": Role.SECRET_KEY}
    if word not in found:
        raise ValueError(f"there is no role {value!r}. {did_you_mean(word, found)}")
    return found[word]


type Names = Annotated[list[str], BeforeValidator(_split)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class WaiverOption(_Strict):
    """An accepted finding, as the options write it."""

    rule: str
    reason: Annotated[str, Field(min_length=1)]
    expires: Annotated[date, BeforeValidator(_named)]
    key: str | None = None
    environment: str | None = None


class Options(_Strict):
    """`[tool.assay]`, or `assay.toml`. Down to `dotenv_path` they mean what Dynaconf's arguments of that name mean."""

    settings_files: Names = Field(default=["settings.toml", "settings/*.toml", ".secrets.toml"])
    root_path: str | None = None
    preload: Names = Field(default=[])
    secrets: Names = Field(default=[])
    includes: Names = Field(default=[])
    environments: bool | list[str] = True
    env_switcher: str = "ENV_FOR_DYNACONF"
    env: str | list[str] = "development"
    default_env: str = "default"
    envvar_prefix: str | Literal[False] = "DYNACONF"
    ignore_unknown_envvars: bool = False
    merge_enabled: bool = False
    nested_separator: str | Literal[False] = "__"
    load_dotenv: bool = False
    dotenv_path: str = ".env"
    lists: Literal["dynaconf", "replace"] = "dynaconf"
    known_environments: list[str] = Field(default=[])
    production: list[str] = Field(default=["production", "prod"])
    deployed: list[str] = Field(default=[])
    roles: dict[str, Annotated[Role, BeforeValidator(_role)]] = Field(default={})
    schema_: Annotated[str | None, Field(alias="schema", pattern=r"^[\w.]+:\w+$")] = None
    waivers: list[WaiverOption] = Field(default=[])

    @property
    def sectioned(self) -> bool:
        """Whether sections are environments; as in Dynaconf, only a literal `false` turns that off."""
        return self.environments is not False

    @property
    def prefixes(self) -> tuple[str, ...] | None:
        """The upper-case prefixes of overriding variables, lowest first; None where every variable overrides."""
        if not self.envvar_prefix:
            return None
        return tuple(prefix.upper() for prefix in self.envvar_prefix.split(","))


OPTIONS_FILES = ("assay.toml", "pyproject.toml")
"""Where options may stand; the first that is there counts."""


def read_options(root: Path) -> Options:
    """The options of the project in this folder; the defaults where it has none.

    Raises:
        ProjectError: they cannot be read, or say something that is no option.
    """
    for name, table in zip(OPTIONS_FILES, ((), ("tool", "assay")), strict=True):
        path = root / name
        if not path.exists():
            continue
        raw: Any = _load(path, name)
        for part in table:
            raw = raw.get(part) if isinstance(raw, dict) else None
        if raw is not None:
            return _validated(raw, name)
    return Options()


def _load(path: Path, name: str) -> dict[str, Any]:
    try:
        return tomli.loads(path.read_bytes().decode())
    except OSError as error:
        raise ProjectError(f"{name} cannot be read: {error.strerror}", fix="Make it readable.") from None
    except UnicodeDecodeError:
        raise ProjectError(f"{name} is not UTF-8.", fix="Save it as UTF-8.") from None
    except tomli.TOMLDecodeError as error:
        place = {"kind": "file", "file": name, "line": error.lineno, "column": error.colno,
                 "end_line": error.lineno, "end_column": error.colno + 1, "section": None}  # fmt: skip
        message = f"{name}:{error.lineno}:{error.colno} does not parse: {error.msg}"
        raise ProjectError(message, fix="Mend the TOML.", origin=place) from None


def _validated(raw: object, name: str) -> Options:
    if not isinstance(raw, dict):
        raise ProjectError(f"[tool.assay] in {name} is not a table.", fix="Write it as a table of options.")
    if "settings_file" in raw:
        raw = {("settings_files" if key == "settings_file" else key): value for key, value in raw.items()}
    try:
        return Options.model_validate(raw)
    except ValidationError as error:
        raise _explained(error, name) from None


def _explained(error: ValidationError, name: str) -> ProjectError:
    known = [field.alias or key for key, field in Options.model_fields.items()]
    first = error.errors(include_input=False, include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"] if not str(part).startswith("function-"))
    if first["type"] == "extra_forbidden":
        word = str(first["loc"][-1])
        names = known if len(first["loc"]) == 1 else list(WaiverOption.model_fields)
        return ProjectError(f"{name}: there is no option {where!r}.", fix=did_you_mean(word, names))
    return ProjectError(f"{name}: the option {where!r} cannot be used: {first['msg']}.", fix=f"Correct {where}.")
