"""Imports a project's model and asks it, in a process of its own, with the project's interpreter.

A script, never imported by Assay: it knows nothing but the standard library and whatever Pydantic it finds, and keeps
to Python 3.8. One JSON document a line: a request and the answer to it (what the model looks like), then perhaps the
values of every environment and what the model says about them. Values never come back.
"""

from __future__ import annotations

import faulthandler
import importlib
import json
import os
import sys
import traceback
from datetime import date, datetime, time
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

_MESSAGE = 2000
_ERRORS = 1000
_PACKAGE = "app"


class UnusableModel(Exception):
    """The model cannot be asked."""

    def __init__(self, kind: str, **said: Any) -> None:
        super().__init__(kind)
        self.said = {"kind": kind, **said}


class _WithoutAssay:
    """Finds the project's own `app`, never Assay's: where both share a folder of packages, ours is not there."""

    def __init__(self, folder: str) -> None:
        self.folder = os.path.realpath(folder)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name != _PACKAGE:
            return None
        kept = [entry for entry in sys.path if os.path.realpath(entry or ".") != self.folder]
        for finder in sys.meta_path:
            if finder is PathFinder:
                spec: Any = PathFinder.find_spec(name, kept)
            else:
                spec = None if finder is self else finder.find_spec(name, path, target)
            if spec is not None:
                return spec
        raise ModuleNotFoundError("No module named 'app'", name=name)


def main() -> None:
    """Answers on what was standard output; what anybody prints goes to standard error."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    request = json.loads(requests.readline())
    faulthandler.dump_traceback_later(request["seconds"], exit=True, file=answers)
    sys.argv = [request["module"]]
    _set_path(request)
    try:
        _converse(request, requests, answers)
    except UnusableModel as unusable:
        _send(answers, request, {"error": unusable.said})
    os._exit(0)  # what the model started in the background has no say in when this ends


def _converse(request: dict[str, Any], requests: BinaryIO, answers: BinaryIO) -> None:
    model = _load(request)
    asked = _asker(model, request)
    _send(answers, request, asked.described())
    line = requests.readline()
    if line.strip():
        environments = json.loads(line)["environments"]
        _send(answers, request, {"environments": [asked.errors(environment) for environment in environments]})


def _send(answers: BinaryIO, request: dict[str, Any], answer: dict[str, Any]) -> None:
    answers.write(request["nonce"].encode() + json.dumps(answer, default=str).encode() + b"\n")
    answers.flush()


def _set_path(request: dict[str, Any]) -> None:
    """The project's folders come first, as they would for a script in them; those above it come before packages."""
    packages = (number for number, entry in enumerate(sys.path) if entry.endswith(("site-packages", "dist-packages")))
    place = next(packages, len(sys.path))
    sys.path[place:place] = request["above"]
    sys.path[:0] = request["folders"]
    if request["assay"]:
        sys.meta_path.insert(0, _WithoutAssay(request["assay"]))


def _load(request: dict[str, Any]) -> Any:
    try:
        importlib.import_module("pydantic")
    except ModuleNotFoundError as error:
        if error.name != "pydantic":
            raise _raised(error, request) from None
        raise UnusableModel("no-pydantic") from None
    except BaseException as error:  # noqa: BLE001 - a broken installation may raise anything
        raise _raised(error, request) from None
    module, name = request["module"], request["model"]
    scope = _import(module, name, request)
    if name not in scope:
        raise UnusableModel("no-attribute", known=[key for key, value in scope.items() if _is_model(value)])
    if not _is_model(scope[name]):
        raise UnusableModel("no-model", found=type(scope[name]).__name__)
    return scope[name]


