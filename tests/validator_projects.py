"""Random projects whose code has validators, made from a number each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from strategies import toml

_NAMES = ("PORT", "port", "NAME", "TAGS", "FLAG", "RATE", "DB", "DB.HOST", "db.port", "DB__HOST", "DB.POOL.SIZE",
          "db.pool", "MISSING", "MISSING.KEY", "DB.MISSING", "db.new_key", "PORT.X", "TAGS.0",
          "TAGS.X", "NAME.X", "REF",
          "TTL", "my key", "DB.my_list", "")  # fmt: skip
_SCALARS: tuple[Any, ...] = (
    0, 1, 8000, -5, True, False, 1.5, "a", "app", "1", "8000", "true", "DEBUG", "", "http://x", "@int 5", "+1", "None",
    "@float x",
    [], [1, 2], ["a", "b"], {"host": "h"}, {"port": 5, "pool": {"size": 2}}, {},
)  # fmt: skip
_LITERALS = ("1", "0", "-5", "8000", "True", "False", "None", "1.5", '"a"', '"app"', '"8000"', '"1"', '"true"',
             '"@int 5"', '"+1"', '"DEBUG"', '""', "[]", "[1, 2]", '["a", "b"]',
             "(1, 2)", '{"host": "h"}', '{"a": {"b": 1}}',
             "{}",
             "60 * 60", '"@format {this.port}"', '"@format {this.NAME}-x"', '"@none"', '"@merge [3]"', '{"my key": 1}',
             "LEVEL", 'f"{LEVEL}-1"', '"[1, 2]"', '"{a=1}"')  # fmt: skip
_TYPES = ("int", "str", "bool", "float", "list", "dict", '"int"', '"str"', "(int, str)", "int | str", "list[int]",
          "type(None)", "dict[str, int]", '"nothing"', "int | None", "Path")  # fmt: skip
_SEQUENCES = ('["a", "app", 8000]', "(1, 2, 8000)", '"app"', "[True]", '{"DEBUG", "a", 1}', "LEVELS", "[]", "5",
              '{"host": 1}')  # fmt: skip
_CASTS = ("str", "int", "float", "bool", "list", "dict", "tuple", "set", "Path")
_MESSAGES = ('{"must_exist_true": "no {name} in {env}"}', '{"operations": "{name}: {value} {operation} {op_value}"}',
             '{"combined": "both: {errors}"}')  # fmt: skip
_ENVIRONMENTS = ('"production"', '"development"', '"staging"', '["development", "production"]', '"Production"',
                 '["staging", "production"]', '"default"', '"nowhere"', '("production",)')  # fmt: skip
_HEAD = """\
from pathlib import Path
from dynaconf import Dynaconf, Validator
import dynaconf as d

