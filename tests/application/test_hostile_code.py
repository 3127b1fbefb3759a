"""Code that was written to keep its reader busy, to fill its memory, or to have a secret told."""

from itertools import pairwise

import pytest
from projects import MakeProject

from app.core import limits

SETTINGS = '[default]\npassword = "Tr0ub4dor-canary"\ngreeting = "@format {this.password}"\n[production]\nport = 1\n'
SETTINGS += '[[default.accounts]]\npassword = "Tr0ub4dor-canary"\n'
CALL = 'settings_files=["settings.toml"], environments=True'


def _doubling(first: str, line: str) -> str:
    """Names that each stand for the one before several times."""
    return first + "".join(line.replace("B", f"A{n + 1}").replace("A_", f"A{n}") + "\n" for n in range(28))


@pytest.mark.parametrize(
    "before",
    [
        _doubling("A0 = 'x'\n", "B = A_ and A_ and A_ and A_"),
        _doubling("A0 = 'x'\n", "B = [A_, A_, A_, A_]"),
        _doubling("A0 = f()\n", "B = [A_, A_, A_, A_]"),
        _doubling("A0 = 0x" + "f" * 4000 + "\n", "B = A_ * A_"),
        _doubling("A0 = 'xxxxxxxxxxxxxxxx'\n", "B = A_.replace('x', A_)"),
    ],
    ids=["and", "lists", "unknown", "numbers", "texts"],
)
def test_names_that_double_what_they_stand_for_are_given_up(project: MakeProject, before: str) -> None:
    made = project(
        {"settings.toml": SETTINGS, "config.py": f"from dynaconf import Dynaconf\n{before}s = Dynaconf({CALL}, x=A28)"}
    )
    assert made.assay("show", "production").status == 0


def test_classes_that_inherit_a_hundredfold_are_asked_once(project: MakeProject) -> None:
    classes = "".join(f"class {new}({', '.join([old] * 60)}): pass\n" for old, new in pairwise("ABCDEFGHI"))
    made = project({"settings.toml": SETTINGS, "config.py": f"from x import A\n{classes}s = I({CALL})"})
    assert made.assay("check").status in {0, 1}


def test_values_that_nobody_can_write_down_are_the_codes_own(project: MakeProject) -> None:
    odd = f"x='\\ud800', y=0x{'f' * 10000}, z=b'\\xff', w=1j, v=...".replace("'", '"')
    made = project(
        {"settings.toml": SETTINGS, "config.py": f"from dynaconf import Dynaconf\ns = Dynaconf({CALL}, {odd})"}
    )
    for arguments in (["show", "production"], ["check", "--format", "json"], ["check", "--format", "github"]):
        assert made.assay(*arguments).status in {0, 1}


@pytest.mark.parametrize(
    "argument",
    [
        '**load(password="Tr0ub4dor-canary")',
        'root_path=load({"api_key": "Tr0ub4dor-canary"})',
        'env=environ.get("PASSWORD", "Tr0ub4dor-canary")',
        'validators=[Validator("PASSWORD", default=f()("Tr0ub4dor-canary"))]',
        'validators=[Validator("NAME", condition=lambda _: password == "Tr0ub4dor-canary")]',
        'validators=[Validator("GREETING", len_max=3)]',
        'validators=[Validator("GREETING", cast=int)]',
        'validators=[Validator("ACCOUNTS", items_validators=[Validator("password", len_min=50)])]',
        'validators=[Validator("ACCOUNTS", items_validators=[Validator(len_min=50)])]',
    ],
)
def test_what_the_code_says_of_a_secret_is_not_told(project: MakeProject, argument: str) -> None:
    code = f"from dynaconf import Dynaconf, Validator\ns = Dynaconf({CALL}, {argument})"
    made = project({"settings.toml": SETTINGS, "config.py": code})
    for arguments in (["check"], ["check", "--format", "sarif"], ["show", "production"], ["init"]):
        ran = made.assay(*arguments)
        assert ran.status in {0, 1, 2}
        assert "Tr0ub4dor" not in ran.out + ran.err, arguments