def _import(module: str, name: str, request: dict[str, Any]) -> dict[str, Any]:
    """The names of a module."""
    try:
        return vars(importlib.import_module(module))
    except ModuleNotFoundError as error:
        if error.name and (module == error.name or module.startswith(error.name + ".")):
            raise UnusableModel("no-module", missing=error.name) from None
        raise _raised(error, request) from None
    except SystemExit as error:
        raise UnusableModel("exit", status=str(error.code), **_place(error, request)) from None
    except BaseException as error:  # noqa: BLE001 - whatever the module raises is told
        # Many modules end with an instance of their model. Where that one is refused, the model is there all the same.
        found = _defined(error, module, name) if _is_refusal(error) else None
        if found is None:
            raise _raised(error, request) from None
        return found


def _is_refusal(error: BaseException) -> bool:
    return type(error).__name__ in {"ValidationError", "SettingsError"}


def _defined(error: BaseException, module: str, name: str) -> dict[str, Any] | None:
    """The names that the module had when it was stopped, if the model was among them."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        scope = frame.f_globals
        if scope.get("__name__") == module and _is_model(scope.get(name)):
            sys.modules.setdefault(module, type(sys)(module))  # its annotations may still be looked up
            vars(sys.modules[module]).update(scope)
            return scope
    return None


def _is_model(value: Any) -> bool:
    is_newer = hasattr(value, "model_json_schema") and hasattr(value, "model_validate")
    return isinstance(value, type) and (is_newer or (hasattr(value, "__fields__") and hasattr(value, "parse_obj")))


def _raised(error: BaseException, request: dict[str, Any]) -> UnusableModel:
    told = {"exception": type(error).__name__, "message": _said(error), "missing": _missing(error)}
    return UnusableModel("raised", **told, **_place(error, request))


def _missing(error: BaseException) -> str:
    """The module that is not there, as the import itself says; whoever raises by hand says none."""
    name = error.name if isinstance(error, ModuleNotFoundError) else None
    return name if isinstance(name, str) and name in str(error) else ""


def _said(error: BaseException) -> str:
    """What an exception says; a refusal without the values that were refused."""
    if not _is_refusal(error) or not hasattr(error, "errors"):
        return str(error)[:_MESSAGE]
    said = ("{}: {}".format(".".join(map(str, one["loc"])), one["msg"]) for one in error.errors()[:3])
    return "; ".join(said)[:_MESSAGE]


def _place(error: BaseException, request: dict[str, Any]) -> dict[str, Any]:
    """The last place in the project's own files."""
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        return {"file": error.filename, "line": error.lineno}
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if _is_own(frame.filename, request)]
    return {"file": own[-1].filename, "line": own[-1].lineno} if own else {}


def _is_own(file: str, request: dict[str, Any]) -> bool:
    real = Path(os.path.realpath(file))
    if not real.is_file() or str(real) == os.path.realpath(__file__) or "site-packages" in real.parts:
        return False
    folders = request["folders"] + request["above"]
    return any(Path(os.path.realpath(folder)) in real.parents for folder in folders)


def _asker(model: Any, request: dict[str, Any]) -> Any:
    return (_Newer if hasattr(model, "model_json_schema") else _Older)(model, request)