LEVEL = "DEBUG"
LEVELS = [LEVEL, "INFO"]
"""


@dataclass(frozen=True, kw_only=True)
class ValidatedProject:
    """Files by name (the code is `config.py`), the call's options, and the process's variables."""

    files: Mapping[str, str]
    options: Mapping[str, Any] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)


def validated(seed: int) -> ValidatedProject:
    """The project of that number."""
    return _Maker(Random(seed)).project()  # noqa: S311 - no secret depends on it


class _Maker:
    def __init__(self, random: Random) -> None:
        self.random = random

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def pick(self, choices: Sequence[Any]) -> Any:
        return self.random.choice(choices)

    def project(self) -> ValidatedProject:
        options = {"settings_files": ["settings.toml"], "environments": not self.chance(0.15)}
        for name, chance, choices in (("merge_enabled", 0.3, (True,)), ("envvar_prefix", 0.2, ("APP", False)),
                                      ("dotted_lookup", 0.07, (False,)), ("default_env", 0.07, ("base",)),
                                      ("auto_cast", 0.05, (False,)), ("nested_separator", 0.05, ("___",)),
                                      ("env", 0.1, ("staging",))):  # fmt: skip
            if self.chance(chance):
                options[name] = self.pick(choices)
        environ = {"ENV_FOR_DYNACONF": self.pick(("development", "production", "staging", "nowhere"))}
        for name, chance, texts in (("DYNACONF_PORT", 0.15, ("9", "x", "@int 7")),
                                    ("DYNACONF_DB__HOST", 0.1, ("e", "1")),
                                    ("APP_NAME", 0.1, ("v",)), ("DYNACONF_DB__POOL__SIZE", 0.1, ("4",)),
                                    ("DYNACONF_TAGS", 0.1, ("['z']", "@merge z"))):  # fmt: skip
            if self.chance(chance):
                environ[name] = self.pick(texts)
        settings = self.settings(sectioned=options["environments"])
        code = self.code(options)
        return ValidatedProject(files={"settings.toml": settings, "config.py": code}, options=options, environ=environ)

    def settings(self, *, sectioned: bool) -> str:
        if not sectioned:
            return toml(self.table())
        names = ["default", "development", "production", "staging", "global", "base"]
        sections = [name for name in names if self.chance(0.8 if name == "default" else 0.5)]
        return "".join(f"[{name}]\n{toml(self.table())}\n" for name in sections)

    def table(self) -> dict[str, Any]:
        chosen: dict[str, Any] = {}
        for name in ("port", "name", "TAGS", "flag", "rate", "ttl", "Port"):
            if self.chance(0.4):
                chosen[name] = self.pick(_SCALARS)
        if self.chance(0.6):
            chosen["db"] = {key: self.pick(_SCALARS) for key in ("host", "port", "HOST", "my_list") if self.chance(0.5)}
            if self.chance(0.5):
                chosen["db"]["pool"] = self.pick(({"size": 5}, {"size": "5"}, {}, 3))
        if self.chance(0.2):
            chosen["ref"] = self.pick(
                (
                    "@format {this.port}",
                    "@format x-{this.NAME}",
                    "@int @format {this.port}",
                    "@format y",
                    "@get port",
                    "@format {this.missing}",
                    "@format {this.ref}",
                    "@format {env[APP_NAME]}",
                    "@get missing @int",
                    "@float @format {this.db.port}",
                )
            )
        if self.chance(0.1):
            chosen["my key"] = 1
        return chosen

    def code(self, options: Mapping[str, Any]) -> str:
        keywords = [f"{name}={value!r}" for name, value in options.items()]
        for name, chance, choices in (("validate_only", 0.08, ('"PORT"', '["db", "PORT"]')),
                                      ("validate_exclude", 0.08, ('"DB"', '["PORT", "N"]')),
                                      ("validate_only_current_env", 0.12, ("True",))):  # fmt: skip
            if self.chance(chance):
                keywords.append(f"{name}={self.pick(choices)}")
        validators = [self.joined() for _ in range(self.random.randint(1, 5))]
        listed = "".join(f"    {validator},\n" for validator in validators)
        if self.chance(0.3):
            return f"{_HEAD}RULES = [\n{listed}]\nsettings = Dynaconf({', '.join(keywords)}, validators=RULES)\n"
        return f"{_HEAD}settings = Dynaconf({', '.join(keywords)}, validators=[\n{listed}])\n"

    def joined(self) -> str:
        if not self.chance(0.15):
            return self.validator()
        mark = self.pick(("&", "|"))
        parts = [f"{self.validator()}" for _ in range(self.pick((2, 2, 3)))]
        return f" {mark} ".join(parts)

    def validator(self, depth: int = 0) -> str:
        names = [repr(self.pick(_NAMES)) for _ in range(self.pick((1, 1, 1, 2)))]
        given = self.arguments(depth)
        callee = self.pick(("Validator", "Validator", "d.Validator"))
        return f"{callee}({', '.join([*names, *given])})"

    def arguments(self, depth: int) -> list[str]:
        given = []
        if self.chance(0.35):
            given.append(f"{self.pick(('must_exist', 'required'))}={self.pick(('True', 'True', 'False', 'None'))}")
        if self.chance(0.3):
            given.append(f"env={self.pick(_ENVIRONMENTS)}")
        if self.chance(0.4):
            given.append(f"default={self.pick(_LITERALS)}")
        if self.chance(0.25):
            given.append(f"cast={self.pick(_CASTS)}")
        if self.chance(0.1):
            given.append("apply_default_on_none=True")
        if self.chance(0.1):
            given.append(f"messages={self.pick(_MESSAGES)}")
        if depth < 2 and self.chance(0.15):
            given.append(f"when={self.validator(depth + 1)}")
        if depth < 2 and self.chance(0.04):
            given.append(f"items_validators=[{self.validator(depth + 1)}]")
        return [*given, *self.operations()]

    def operations(self) -> list[str]:
        given: dict[str, str] = {}
        for _ in range(self.pick((0, 1, 1, 2))):
            name = self.pick(("eq", "ne", "gt", "gte", "lt", "lte", "is_type_of", "is_type_of", "is_in", "is_not_in",
                              "len_eq", "len_ne", "len_min", "len_max", "cont", "startswith", "endswith", "identity",
                              "contains", "not_contains", "not_startswith", "absent_operation"))  # fmt: skip
            if name == "absent_operation" and not self.chance(0.2):
                continue
            choices = _TYPES if name == "is_type_of" else _SEQUENCES if name in {"is_in", "is_not_in"} else _LITERALS
            picked = self.pick(choices)
            given[name] = "True" if name == "identity" else picked
        return [f"{name}={value}" for name, value in given.items()]
