"""A plan for pull requests: what others have written stays letters, and a comment keeps to its limit."""

import json
import os
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from histories import SECRET_POD, history, write
from projects import MakeProject, ProjectFolder, Ran

from app.formats.plan_markdown import LIMIT, MARKER

NASTY = [
    "`code` ``` and ````", "</details></table><script>alert(1)</script>", "@octocat and @team/all", "#123 GH-4 a/b#5",
    "[link](https://evil.example) https://evil.example www.evil.example", "a|b\\|c", "<!-- -->", "\u202egnp.exe",
    "a\n\n# heading\n\n| x |", "&lt;b&gt; &#64;octocat", "**bold** _x_ ~~y~~ $x$ :tada:", "<img src=x onerror=y>",
]  # fmt: skip


class Text(HTMLParser):
    """The elements of a comment, and the text that stands in no `<code>`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.outside, self.inside = "", list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in {"details", "summary", "table", "tr", "th", "td", "code", "b", "p", "br"}, tag
        assert all(name == "open" for name, _ in attrs)
        if tag != "br":
            self.open.append(tag)
        if tag == "code":
            self.inside.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "code" in self.open:
            self.inside[-1] += data
        else:
            self.outside += data


def read(comment: str) -> Text:
    """The comment as a browser reads it, once Markdown has left its HTML blocks alone."""
    assert comment.startswith(f"{MARKER}\n")
    text = Text()
    text.feed(comment.removeprefix(MARKER))
    assert text.open == []
    for block in re.findall(r"<details.*?</details>", comment, re.DOTALL):
        assert "\n\n" not in block
    return text


@pytest.fixture
def changed(project: MakeProject) -> ProjectFolder:
    orders = project({})
    history(orders.root, {"settings.toml": "[default]\nport = 1\n[production]\ndebug = false\n"})
    return orders


def planned(orders: ProjectFolder, *arguments: str) -> Ran:
    return orders.assay("plan", *arguments, PATH=os.environ["PATH"])


def test_whatever_others_have_written_stays_letters(changed: ProjectFolder) -> None:
    def toml(text: str) -> str:
        return json.dumps(text).replace("\x7f", "\\u007f")

    lines = [f"{toml(f'k{number} {text}')} = {toml(text)}" for number, text in enumerate(NASTY)]
    profile = "\n".join(["[default]", *lines, '["@octocat </td>"]', "a = 1", "[production]", "debug = true"])
    write(changed.root, {"settings.toml": profile, "settings/`a` @octocat.toml": ""})
    text = read(planned(changed, "--format", "markdown").out)
    for letters in ("@", "http", "www", "#1", "evil", "alert", "octocat", "GH-4", "\u202e"):
        assert letters not in text.outside.removeprefix("\n###")
    assert json.dumps(NASTY[1]) in text.inside
    assert any("\\u202e" in inside for inside in text.inside)


def test_the_verdict_stands_first_and_what_every_environment_has_once(changed: ProjectFolder) -> None:
    write(changed.root, {"settings.toml": "[default]\nport = 2\n[production]\ndebug = true\n"})
    comment = planned(changed, "--format", "markdown").out
    assert comment.splitlines()[1] == "### Settings: 3 values change in 2 of 2 environments; 1 new error"
    assert comment.count("<code>port</code>") == 1
    assert "APP001" in comment


def test_a_large_change_keeps_to_the_limit_and_counts_the_rest(changed: ProjectFolder) -> None:
    values = "".join(f"key_{number} = '{'x' * 60}'\n" for number in range(2500))
    write(changed.root, {"settings.toml": f"[default]\nport = 1\n{values}[production]\ndebug = false\nkey_1 = 1\n"})
    comment = planned(changed, "--format", "markdown").out
    assert len(comment) <= LIMIT
    read(comment)
    rest = re.search(r"Not shown, since a comment holds no more: (\d+) values", comment)
    assert rest
    assert int(rest[1]) + comment.count("<tr><td><code>key&#95;") == 2501
    keys = {f"key_{number}" for number in range(2500)}
    assert set(re.findall(r"^\+ (key_\d+)  in ", planned(changed).out, re.MULTILINE)) == keys
    for one in planned(changed, "--format", "json").json["environments"]:
        assert {change["key"] for change in one["changes"]} >= keys


def test_what_a_deployment_supplies_is_told_with_its_source(project: MakeProject) -> None:
    orders = project({})
    options = 'known_environments = ["production"]\ndeployments = { production = "pod.yaml" }\n'
    files = {"assay.toml": options, "settings.toml": "[default]\na = 0\n", "pod.yaml": SECRET_POD}
    first, second = history(orders.root, files, {"pod.yaml": SECRET_POD.replace("one", "two")})
    told = planned(orders, f"{first}..{second}").out
    assert told.splitlines()[0].endswith(": no value changes in 2 environments; no new finding")
    place = "token in production: DYNACONF_TOKEN in pod.yaml:8:87"
    assert f"deferred now: {place} (secret orders-two, key token)" in told
    assert f"deferred no more: {place} (secret orders-one, key token)" in told
    comment = planned(orders, f"{first}..{second}", "--format", "markdown").out
    assert "secret orders-two" in comment


def test_environments_that_only_have_findings_are_not_counted_as_changed(project: MakeProject) -> None:
    orders = project({})
    broken = {"settings.toml": "[default]\nport = 1\n[production\n"}
    files = {"settings.toml": "[default]\nport = 1\n[production]\ndebug = false\n"}
    first, second = history(orders.root, files, broken)
    told = planned(orders, f"{first}..{second}").out
    assert "no value changes in 2 environments; 1 new error" in told.splitlines()[0]


def test_annotations_and_code_scanning_are_told_what_is_new_alone(changed: ProjectFolder) -> None:
    write(changed.root, {"settings.toml": "[default]\nport = 1\ntoken = 'x'\n[production]\ndebug = false\n"})
    history_of = planned(changed, "--format", "json").json
    new = [one["rule"] for part in (history_of, *history_of["environments"]) for one in part["findings"]["new"]]
    assert new
    results = planned(changed, "--format", "sarif").json["runs"][0]["results"]
    assert sorted(one["ruleId"] for one in results) == sorted(new)
    assert len(planned(changed, "--format", "github").out.splitlines()) <= len(new)
    assert planned(changed, "HEAD..HEAD", "--format", "github").out == ""


def test_a_plan_of_two_commits_names_who_wrote_the_line(project: MakeProject) -> None:
    orders = project({})
    ids = history(orders.root, {"settings.toml": "[default]\na = 1\n\n[production]\nb = 1\n"},
                  {"settings.toml": "[default]\na = 2\n\n[production]\nb = 1\n"},
                  {"settings.toml": "# later\n[default]\na = 2\n\n[production]\nb = 1\nc = 3\n"})  # fmt: skip
    found = planned(orders, f"{ids[0]}..{ids[2]}", "--only", "production", "--format", "json").json
    told = {change["key"]: change["right"]["origin"]["commit"] for change in found["environments"][0]["changes"]}
    assert {key: commit["id"] for key, commit in told.items()} == {"a": ids[1], "c": ids[2]}
    assert told["a"] == {"id": ids[1], "author": "Ada", "date": "2026-06-01T12:00:00+00:00", "subject": "step 1"}
    write(orders.root, {"settings.toml": "\n\n[default]\na = 2\n\n[production]\nb = 1\nc = 4\n"})
    there = planned(orders, ids[0], "--only", "production", "--format", "json").json["environments"][0]["changes"]
    assert {one["key"]: one["right"]["origin"].get("commit", {}).get("id") for one in there} == {"a": ids[1], "c": None}
    quiet = planned(orders, ids[0], "--no-blame", "--format", "json").out
    assert '"commit":{' not in quiet


POD = """\
apiVersion: v1
kind: Pod
metadata: { name: orders }
spec:
  containers:
    - name: api
      env:
        - { name: ENV_FOR_DYNACONF, value: production }
        - { name: DYNACONF_A, value: "1" }
        - { name: DYNACONF_B, value: "1" }