class _Asker:
    """A model that answers."""

    def __init__(self, model: Any, request: dict[str, Any]) -> None:
        self.model, self.request = model, request
        self.names: list[list[str]] = self.accepted()
        self.flat = [name for names in self.names for name in names]

    def described(self) -> dict[str, Any]:
        try:
            schema = self.schema()
        except Exception as error:  # noqa: BLE001 - a model that is not finished, a validator of the schema: told
            raise _raised(error, self.request) from None
        return {"schema": schema, "names": self.names, "files": self.files()}

    def files(self) -> list[str]:
        """The project's own files that were imported."""
        found = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
        return sorted({file for file in found if isinstance(file, str) and _is_own(file, self.request)})

    def errors(self, environment: dict[str, Any]) -> list[dict[str, Any]]:
        """What the model says about the values of one environment; a place begins with the key as it was sent."""
        values = _decoded(environment["values"])
        spelled = {key: self._spelling(key) for key in values}
        given = {spelled[key]: value for key, value in values.items()}
        before = dict(os.environ)
        os.environ.update(environment["environ"])  # after the import: a settings class is made without them
        try:
            self.validate(given, production=environment["production"])
        except BaseException as error:  # noqa: BLE001 - a validator may raise anything, or end the process
            if not _is_refusal(error) or not hasattr(error, "errors"):
                return [self._failed(error)]
            sent = {name: key for key, name in spelled.items()}
            return [*self._told(error.errors()[:_ERRORS], sent)]
        finally:
            os.environ.clear()
            os.environ.update(before)
        return []

    def _spelling(self, key: str) -> str:
        """A key of the top level as the application hands it on: as `as_dict()` has it, or in lower case.

        The first where every field has a name in upper case; no other spelling comes out of Dynaconf.
        """
        fitting = {change: sum(any(name == change(name) for name in names) for names in self.names)
                   for change in (str.lower, str.upper)}  # fmt: skip
        return max(fitting, key=lambda change: fitting[change])(key)

    def _told(self, errors: list[dict[str, Any]], sent: dict[str, str]) -> Iterator[dict[str, Any]]:
        """The errors by the keys; of a value that is there, under another name than the field's, one."""
        fields = {name.casefold(): name for names in self.names for name in names if name not in sent}
        unmet = {name: fields[name.casefold()] for name in sent if name not in self.flat and name.casefold() in fields}
        told = []
        for one in errors:
            top = one["loc"][0] if len(one["loc"]) == 1 else None
            name = next((name for name, field in unmet.items() if top in {name, field}), None)
            if name is None or self.kind(one["type"]) not in {"missing", "extra_forbidden"}:
                yield self._error(one, sent)
            elif name not in told:
                told.append(name)
                text = f"does not reach the model's field {unmet[name]!r}: as_dict() has {name.upper()!r}"
                yield {"loc": [sent[name]], "type": "name_case", "msg": text}

    def _error(self, one: dict[str, Any], sent: dict[str, str]) -> dict[str, Any]:
        place = list(one["loc"])
        if place and isinstance(place[0], str):
            place[0] = sent.get(place[0], place[0].lower())
        kind, message = self.kind(one["type"]), self.message(one)[:_MESSAGE]
        return {"loc": [part if isinstance(part, int) else str(part) for part in place], "type": kind, "msg": message}

    def _failed(self, error: BaseException) -> dict[str, Any]:
        place = _place(error, self.request)
        where = " at {}:{}".format(os.path.relpath(place["file"]), place["line"]) if place else ""
        message = f"the model raises {type(error).__name__}{where}: {_said(error)}"
        return {"loc": [], "type": "value_error", "msg": f"Value error, {message}"[:_MESSAGE]}

    def accepted(self) -> list[list[str]]:
        """The top-level keys that it takes, for each field every name that it has."""
        raise NotImplementedError

    def schema(self) -> dict[str, Any]:
        raise NotImplementedError

    def validate(self, values: dict[str, Any], *, production: bool) -> None:
        raise NotImplementedError

    def kind(self, name: str) -> str:
        return name

    def message(self, error: dict[str, Any]) -> str:
        return str(error["msg"])


