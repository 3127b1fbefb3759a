import os
import select
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from foreign_projects import OURS, give_environment
from patience import PATIENCE_SECONDS
from projects import MakeProject, ProjectFolder

import app
from app.project.model.ask import ModelAnswer, ModelInput, ask
from app.project.model.errors import ModelError

MODEL = "from pydantic import BaseModel\nclass Settings(BaseModel):\n    port: int = 1\n"
PATH = {"PATH": os.defpath}
ASSAY = Path(app.__file__).parents[1]


def asked(project: ProjectFolder, values: Mapping[str, Any] | None = None, *, schema: str = "shop.config:Settings",
          seconds: float = 30.0, **environ: str) -> ModelAnswer:  # fmt: skip
    def choose(_: ModelAnswer) -> list[ModelInput]:
        return [] if values is None else [ModelInput(values=values, production=False)]

    return ask(schema, project.root, {**PATH, **environ}, choose, seconds=seconds)


def refusal(project: ProjectFolder, *, schema: str = "shop.config:Settings", seconds: float = 30.0) -> ModelError:
    with pytest.raises(ModelError) as caught:
        asked(project, schema=schema, seconds=seconds)
    assert caught.value.fix
    assert caught.value.exit_status == 2
    return caught.value


def place(error: ModelError) -> str:
    return f"{error.origin['file']}:{error.origin['line']}" if error.origin else ""


@pytest.fixture
def shop(project: MakeProject) -> Callable[[str], ProjectFolder]:
    """A project with one package."""

    def make(code: str) -> ProjectFolder:
        return project({"shop/__init__.py": "", "shop/config.py": code})

    return make


type Shop = Callable[[str], ProjectFolder]


def test_the_model_tells_its_schema_and_what_is_wrong_with_values(shop: Shop) -> None:
    answer = asked(shop(MODEL), {"port": "x"})
    assert answer.schema["properties"]["port"]["type"] == "integer"
    assert [(error.loc, error.type) for error in answer.errors[0]] == [(["port"], "int_parsing")]


def test_a_module_that_is_not_there_is_named_with_where_it_was_looked_for(shop: Shop) -> None:
    project = shop(MODEL)
    (project.root / "src").mkdir()
    error = refusal(project, schema="shop.confg:Settings")
    assert "no module 'shop.confg' in ., src" in error.message
    assert "Assay's own interpreter" in error.message
    assert "'shopp'" in refusal(project, schema="shopp.config:Settings").message


def test_an_attribute_that_is_not_there_suggests_the_nearest_model(shop: Shop) -> None:
    error = refusal(shop(MODEL), schema="shop.config:Setings")
    assert error.fix == "Did you mean 'Settings'?"


@pytest.mark.parametrize("code", ["class Settings: ...\n", MODEL + "Settings = Settings()\n", "Settings = 3\n"])
def test_what_is_no_model_is_told(shop: Shop, code: str) -> None:
    assert "is no Pydantic model" in refusal(shop(code)).message


def test_an_import_that_raises_is_told_with_its_place_and_without_passwords(shop: Shop) -> None:
    code = "def connect():\n    raise OSError('no postgresql://u:canary-1@db/x')\nconnect()\n"
    error = refusal(shop(code))
    assert "OSError at shop/config.py:2: no postgresql://u:***@db/x" in error.message
    assert place(error) == "shop/config.py:2"


def test_a_file_that_does_not_parse_is_told_with_its_line(shop: Shop) -> None:
    error = refusal(shop("port = 1\nclass:\n"))
    assert "SyntaxError" in error.message
    assert place(error) == "shop/config.py:2"


def test_what_the_model_needs_and_nobody_has_is_to_be_installed(shop: Shop) -> None:
    error = refusal(shop("import no_such_thing\n"))
    assert "No module named 'no_such_thing'" in error.message
    assert error.fix.startswith("Install 'no_such_thing'")
    assert "no virtual environment" in error.fix


def test_an_interpreter_without_pydantic_is_named(shop: Shop) -> None:
    project = shop(MODEL)
    give_environment(project.root)
    assert "needs Pydantic, which .venv/bin/python does not have" in refusal(project).message


