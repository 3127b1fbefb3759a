"""Sources that are read: their kinds, and what nobody should be able to break."""

import json
from subprocess import run

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from projects import MakeProject

from app.deployments.environ_dump import is_dump, read_dump
from app.deployments.kubernetes.manifest_reading import read_manifests
from app.deployments.nodes import at, entries
from app.deployments.source_kinds import kind_of
from app.deployments.yaml_reading import BrokenYamlError, parse


@pytest.mark.parametrize(
    ("text", "file", "kind"),
    [
        ("A=1\nB=2\n", "dump.txt", "dump"),
        ("A=1\0B=2\0", "environ", "dump"),
        ('apiVersion: v1\nkind: Pod\nmore: "a\0b"\n', "pod.yaml", "kubernetes"),
        ('{"A": "1"}', "dump.json", "dump"),
        ('["A=1"]', "dump.json", "dump"),
        ('[{"Config": {"Env": ["A=1"]}}]', "inspect.json", "dump"),
        ("A='1'\n", ".env.production", "dotenv"),
        ("A=1\n", "deploy/orders.env", "dotenv"),
        ('{"apiVersion": "v1", "kind": "Pod"}', "pod.json", "kubernetes"),
        ("apiVersion: v1\nkind: Pod\n", "pod.yaml", "kubernetes"),
        ("services: {}\n", "compose.yaml", "compose"),
        ("x-a: {}\nservices:\n  api:\n    logging: { options: { tag: '{{.Name}}' } }\n", "compose.yaml", "compose"),
        ("kind: Pod\napiVersion: v1\n", "pod.yaml", "kubernetes"),
        ("{{- if .Values.services }}\n", "pod.yaml", "kubernetes"),
        ("just words\n", "x.txt", None),
    ],
)
def test_the_kind_is_told_by_the_content(text: str, file: str, kind: str | None) -> None:
    assert kind_of(text, file) == kind


names = st.from_regex(r"[A-Z_][A-Z0-9_]{0,5}", fullmatch=True)
pairs = st.dictionaries(names, st.text(st.characters(exclude_categories=("C",)), max_size=9))


@given(pairs.filter(bool))
def test_a_dump_says_what_the_process_had(environ: dict[str, str]) -> None:
    ended = "".join(f"{name}={value}\0" for name, value in environ.items())
    for text in (ended, json.dumps(environ)):
        assert is_dump(text)
        assert {one.name: one.value for one in read_dump(text, "-")} == environ


texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)


@pytest.mark.parametrize("shell", [("bash", "-c"), ("bash", "--posix", "-c"), ("dash", "-c")])
@settings(max_examples=40)
@example(environ={"A": "\r\n"})
@given(environ=st.dictionaries(names, st.one_of(texts, st.text("a=\n'\"\\$`!# é", max_size=9)), min_size=1))
def test_what_a_shell_exports_is_what_it_had(shell: tuple[str, ...], environ: dict[str, str]) -> None:
    given_names = {f"X_{name}": value for name, value in environ.items()}
    said = run([*shell, "declare -x 2>/dev/null || export -p"], env=given_names, capture_output=True, check=True)
    text = said.stdout.decode()
    assert is_dump(text)
    assert {one.name: one.value for one in read_dump(text, "-") if one.name.startswith("X_")} == given_names


@pytest.mark.parametrize("word", ['"$B"', "$(cat key)", '"open', "a b", "x; y"])
def test_what_only_a_shell_knows_is_supplied(word: str) -> None:
    found = read_dump(f"export A={word}\nexport B='b'\n", "-")
    assert [(one.name, one.value) for one in found] == [("A", None), ("B", "b")]


def test_a_name_alone_is_no_part_of_the_value_before_it() -> None:
    text = 'declare -x A="1"\ndeclare -x OLDPWD\ndeclare -rx B="2"\n'
    assert [(one.name, one.value) for one in read_dump(text, "-")] == [("A", "1"), ("B", "2")]


def test_a_value_of_several_lines_stays_one() -> None:
    found = read_dump("A=1\nKEY=-----BEGIN\n\nmiddle\nB=2\n", "-")
    assert [(one.name, one.value, one.origin.span.line) for one in found] == [  # type: ignore[union-attr]
        ("A", "1", 1), ("KEY", "-----BEGIN\n\nmiddle", 2), ("B", "2", 5)]  # fmt: skip