"""


def test_the_line_of_a_manifest_that_wins_has_its_commit(project: MakeProject) -> None:
    orders = project({})
    options = 'known_environments = ["production"]\ndeployments = { production = "pod.yaml" }\n'
    files = {"assay.toml": options, "settings.toml": "[default]\na = 0\n", "pod.yaml": POD}
    first, second = history(orders.root, files, {"pod.yaml": POD.replace('A, value: "1"', 'A, value: "2"')})
    (change,) = planned(orders, f"{first}..{second}", "--format", "json").json["environments"][0]["changes"]
    assert (change["key"], change["right"]["origin"]["line"]) == ("a", 9)
    assert change["right"]["origin"]["commit"]["id"] == second
    write(orders.root, {"pod.yaml": "# new\n" + POD.replace('A, value: "1"', 'A, value: "2"')})
    path = os.environ["PATH"]
    told = {
        key: _origin(orders.assay("explain", key, "--env", "production", "--format", "json", PATH=path)) for key in "ab"
    }
    assert {key: origin["commit"]["id"] for key, origin in told.items()} == {"a": second, "b": first}
    said = orders.assay("explain", "a", "--env", "production", PATH=path).out
    assert f"written by Ada, 2026-06-01: step 1 ({second[:10]})" in said


def _origin(ran: Ran) -> dict[str, Any]:
    return dict(ran.json["leaves"][0]["origin"])


def test_an_explanation_tells_who_wrote_the_line_that_wins(project: MakeProject) -> None:
    orders = project({})
    ids = history(
        orders.root, {"settings.toml": "[default]\na = 1\nb = 1\n"}, {"settings.toml": "[default]\na = 2\nb = 1\n"}
    )
    write(orders.root, {"settings.toml": "# new\n[default]\na = 2\nb = 1\nc = 1\n"})
    path = os.environ["PATH"]
    told = {
        key: orders.assay("explain", key, "--format", "json", PATH=path).json["leaves"][0]["origin"] for key in "abc"
    }
    assert {key: origin.get("commit", {}).get("id") for key, origin in told.items()} == {
        "a": ids[1],
        "b": ids[0],
        "c": None,
    }
    assert f"written by Ada, 2026-06-01: step 1 ({ids[1][:10]})" in orders.assay("explain", "a", PATH=path).out