def test_a_model_that_hangs_is_ended_with_all_that_it_started(shop: Shop) -> None:
    code = "import os, subprocess, threading\n"
    code += "child = subprocess.Popen(['sleep', '600'])\nopen('pids', 'w').write(f'{os.getpid()} {child.pid}')\n"
    project = shop(code + "threading.Event().wait()\n")
    error = refusal(project, seconds=4.0)
    assert "hangs: nothing came of it in 4 seconds; it stood at shop/config.py:4" in error.message
    assert place(error) == "shop/config.py:4"
    for pid in (project.root / "pids").read_text().split():
        assert _ends(int(pid))


@pytest.mark.parametrize("then", ["threading.Event().wait()\n", MODEL])
def test_a_child_that_detached_itself_is_ended_too_and_holds_nothing_up(shop: Shop, then: str) -> None:
    code = "import os, threading\nif not os.fork():\n    os.setsid()\n    if os.fork():\n        os._exit(0)\n"
    code += "    open('pid', 'w').write(str(os.getpid()))\n    threading.Event().wait()\nos.wait()\n"
    project = shop(f"{code}while not os.path.exists('pid') or not open('pid').read():\n    pass\n{then}")
    if then == MODEL:
        assert asked(project, {"port": 1}, seconds=PATIENCE_SECONDS).errors == ([],)
    else:
        assert "hangs" in refusal(project, seconds=4.0).message
    assert _ends(int((project.root / "pid").read_text()))


def test_an_answer_nested_without_end_is_no_answer(shop: Shop) -> None:
    code = "import gc, io\nnonce = next(o['nonce'] for o in gc.get_objects() if type(o) is dict and 'nonce' in o)\n"
    code += "out = next(o for o in gc.get_objects() if type(o) is io.BufferedWriter and o.fileno() > 2)\n"
    code += "out.write(nonce.encode() + b'[' * 200_000 + b'\\n')\nout.flush()\n"
    assert "shop.config" in refusal(shop(code + MODEL)).message