BOMBS = {
    "lists of lists": "l0: &l0 x\n" + "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 60)),
    "merge keys": "l0: &l0 { k0: x }\n"
    + "\n".join(f"l{n}: &l{n} {{ <<: [{', '.join([f'*l{n - 1}'] * 9)}], k{n}: x }}" for n in range(1, 60)),
    "one long text": f"a: &a {'x' * 400_000}\nb: [{'*a, ' * 100}]",
    "one large table": f"a: &a {{ {', '.join(f'k{n}: x' for n in range(5000))} }}\nb: [{'*a, ' * 200}]",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_aliases_that_repeat_more_than_the_limit_are_refused(bomb: str) -> None:
    with pytest.raises(BrokenYamlError, match="more than 1000000 values"):
        list(parse(BOMBS[bomb]))


def test_directives_that_are_held_against_each_other_are_few() -> None:
    (root,) = parse("%TAG ! a\n%TAG !b! b\n---\na: x\n")
    assert at(root, "a") is not None
    tags = "".join(f"%TAG !a{n}! b\n" for n in range(100_000))
    with pytest.raises(BrokenYamlError, match="more than 50 %TAG directives"):
        list(parse(f"{tags}---\na: x\n"))


def test_what_the_aliases_of_all_documents_of_a_file_repeat_is_counted_together() -> None:
    one = f"---\nkind: ConfigMap\na: &a {{ {', '.join(f'k{n}: x' for n in range(1000))} }}\nb: [{'*a, ' * 100}]\n"
    (fault,) = read_manifests({"a.yaml": one * 6}, ()).faults
    assert "more than 1000000 values" in fault.message
    assert read_manifests({f"{n}.yaml": one for n in range(6)}, ()).faults == ()


def test_merge_keys_that_merge_each_other_are_followed_once() -> None:
    levels = "\n".join(f"l{n}: &l{n} {{ <<: [*l{n - 1}, *l{n - 1}], k{n}: x }}" for n in range(1, 13))
    (root,) = parse(f"l0: &l0 {{ k0: x }}\n{levels}\n")
    assert list(entries(at(root, "l12"))) == [f"k{n}" for n in range(13)]
    assert at(root, "l12", "k0") is not None


@pytest.mark.parametrize("text", ["a: &a { x: 1, <<: *a }\n", "a: &a [[*a]]\n"])
def test_what_holds_itself_is_refused(text: str) -> None:
    with pytest.raises(BrokenYamlError, match="stands in what it refers to"):
        list(parse(text))


SHARED = {
    "compose.yaml": "x: &c {{ {} }}\nservices:\n{}",
    "orders.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: c }}\ndata: {{ {} }}\n---\n"
    "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n{}",
}
STARTED = {
    "compose.yaml": "  s{}: {{ environment: *c }}\n",
    "orders.yaml": "  - {{ name: s{}, envFrom: [{{ configMapRef: {{ name: c }} }}] }}\n",
}


@pytest.mark.parametrize("file", SHARED)
def test_what_thousands_of_processes_share_is_not_written_out_for_each(file: str, project: MakeProject) -> None:
    shared = ", ".join(f"ORDERS_K{n}: x" for n in range(500))
    started = "".join(STARTED[file].format(n) for n in range(500))
    options = f'envvar_prefix = "ORDERS"\n[deployments]\nproduction = {{ path = "{file}"'
    made = project({"settings.toml": "[production]\n", file: SHARED[file].format(shared, started)})
    made.write({"assay.toml": f"{options} }}\n"})
    (found,) = made.assay("check", "--format", "json").json["findings"]
    assert found["rule"] == "DEP009"
    assert "more than 200000 variables" in found["message"]
    assert "container = …" in found["fix"]
    made.write({"assay.toml": f'{options}, container = "s7" }}\n'})
    assert made.assay("check", "--format", "json").json["findings"] == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: [", "did not find"),
        ("a:\n\tb: c\n", "cannot start any token"),
        ("[" * 100_000, "deeper"),
        ("a: *nobody\n", "no anchor"),
        ("a: \x07\n", "characters"),
        ("\n".join(" " * n + "a:" for n in range(500)), "deeper"),
    ],
)
def test_what_is_no_yaml_is_told_with_its_place(text: str, reason: str) -> None:
    with pytest.raises(BrokenYamlError, match=reason) as caught:
        list(parse(text, 5))
    assert caught.value.line >= 5


def test_no_message_repeats_what_stands_in_the_file() -> None:
    with pytest.raises(BrokenYamlError) as caught:
        list(parse("a: 'canary\nb: 'canary'x\n"))
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    "line", ["name: {{ .Values.name }}", "{{- if .Values.on }}\nname: a\n{{- end }}", 'name: "{{ .Release.Name }}-a"']
)
def test_a_template_is_to_be_rendered_first(line: str) -> None:
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  {line}\n"
    (fault,) = read_manifests({"a.yaml": text}, ()).faults
    assert (fault.rule, fault.hides, fault.origin.span.line) == ("DEP009", "is a template", 4)  # type: ignore[union-attr]
    assert "helm template" in fault.fix


