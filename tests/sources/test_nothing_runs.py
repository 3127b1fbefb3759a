"""A profile is data: whatever it names, nothing of it runs, and no file is read for it."""

import pytest
from projects import MakeProject, ProjectFolder

TRAP = "import pathlib\npathlib.Path(__file__).with_name('RAN').touch()\n"
PROFILE = """\
[default]
shown = "@jinja {{ this.load_file('private.txt') }}{{ cycler.__init__.__globals__.os.system('touch RAN') }}"
private = "@read_file private.txt"
formatted = "@format {env.__class__.__init__.__globals__} {this.__class__.__mro__}"
dynaconf_include = ["plugin.py", "hooks"]
loaders_for_dynaconf = ["loader"]
pythonpath = "."

[production]
dynaconf_hooks = "hooks"
"""


@pytest.fixture
def made(project: MakeProject) -> ProjectFolder:
    code = dict.fromkeys(("plugin.py", "hooks.py", "loader.py", "dynaconf_hooks.py", "settings.py"), TRAP)
    options = 'preload = ["settings.py"]\nincludes = ["plugin.py"]\nsettings_files = ["settings.toml"]\n'
    return project({"assay.toml": options, "settings.toml": PROFILE, "private.txt": "seen-by-nobody", **code})


@pytest.mark.parametrize(
    "command",
    [
        ("check",), ("check", "--format", "json"), ("show", "production"), ("show", "--reveal"), ("explain", "shown"),
        ("diff", "default", "production"), ("matrix",), ("check", "--fix", "--dry-run"), ("schema",), ("init",),
        ("set", "a", "1", "--env", "production", "--dry-run"),
    ],
)  # fmt: skip
def test_no_command_runs_or_reads_what_a_profile_names(made: ProjectFolder, command: tuple[str, ...]) -> None:
    ran = made.assay(*command)
    assert list(made.root.rglob("RAN")) == []
    assert "seen-by-nobody" not in ran.out + ran.err
    assert "<class" not in ran.out + ran.err
    assert ran.status in {0, 1, 2}, ran.err