@pytest.mark.parametrize("how", ["written", "named", "registered"])
def test_thousands_of_validators_are_judged(project: MakeProject, how: str) -> None:
    listed = [f'Validator("KEY{number}", ne=1)' for number in range(1500)] + ['Validator("PORT", gt=1)']
    behind = "".join(f"s.validators.register({one})\n" for one in listed) + "s.validators.validate()\n"
    text = {
        "written": f"s = Dynaconf({CALL}, validators=[{', '.join(listed)}])",
        "named": f"ALL = [{', '.join(listed)}]\ns = Dynaconf({CALL}, validators=ALL)",
        "registered": f"s = Dynaconf({CALL})\n{behind}",
    }[how]
    made = project({"settings.toml": SETTINGS, "config.py": f"from dynaconf import Dynaconf, Validator\n{text}"})
    findings = made.assay("check", "production", "--format", "json").json["environments"][0]["findings"]
    assert [(one["rule"], one["key"]) for one in findings if one["rule"].startswith("VAL")] == [("VAL001", "port")]


def test_validators_that_nobody_can_work_out_are_no_green(project: MakeProject) -> None:
    names = "".join(f"A{number + 1} = [{f'*A{number}, ' * 9}]\n" for number in range(9))
    code = (
        f"from dynaconf import Dynaconf, Validator\nA0 = [Validator('B')]\n{names}s = Dynaconf({CALL}, validators=A9)"
    )
    ran = project({"settings.toml": SETTINGS, "config.py": code}).assay("check", "production", "--format", "json")
    assert [one["severity"] for one in ran.json["findings"] if "not judged" in one["message"]] == ["error"]
    assert ran.status == 1


def test_of_too_many_validators_it_is_told_that_some_are_not_judged(project: MakeProject) -> None:
    listed = ", ".join(["Validator('A')"] * (limits.VALIDATORS.figure + 1))
    code = f"from dynaconf import Dynaconf, Validator\ns = Dynaconf({CALL}, validators=[{listed}])"
    demands = project({"settings.toml": SETTINGS, "config.py": code}).workspace().project.demands
    assert (len(demands.validators), demands.given_up) == (limits.VALIDATORS.figure, True)


USE = "from config import settings\n"
MULTIPLIED = {
    "names of one import": {
        "use.py": "".join(f"from config import settings as s{n}\n" for n in range(5000)) + "def f():\n    s1.port\n"
    },
    "names that import each other": {
        **{f"m{n}.py": f"from m{n + 1} import s{n + 1} as s{n}\n" for n in range(200)},
        "m200.py": "from config import settings as s200\n",
        "use.py": "from m0 import s0\ndef f():\n    return s0.port\n",
    },
    "fixtures of fixtures": {
        "conftest.py": f"import pytest\n{USE}@pytest.fixture\ndef f1000():\n    return settings\n"
        + "".join(f"@pytest.fixture\ndef f{n}(f{n + 1}):\n    return f{n + 1}\n" for n in range(1000)),
        "test_it.py": "def test_it(f0):\n    f0.port\n",
    },
    "fixtures in a circle": {
        "conftest.py": "import pytest\n@pytest.fixture\ndef settings(settings):\n    return settings\n"
        "@pytest.fixture\ndef a(b):\n    return b\n@pytest.fixture\ndef b(a):\n    return a\n",
        "test_it.py": "def test_it(settings, a):\n    return settings.port, a.port\n",
    },
    "a line of megabytes": {"use.py": f"{USE}x = [{'settings.port, ' * 200_000}]\n"},
}


@pytest.mark.parametrize("files", MULTIPLIED.values(), ids=MULTIPLIED)
def test_what_is_read_of_settings_is_found_in_time_however_often_it_is_handed_on(
    project: MakeProject, files: dict[str, str]
) -> None:
    code = f"from dynaconf import Dynaconf\nsettings = Dynaconf({CALL})\n"
    made = project({"settings.toml": SETTINGS, "config.py": code, **files})
    assert made.assay("usage").status == 0
