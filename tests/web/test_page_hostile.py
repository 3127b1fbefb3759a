"""Hostile names and values are shown as text, in full where they are explained, and never larger than is bearable."""

from typing import Any

import pytest
from markup import parsed

SCRIPT = "<script>alert(1)</script>"
VALUES = {
    "script": SCRIPT,
    "attribute": '"><img src=x onerror=alert(1)>',
    "entity": "&lt;b&gt;",
    "template": "{{ 7 * 7 }}{% raw %}",
    "turned": "abc \u202e fdp.exe \u2066 x",
    "emoji": "\U0001f984 \U0001f469\u200d\U0001f469\u200d\U0001f467",
    "arabic": "\u0645\u0631\u062d\u0628\u0627",
    "lines": "one\ntwo\r\nthree\tfour",
    "escape": "\x1b[31mred\x07",
    "long": "x" * 10_000,
}


def literal(text: str) -> str:
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\x1b": "\\u001b", "\x07": "\\u0007"}
    return '"' + "".join(escapes.get(letter, letter) for letter in text) + '"'


FILES = {
    "assay.toml": 'env = "production"\nsettings_files = ["settings.toml", "<b>&.toml"]\n',
    "settings.toml": "[default]\n" + "".join(f"{key} = {literal(value)}\n" for key, value in VALUES.items()),
    "<b>&.toml": f'[default."<u>&\\"table"]\n{literal(SCRIPT)} = 1\n"\\u202egnp" = 2\n[production]\ndebug = true\n',
}


@pytest.mark.parametrize(
    "path", ["/?view=matrix", "/?view=findings", "/", *(f"/?view=matrix&key={key}" for key in VALUES)]
)
async def test_no_value_and_no_name_becomes_markup_or_turns_a_line(own: Any, project: Any, ask: Any, path: str) -> None:
    async with ask(project(FILES).root, home=own(name="home").root) as client:
        answer = await client.get(path)
    page = parsed(answer.text)
    assert answer.status_code == 200
    assert {script["src"].partition("?")[0] for script in page.all("script")} <= {"/static/page.js", "/static/theme.js"}
    assert page.all("img") == page.all("u") == []
    assert not any(letter in page.text for letter in ("\u202e", "\u2066", "\x1b", "\x07"))


async def test_a_hostile_value_is_explained_as_what_it_is(own: Any, project: Any, ask: Any) -> None:
    shown = {
        "script": f'"{SCRIPT}"',
        "entity": '"&lt;b&gt;"',
        "template": '"{{ 7 * 7 }}{% raw %}"',
        "turned": "abc \\u202e fdp.exe \\u2066 x",
        "arabic": f'"{VALUES["arabic"]}"',
        "lines": '"one\\ntwo\\r\\nthree\\tfour"',
        "long": VALUES["long"],
    }
    async with ask(project(FILES).root, home=own(name="home").root) as client:
        for key, text in shown.items():
            panel = parsed((await client.get(f"/?key={key}")).text).one("aside")
            assert panel.one("p", class_="value").one("code").text == text


async def test_hostile_keys_have_rows_and_explanations(own: Any, project: Any, ask: Any) -> None:
    async with ask(project(FILES).root, home=own(name="home").root) as client:
        document = (await client.get("/config/matrix")).json()
        page = parsed((await client.get("/?view=matrix")).text)
        rows = {row["data-k"]: row for row in page.all("tr") if row["data-k"]}
        assert set(rows) == {row["key"] for row in document["rows"]}
        for key in rows:
            link = rows[key].one("a")["href"].partition("#")[0]
            panel = parsed((await client.get(link)).text).one("aside")
            assert panel.one("h2").one("bdi").text
            assert "Not found." not in panel.text


async def test_long_values_do_not_make_the_matrix_large(own: Any, project: Any, ask: Any) -> None:
    files = {"settings.toml": "[default]\n" + "".join(f'key_{number} = "{"x" * 10_000}"\n' for number in range(50))}
    files["assay.toml"] = 'known_environments = ["development", "production"]\n'
    async with ask(project(files).root, home=own(name="home").root) as client:
        answer = await client.get("/?view=matrix")
    assert len(answer.content) < 40_000


async def test_two_thousand_keys_by_eight_environments_stay_below_a_megabyte_and_a_half(
    own: Any, project: Any, ask: Any
) -> None:
    names = [f"environment-{number}" for number in range(8)]
    keys = [(f"service{number % 20:02d}", f"setting_number_{number}") for number in range(2000)]
    files = {
        "assay.toml": f"known_environments = {names}\nenv = 'environment-0'\nmerge_enabled = true\n".replace("'", '"')
    }
    for at, name in enumerate(["default", *names]):
        chosen = [(table, key) for number, (table, key) in enumerate(keys) if at == 0 or number % 8 == at - 1]
        lines = [f'{name}.{table}.{key} = "https://value-{at}.example.com"\n' for table, key in chosen]
        files[f"settings/{name}.toml"] = "".join(lines)
    async with ask(project(files).root, home=own(name="home").root) as client:
        answer = await client.get("/?view=matrix")
    page = parsed(answer.text)
    rows = [row for row in page.all("tr") if row["data-k"]]
    assert (len(rows), {len(row.all("td")) for row in rows}) == (2000, {8})
    assert max(len(table.all("tr")) for table in page.all("table")) <= 101
    assert len(answer.content) < 1_500_000


async def test_what_is_copied_is_what_is_seen(own: Any, project: Any, ask: Any) -> None:
    made = project({"settings.toml": '[default]\n"\\u202egnp" = "@upper"\n'})
    async with ask(made.root, home=own(name="home").root) as client:
        page = parsed((await client.get("/?view=findings")).text)
    found = page.all("li", class_="finding")
    copied = [one.one("p", class_="fix").one("button")["data-copy"] for one in found]
    shown = [one.all("pre", class_="paste") or [one.one("p", class_="fix").one("bdi")] for one in found]
    assert [" ".join(text.split()) for text in copied] == [one[0].text for one in shown]
    assert any("\\u202e" in text for text in copied)