def _ends(pid: int) -> bool:
    """Whether a process that was killed is gone; the kernel tells when."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], 10)[0])
    finally:
        os.close(descriptor)


def test_a_validator_that_hangs_is_ended_too(shop: Shop) -> None:
    code = "import threading\nfrom pydantic import BaseModel, model_validator\nclass Settings(BaseModel):\n"
    code += "    @model_validator(mode='before')\n    def wait(cls, value):\n        threading.Event().wait()\n"
    with pytest.raises(ModelError, match=r"hangs.*shop/config\.py:6"):
        asked(shop(code), {}, seconds=4.0)


def test_a_model_that_kills_its_process_is_told_with_the_signal(shop: Shop) -> None:
    code = "import os, signal\nprint('farewell', flush=True)\nos.kill(os.getpid(), signal.SIGKILL)\n"
    message = refusal(shop(code)).message
    assert "SIGKILL" in message
    assert "farewell" in message


def test_a_model_that_leaves_without_a_word_is_told_with_its_status(shop: Shop) -> None:
    assert "exit status 7" in refusal(shop("import os\nos._exit(7)\n")).message


def test_an_import_that_ends_the_process_is_told_with_its_place(shop: Shop) -> None:
    error = refusal(shop("import sys\nsys.exit('no settings')\n"))
    assert "it ends the process at shop/config.py:2 (exit status no settings)" in error.message


def test_what_a_model_prints_does_not_disturb_the_answer(shop: Shop) -> None:
    code = "import os, sys\nprint('{\"error\": 1}')\nprint('x' * 3_000_000)\nos.write(1, b'y' * 200_000)\n"
    code += "print('z' * 1_000_000, file=sys.stderr)\n"
    project = shop(code + MODEL)
    assert asked(project, {"port": 1}).errors == ([],)
    assert project.capture.readouterr().out == ""


def test_what_a_start_up_file_prints_is_passed_over(shop: Shop) -> None:
    project = shop(MODEL)
    give_environment(project.root, OURS)
    (site,) = (project.root / ".venv").glob("lib/python*/site-packages")
    (site / "loud.pth").write_text("import sys; print('loud'); sys.stdout.flush()\n")
    assert asked(project, {"port": 1}).errors == ([],)


def test_a_model_that_asks_for_input_gets_none(shop: Shop) -> None:
    assert "EOFError at shop/config.py:1" in refusal(shop("input('Port? ')\n")).message


def test_an_answer_without_end_is_cut(shop: Shop) -> None:
    code = "from pydantic import BaseModel, Field\nclass Settings(BaseModel):\n"
    code += "    port: int = Field(1, description='x' * 17_000_000)\n"
    assert "larger than 16 MB" in refusal(shop(code)).message


def test_a_link_to_an_interpreter_that_is_gone_is_told(shop: Shop) -> None:
    project = shop(MODEL)
    python = give_environment(project.root, OURS)
    python.unlink()
    python.symlink_to(project.root / "gone")
    error = refusal(project)
    assert ".venv/bin/python cannot be run: it is a link to nothing" in error.message
    assert "virtual environment .venv" in error.fix


def test_an_interpreter_that_may_not_be_run_is_told(shop: Shop) -> None:
    project = shop(MODEL)
    python = give_environment(project.root, OURS)
    python.unlink()
    python.write_text("not a program")
    assert "cannot be run: permission denied" in refusal(project).message


def test_an_interpreter_that_is_too_old_is_told(shop: Shop) -> None:
    project = shop(MODEL)
    give_environment(project.root, OURS)
    (project.root / ".venv" / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.6.15\n")
    assert "is Python 3.6" in refusal(project).message


@pytest.mark.parametrize("borrowed", [True, False])
def test_the_projects_own_app_package_is_found_before_ours(project: MakeProject, *, borrowed: bool) -> None:
    made = project({"app/__init__.py": "", "app/config.py": MODEL, "app/schema.py": MODEL})
    if not borrowed:
        give_environment(made.root, OURS, ASSAY)
    assert [Path(file).name for file in asked(made, schema="app.schema:Settings").files] == ["__init__.py", "schema.py"]


@pytest.mark.parametrize("borrowed", [True, False])
def test_a_project_without_an_app_package_does_not_get_ours(project: MakeProject, *, borrowed: bool) -> None:
    made = project({"shop.py": "import app\n"})
    if not borrowed:
        give_environment(made.root, OURS, ASSAY)
    assert "no module 'app'" in refusal(made, schema="app.schema:Settings").message
    assert "No module named 'app'" in refusal(made, schema="shop:Settings").message


def test_the_model_is_found_below_src_and_above_a_folder_of_profiles(project: MakeProject) -> None:
    made = project({"src/shop/config.py": MODEL})
    assert asked(made).names == (("port",),)
    above = project({".git/HEAD": "", "shop/config.py": MODEL, "deploy/settings.toml": ""}, name="mono")
    give_environment(above.root, OURS)
    inner = ProjectFolder(root=above.root / "deploy", capture=above.capture)
    assert asked(inner).names == (("port",),)
    assert "in ., .., nor in ../.venv/bin/python" in refusal(inner, schema="no:Settings").message


def test_what_lies_above_the_work_tree_is_no_part_of_the_project(project: MakeProject) -> None:
    made = project({"shop/config.py": MODEL, "inner/.git/HEAD": ""})
    give_environment(made.root, OURS)
    inner = ProjectFolder(root=made.root / "inner", capture=made.capture)
    assert "Assay's own interpreter" in refusal(inner).message


def test_no_variable_of_ours_reaches_the_model_and_nothing_is_written(shop: Shop) -> None:
    code = "import os, sys\nassert 'SHOP_PORT' not in os.environ and 'PYTHONPATH' not in os.environ\n"
    project = shop(code + "assert sys.argv == ['shop.config']\n" + MODEL)
    before = sorted(project.root.rglob("*"))
    asked(project, {"port": 1}, SHOP_PORT="1", PYTHONPATH="/elsewhere", LC_ALL="C.UTF-8")
    assert sorted(project.root.rglob("*")) == before


def test_a_module_that_ends_with_a_refused_instance_still_has_its_model(shop: Shop) -> None:
    code = "from pydantic import BaseModel\nclass Settings(BaseModel):\n    port: int\nsettings = Settings(port='x')\n"
    assert [error.type for error in asked(shop(code), {"port": "y"}).errors[0]] == ["int_parsing"]


def test_a_refused_instance_of_another_module_is_told_without_its_value(shop: Shop) -> None:
    project = shop("import shop.other\n")
    project.write({"shop/other.py": MODEL + "Settings(port='canary-2')\n"})
    message = refusal(project).message
    assert "ValidationError at shop/other.py:4: port: Input should be a valid integer" in message
    assert "canary-2" not in message


def test_dates_and_odd_numbers_arrive_as_what_they_are(shop: Shop) -> None:
    code = "from datetime import date, datetime, time\nfrom typing import Any\n"
    code += "from pydantic import BaseModel, ConfigDict, model_validator\nclass Settings(BaseModel):\n"
    code += "    model_config = ConfigDict(extra='allow')\n    @model_validator(mode='before')\n"
    code += "    def kinds(cls, value):\n        raise ValueError({k: type(v).__name__ for k, v in value.items()})\n"
    values = {"a": date(2020, 1, 2), "b": datetime(2020, 1, 2, tzinfo=UTC), "c": datetime(2020, 1, 2).time(),  # noqa: DTZ001
              "d": float("inf"), "e": 10**30, "f": True, "g": [{"h": None}], "datetime": {"date": "x"}}  # fmt: skip
    kinds = {"a": "date", "b": "datetime", "c": "time", "d": "float", "e": "int", "f": "bool", "g": "list",
             "datetime": "dict"}  # fmt: skip
    (errors,) = asked(shop(code), values).errors
    assert errors[0].msg == f"Value error, {kinds}"


def test_keys_reach_fields_of_any_case_and_aliases_and_places_come_back_as_keys(shop: Shop) -> None:
    code = "from pydantic import AliasChoices, AliasPath, BaseModel, ConfigDict, Field\nclass Settings(BaseModel):\n"
    code += (
        "    model_config = ConfigDict(extra='forbid')\n    DEBUG: bool\n    url: int = Field(alias='DatabaseURL')\n"
    )
    code += "    host: int = Field(validation_alias=AliasChoices('HOST', 'SERVER_NAME', AliasPath('net', 'host')))\n"
    answer = asked(shop(code), {"debug": "x", "databaseurl": "x", "server_name": "x", "other": 1})
    assert answer.names == (("DEBUG",), ("DatabaseURL",), ("HOST", "SERVER_NAME", "net"))
    assert {error.loc[0] for error in answer.errors[0]} == {"debug", "databaseurl", "server_name", "other"}
    assert asked(shop(code), {}).errors[0][0].loc == ["debug"]


def test_a_validator_that_fails_otherwise_is_told_with_its_place(shop: Shop) -> None:
    code = "from pydantic import BaseModel, field_validator\nclass Settings(BaseModel):\n    port: int\n"
    code += "    @field_validator('port')\n    def check(cls, value):\n        return {}[value]\n"
    (errors,) = asked(shop(code), {"port": 5}).errors
    assert errors[0].loc == []
    assert "the model raises KeyError at shop/config.py:6: 5" in errors[0].msg


def test_a_model_without_a_complete_schema_is_asked_all_the_same(shop: Shop) -> None:
    code = "from typing import Callable, Optional\nfrom pydantic import BaseModel\nclass Settings(BaseModel):\n"
    answer = asked(shop(code + "    hook: Optional[Callable] = None\n    port: int\n"), {"port": "x"})
    assert answer.schema["properties"].keys() == {"hook", "port"}


def test_a_model_that_is_not_finished_is_told(shop: Shop) -> None:
    code = "from __future__ import annotations\nfrom pydantic import BaseModel\n"
    message = refusal(shop(code + "class Settings(BaseModel):\n    db: Database\n")).message
    assert "PydanticUserError" in message


def test_what_a_model_started_in_the_background_does_not_hold_the_answer(shop: Shop) -> None:
    code = "import atexit, threading\nthreading.Thread(target=threading.Event().wait).start()\n"
    code += "atexit.register(threading.Event().wait)\n"
    assert asked(shop(code + MODEL), {"port": 1}, seconds=PATIENCE_SECONDS).errors == ([],)


def test_a_project_without_such_a_model_starts_no_machinery_for_it(project: MakeProject) -> None:
    made = project({"settings.toml": "[default]\na = 1\n"})
    code = "import sys\nfrom pathlib import Path\nfrom app.cli import run\nfrom datetime import datetime, UTC\n"
    code += f"run(['check'], {{}}, Path({str(made.root)!r}), lambda: datetime.now(UTC))\n"
    code += "loaded = {'app.project.model.ask', 'app.project.model.foreign'} & set(sys.modules)\n"
    ran = subprocess.run([sys.executable, "-c", code + "sys.exit(str(loaded) if loaded else 0)"], check=False,
                         capture_output=True, text=True, cwd=ASSAY)  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