@pytest.mark.parametrize(
    "line",
    ["name: {{ include 'a' . }}", "{% if on %}\nname: a\n{% endif %}", "name: {{ name }}", "name: a{{ if\n'",
     "labels: { a: [ {{ name }} ] }"],
)  # fmt: skip
def test_a_template_of_another_tool_is_one_too(line: str) -> None:
    (fault,) = read_manifests({"a.yaml": f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  {line}\n"}, ()).faults
    assert fault.hides == "is a template"


@pytest.mark.parametrize(
    "data",
    [
        "text: '{{ range .Alerts }}{{ .Labels }}{{ end }}'",
        'text: |\n    {{ define "a" }}\n    x: {{ .y }}\n    {{ end }}',
        'text: "{{ .Name }}"',
    ],
)
def test_what_a_rendered_manifest_holds_for_other_programs_is_no_template(data: str) -> None:
    found = read_manifests(
        {"a.yaml": f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: a }}\ndata:\n  {data}\n"}, ()
    )
    assert found.faults == ()
    assert [one.held.keys() for one in found.documents] == [{"text"}]


TABLE = ", ".join(f"ORDERS_K{n}: x" for n in range(4000))
SERVICES = "".join(f"  s{n}: {{}}\n" for n in range(4000))
LINES = "".join(f"ORDERS_K{n}=x\n" for n in range(4000))
POD = "apiVersion: v1\nkind: Pod\nmetadata: {{ name: a }}\nspec: {{ containers: [{{ name: a, {} }}] }}\n---\n"
GROWN = {
    "extends": {"compose.yaml": f"services:\n  base: {{ environment: {{ {TABLE} }} }}\n"
                + "".join(f"  s{n}: {{ extends: base }}\n" for n in range(4000))},
    "include": {"compose.yaml": f"include: [{{ path: [{'a.yaml, ' * 4000}] }}]\nservices: {{}}\n",
                "a.yaml": f"services:\n{SERVICES}"},
    "includes": {"compose.yaml": f"include: [{'a.yaml, ' * 900}]\nservices: {{}}\n",
                 "a.yaml": f"services:\n{SERVICES}"},
    "include with variables": {
        "compose.yaml": f"include: [{{ path: a.yaml, env_file: [{'a.env, ' * 4000}] }}]\nservices: {{}}\n",
        "a.yaml": "services: {}\n", "a.env": LINES},
    "spellings of a file": {
        "compose.yaml": f"services: {{ a: {{ env_file: [{', '.join(f'x{n}/../a.env' for n in range(4000))}] }} }}\n",
        "a.env": LINES},
    "envFrom": {"k.yaml": POD.format(f"envFrom: [{'{ configMapRef: { name: c } }, ' * 4000}]")
                + f"kind: ConfigMap\nmetadata: {{ name: c }}\ndata: {{ {TABLE} }}\n"},
    "patches": {"k.yaml": POD.format("image: b, env: [{ name: ORDERS_A, value: x }]") * 500
                + POD.format("env: [{ name: ORDERS_A, value: x }]") * 500},
}  # fmt: skip
"""What is written once and used again and again."""


@pytest.mark.parametrize("shape", GROWN)
def test_what_grows_with_each_use_is_given_up_before_it_fills_the_memory(shape: str, project: MakeProject) -> None:
    made = project({"settings.toml": "[production]\n", **GROWN[shape]})
    (file, *_) = GROWN[shape]
    made.write({"assay.toml": f'envvar_prefix = "ORDERS"\n[deployments]\nproduction = "{file}"\n'})
    found = made.assay("check", "production", "--format", "json").json["findings"]
    assert any("more than 200000 variables" in one["message"] for one in found)


def test_a_file_that_units_name_again_and_again_is_read_once(project: MakeProject) -> None:
    unit = "[Container]\n" + "EnvironmentFile=./near.env\n" * 4000
    made = project({"settings.toml": "[production]\n", "a.container": unit, "near.env": LINES})
    made.write({"assay.toml": 'envvar_prefix = "ORDERS"\n[deployments]\nproduction = "a.container"\n'})
    assert made.assay("check", "production", "--format", "json").json["findings"] == []


def test_sources_beyond_the_limit_are_told_and_one_that_is_named_again_counts_once(project: MakeProject) -> None:
    made = project({"settings.toml": "[production]\n", **{f"{n}.env": "A=1\n" for n in range(1001)}})
    options = 'envvar_prefix = "ORDERS"\n[deployments]\nproduction = [{}]\n'
    made.write({"assay.toml": options.format('"1.env", ' * 5000)})
    assert made.assay("check", "production", "--format", "json").json["findings"] == []
    made.write({"assay.toml": options.format('"*.env"')})
    found = made.assay("check", "production", "--format", "json").json["findings"]
    assert any("beyond 1000 files" in one["message"] for one in found)
