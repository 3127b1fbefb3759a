"""`assay init` for projects with a settings class of pydantic-settings, which is found and never imported."""

import tomllib

import pytest
from projects import MakeProject

CLASS = """
from pydantic import BaseModel
from pydantic_settings import BaseSettings, SettingsConfigDict
raise SystemExit("never imported")

class Pool(BaseSettings):
    size: int = 5

class Base(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env")

class Settings(Base):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__", env_file=ENV)
    name: str
    pool: Pool | None = None

class Other(BaseModel):
    name: str
"""


@pytest.mark.parametrize("file", ["shop/config.py", "src/shop/config.py", "shop/config/__init__.py"])
def test_the_outermost_class_is_named_with_its_prefix(project: MakeProject, file: str) -> None:
    shop = project({file: CLASS, "tests/test_it.py": CLASS})
    ran = shop.assay("init")
    assert (ran.status, ran.out) == (0, "wrote assay.toml\n")
    assert tomllib.loads((shop.root / "assay.toml").read_text()) == {
        "schema": "shop.config:Settings", "envvar_prefix": "SHOP", "nested_separator": "__",
    }  # fmt: skip
    assert f"read {file}:12: the class Settings" in ran.err


def test_older_spellings_and_several_classes_are_told(project: MakeProject) -> None:
    older = "from pydantic import BaseSettings\nclass A(BaseSettings):\n    a: int\n    b: int\n    class Config:\n"
    shop = project(
        {
            "a.py": older + "        env_prefix = 'A_'\n",
            "b.py": "import pydantic_settings as p\nclass B(p.BaseSettings):\n    a: int\n",
        }
    )
    ran = shop.assay("init")
    assert tomllib.loads((shop.root / "assay.toml").read_text()) == {"schema": "a:A", "envvar_prefix": "A"}
    assert "not read: b.py:2, another settings class" in ran.err


def test_a_dynaconf_call_counts_before_any_class(project: MakeProject) -> None:
    call = 'from dynaconf import Dynaconf\nsettings = Dynaconf(settings_files=["settings.toml"])\n'
    shop = project({"shop/config.py": CLASS, "conf.py": call, "settings.toml": ""})
    shop.assay("init")
    assert "schema" not in (shop.root / "assay.toml").read_text()


def test_what_is_no_settings_class_is_not_taken(project: MakeProject) -> None:
    ran = project({"a.py": "class BaseSettings: ...\nclass Settings(BaseSettings):\n    a: int\n"}).assay("init")
    assert (ran.status, "No Dynaconf(…) call was found" in ran.err) == (2, True)