class _Newer(_Asker):
    """A model of Pydantic 2."""

    def accepted(self) -> list[list[str]]:
        config = self.model.model_config
        by_name = config.get("populate_by_name") or config.get("validate_by_name")
        names: list[list[str]] = []
        for name, field in self.model.model_fields.items():
            aliases = list(_aliases(field.validation_alias)) or list(_aliases(field.alias))
            names.append([*aliases, name] if by_name or not aliases else aliases)
        return names

    def schema(self) -> dict[str, Any]:
        from pydantic.json_schema import GenerateJsonSchema  # noqa: PLC0415 - there is none in Pydantic 1

        class Lenient(GenerateJsonSchema):
            """Says nothing about what JSON cannot hold, and tells the other names of a field."""

            def handle_invalid_for_json_schema(self, schema: Any, error_info: str) -> dict[str, Any]:  # noqa: ARG002
                return {}

            def model_schema(self, schema: Any) -> dict[str, Any]:
                found = super().model_schema(schema)
                config, properties = schema["cls"].model_config, found.get("properties", {})
                if config.get("populate_by_name") or config.get("validate_by_name"):
                    for name, field in schema["cls"].model_fields.items():
                        aliased = [key for key in _aliases(field.validation_alias or field.alias) if key in properties]
                        if aliased and name not in properties:
                            properties[aliased[0]]["x-names"] = [*_aliases(field.validation_alias), name]
                return found

            def model_field_schema(self, schema: Any) -> dict[str, Any]:
                found = super().model_field_schema(schema)
                names = list(_aliases(schema.get("validation_alias")))
                return {**found, "x-names": names} if names[1:] else found

        described: dict[str, Any] = self.model.model_json_schema(schema_generator=Lenient)
        return described

    def validate(self, values: dict[str, Any], *, production: bool) -> None:
        for model in _settings(self.model):
            # What the settings class would read itself is not what the environment will run with.
            model.settings_customise_sources = classmethod(_only_given)
            model.model_config.update(dict.fromkeys(("env_file", "secrets_dir", "cli_parse_args"), None))
        self.model.model_validate(values, context={"production": production})


class _Older(_Asker):
    """A model of Pydantic 1."""

    def accepted(self) -> list[list[str]]:
        by_name = getattr(self.model.__config__, "allow_population_by_field_name", False)
        fields = self.model.__fields__.values()
        return [[field.alias, field.name] if by_name else [field.alias] for field in fields]

    def schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = self.model.schema(ref_template="#/$defs/{model}")
        return {("$defs" if key == "definitions" else key): value for key, value in schema.items()}

    def validate(self, values: dict[str, Any], *, production: bool) -> None:  # noqa: ARG002 - it knows no context
        for model in _settings(self.model):
            model.__config__.customise_sources = classmethod(lambda _, init_settings, **__: (init_settings,))
        self.model.parse_obj(values)

    def kind(self, name: str) -> str:
        """The name that Pydantic 2 has for such an error."""
        known = {"value_error.missing": "missing", "value_error.extra": "extra_forbidden"}
        return known.get(name, "older_type" if name.startswith("type_error") else name)

    def message(self, error: dict[str, Any]) -> str:
        """What a validator says itself begins as it does in Pydantic 2."""
        own = {"value_error": "Value error, ", "assertion_error": "Assertion failed, "}
        return own.get(error["type"], "") + str(error["msg"])


def _only_given(_: Any, /, settings_cls: Any, init_settings: Any, **__: Any) -> Any:  # noqa: ARG001
    return (init_settings,)


def _settings(model: Any) -> Iterator[Any]:
    """Every settings class of the process: a field may be one, too."""
    base = next((one for one in model.__mro__ if one.__name__ == "BaseSettings"), None)
    found = sys.modules.get("pydantic_settings")
    waiting = [one for one in (base, getattr(found, "BaseSettings", None)) if one is not None]
    seen: list[Any] = []
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.append(one)
            waiting += one.__subclasses__()
    return iter(seen)


def _aliases(alias: Any) -> Iterator[str]:
    """The top-level keys that an alias names: one, or the first part of each path, or of several choices."""
    if isinstance(alias, str):
        yield alias
    for choice in getattr(alias, "choices", None) or ([alias] if hasattr(alias, "path") else []):
        yield choice if isinstance(choice, str) else str(choice.path[0])
    if isinstance(alias, list):
        for path in alias:
            yield str(path[0]) if isinstance(path, list) else str(alias[0])


def _decoded(value: Any) -> Any:
    """A value as the application gets it: what JSON cannot say is an object with the name of its type."""
    if isinstance(value, list):
        return [_decoded(item) for item in value]
    if not isinstance(value, dict):
        return value
    ((kind, said),) = value.items()
    if kind == "table":
        return {key: _decoded(item) for key, item in said.items()}
    types: dict[str, Any] = {"datetime": datetime, "date": date, "time": time}
    return types[kind].fromisoformat(said) if kind in types else float(said)


if __name__ == "__main__":
    main()
