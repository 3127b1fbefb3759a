"""The page as the server renders it: what each view shows, without any script."""

import re
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from markup import Element, parsed

PRODUCTION = """\
[production.app]
debug = true
[production.database]
host = "db.example.com"
password = "canary-of-the-page"
"""
FILES = {
    "settings.toml": '[default.app]\nname = "orders"\n[default.database]\nusername = "orders"\nname = "orders"\n',
    "settings/production.toml": PRODUCTION,
}
LINE = "# settings/production.toml, in place of line 2, in [production.app]:"
VIEWS = ("/", "/?view=matrix", "/?view=findings", "/?view=plan", "/?view=database", "/?view=history", "/?view=rule")


async def shown(client: httpx.AsyncClient, path: str, *, status: int = 200) -> Element:
    answer = await client.get(path, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    return parsed(answer.text)


@pytest.mark.parametrize("path", VIEWS)
async def test_every_view_is_a_whole_page_with_one_heading_and_marks_where_one_is(
    own: Any, ask: Any, path: str
) -> None:
    async with ask(own(FILES).root) as client:
        page = await shown(client, path)
    html = page.one("html")
    assert html["lang"] == "en"
    assert html["data-reading"] == "1"
    assert len(page.all("h1")) == 1
    assert page.one("main")["id"] == "main"
    assert "hidden" in page.one("aside", id="panel")
    assert page.one("a", class_="skip")["href"] == "#main"
    current = page.one("nav", aria_label="Views").one("a", aria_current="page")
    assert current["href"] == ("/?view=findings" if path == "/?view=rule" else path)


@pytest.mark.parametrize("path", [*VIEWS, "/?view=matrix&key=app.debug&environment=production", "/?view=matrx"])
async def test_no_view_runs_or_styles_anything_inline_or_asks_another_origin(own: Any, ask: Any, path: str) -> None:
    async with ask(own(FILES).root) as client:
        answer = await client.get(path)
    page = parsed(answer.text)
    assert all(script["src"].startswith("/static/") and not script.text for script in page.all("script"))
    assert page.all("style") == []
    said = {name for element in page.all() for name in element.attributes}
    assert not any(name == "style" or name.startswith("on") for name in said)
    addresses = [element[name] for element in page.all() for name in ("href", "src", "action") if name in element]
    assert addresses
    assert all(re.match(r"/(?!/)|#|\?", address) for address in addresses)
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert (policy["script-src"], policy["style-src"]) == ("'self'", "'self'")


@pytest.mark.parametrize("path", VIEWS)
async def test_the_page_is_never_kept_by_a_cache(own: Any, ask: Any, path: str) -> None:
    async with ask(own(FILES).root) as client:
        assert (await client.get(path)).headers["cache-control"] == "no-store"


async def test_a_card_tells_the_verdict_the_counts_and_what_kind_of_environment_it_is(own: Any, ask: Any) -> None:
    async with ask(own(FILES).root) as client:
        report = (await client.get("/config/validate", params={"environment": "all"})).json()
        page = await shown(client, "/")
    cards = {card["data-environment"]: card for card in page.all("li", class_="card")}
    ranks = {
        one["name"]: (not one["production"], one["valid"], -one["counts"]["error"]) for one in report["environments"]
    }
    assert set(cards) == set(ranks)
    assert [ranks[name] for name in cards] == sorted(ranks.values())
    for one in report["environments"]:
        card = cards[one["name"]]
        assert card.one(class_="verdict").text == ("valid" if one["valid"] else "invalid")
        assert bool(card.all(class_="active")) is one["active"]
        assert bool(card.all(class_="production")) is one["production"]
        assert card.one("code")["title"] == one["fingerprint"]
        told = {element.text for element in card.all(class_="severity")}
        assert len(told) == sum(count > 0 for count in one["counts"].values())
    errors = next(one["counts"]["error"] for one in report["environments"] if one["name"] == "production")
    assert f"{errors} errors" in cards["production"].text


async def test_the_overview_leads_with_the_worst_findings(own: Any, ask: Any) -> None:
    async with ask(own(FILES).root) as client:
        page = await shown(client, "/")
    first = page.all("li", class_="finding")[0]
    assert first.one("span", class_="severity").text == "error"
    assert first.one("a", class_="rule")["href"] == f"/?view=rule&rule={first['data-rule']}"


async def test_the_matrix_shows_every_key_in_every_environment_as_the_document_has_it(own: Any, ask: Any) -> None:
    async with ask(own(FILES).root) as client:
        document = (await client.get("/config/matrix")).json()
        page = await shown(client, "/?view=matrix")
    rows = {row["data-k"]: row for row in page.all("tr") if row["data-k"]}
    assert set(rows) == {row["key"] for row in document["rows"]}
    for table in page.all("div", class_="chunk"):
        assert [th["data-env"] for th in table.all("th") if th["data-env"]] == document["environments"]
    for row in document["rows"]:
        cells = rows[row["key"]].all("td")
        states = [next(iter(cell.classes & {"o", "i", "m"})) for cell in cells]
        assert states == [row["cells"][name]["state"][0] for name in document["environments"]], row["key"]
        assert ("same" in rows[row["key"]].classes) is row["same"]


async def test_cells_tell_own_inherited_missing_secret_and_equal_values_apart(own: Any, ask: Any) -> None:
    async with ask(own(FILES).root) as client:
        page = await shown(client, "/?view=matrix")
    names = [th["data-env"] for th in page.all("div", class_="chunk")[0].all("th") if th["data-env"]]

    def cell(key: str, environment: str) -> tuple[str, set[str]]:
        found = page.one("tr", data_k=key).all("td")[names.index(environment)]
        return found.text, found.classes

    assert cell("database.host", "production") == ("db.example.com", {"o"})
    assert cell("database.host", "testing") == ("—", {"m"})
    assert cell("app.debug", "production") == ("true", {"o", "g1", "error"})
    assert cell("app.debug", "testing") == ("false", {"i", "g0"})
    assert cell("database.password", "production")[0] == "secret, set"
    assert cell("database.password", "testing")[0] == "not set"


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("filter=DB.example", {"database.host"}),
        ("filter=app.na", {"app.name"}),
        ("filter=nothing+has+this", set()),
        ("only=findings&filter=app.debug", {"app.debug"}),
        ("only=differences&filter=app.", {"app.debug"}),
    ],
)
async def test_the_matrix_is_filtered_without_a_script(own: Any, ask: Any, query: str, keys: set[str]) -> None:
    async with ask(own(FILES).root) as client:
        page = await shown(client, f"/?view=matrix&{query}")
    rows = [row for row in page.all("tr") if row["data-k"]]
    assert {row["data-k"] for row in rows if "hidden" not in row} == keys
    assert page.one("p", id="shown").text == f"{len(keys)} of {len(rows)} keys"
    sections = {section["data-section"] for section in page.all("section", class_="keys") if "hidden" not in section}
    assert sections == {key.partition(".")[0] for key in keys}


async def test_a_row_of_the_matrix_leads_to_its_explanation(own: Any, ask: Any) -> None:
    async with ask(own(FILES).root) as client:
        page = await shown(client, "/?view=matrix")
        link = page.one("tr", data_k="app.debug").one("a")["href"]
        explained = await shown(client, link.partition("#")[0])
    assert explained.one("aside").one("h2").text == "Why is app.debug"
    assert explained.one("main")["data-view"] == "matrix"
    assert [row["data-k"] for row in explained.all("tr", aria_current="true")] == ["app.debug"]


async def test_an_explanation_tells_every_layer_lowest_first_with_place_line_and_winner(own: Any, ask: Any) -> None:
    files = {**FILES, "settings.toml": FILES["settings.toml"].replace('"orders"\n[', '"orders"\ndebug = false\n[')}
    async with ask(own(files).root) as client:
        page = await shown(client, "/?view=findings&key=app.debug&environment=production")
    panel = page.one("aside")
    rows = panel.one("table", class_="layers").one("tbody").all("tr")
    assert [row.one("span", class_="place").text for row in rows] == [
        "default of ApplicationSettings",
        "settings.toml:3:1 [default]",
        "settings/production.toml:2:1 [production]",
    ]
    assert [row["class"] for row in rows] == ["shadowed", "shadowed", "winner"]
    assert [row.one("span", class_="role").text for row in rows] == ["shadowed", "shadowed", "wins"]
    assert [row.one("pre").text for row in rows[1:]] == ["3debug = false", "2debug = true"]
    assert panel.one("li", class_="finding")["data-rule"] == "APP001"
    assert panel.one("a", id="share")["href"] == "/?view=findings&environment=production&key=app.debug"
    assert panel.one("a", class_="close")["href"] == "/?view=findings"
    everywhere = {item.one("a").text: item.one("span").text for item in panel.one("ul", class_="everywhere").all("li")}
    assert everywhere == {"development": "false", "testing": "false", "staging": "false", "production": "true"}


async def test_a_table_explains_its_leaves(own: Any, ask: Any) -> None:
    async with ask(own(FILES).root) as client:
        page = await shown(client, "/?view=matrix&key=database.tls&environment=production")
    keys = [section["data-key"] for section in page.one("aside").all("section", class_="leaf")]
    assert "database.tls.mode" in keys


async def test_findings_are_grouped_by_severity_and_rule_with_place_and_fix(own: Any, ask: Any) -> None:
    async with ask(own(FILES).root) as client:
        report = (await client.get("/config/validate", params={"environment": "all"})).json()
        page = await shown(client, "/?view=findings")
    levels = [level.classes - {"level"} for level in page.all("section", class_="level")]
    assert levels == [{"error"}, {"warning"}, {"info"}, set()]  # what is deferred comes last
    told = {one["rule"] for environment in report["environments"] for one in environment["findings"]}
    groups = page.all("section", class_="group")
    assert {group["data-rule"] for group in groups} == told
    debug = page.one("section", data_rule="APP001")
    assert debug.one("a", class_="rule")["href"] == "/?view=rule&rule=APP001"
    item = debug.one("li", class_="finding")
    assert (item["data-key"], item["data-environment"]) == ("app.debug", "production")
    assert item.one("span", class_="place").text == "settings/production.toml:2:1 [production]"
    assert item.one("mark").text == "debug = true"
    assert item.one("p", class_="fix").one("button")["data-copy"] == f"{LINE}\ndebug = false"
    assert [one["data-copy"] for one in item.one("ul", class_="ways").all("button")] == [
        "assay set --env production app.debug false",
        "ASSAY_APP__DEBUG=false",
    ]
    assert item.one("pre", class_="paste").text == f"{LINE} debug = false"


async def test_a_marker_is_written_and_neither_set_nor_a_variable(project: Any, ask: Any) -> None:
    lost = {"settings.toml": "[default.smtp]\nhost = 'a'\nport = 25\n[production.smtp]\nhost = 'b'\n"}
    async with ask(project(lost).root) as client:
        page = await shown(client, "/?view=findings&environment=production")
    item = page.one("section", data_rule="SRC020").one("li", class_="finding")
    assert "dynaconf_merge = true" in item.one("p", class_="fix").one("button")["data-copy"]
    assert not item.all("ul", class_="ways")


async def test_findings_are_narrowed_to_an_environment_and_to_a_rule(own: Any, ask: Any) -> None:
    async with ask(own(FILES).root) as client:
        staging = await shown(client, "/?view=findings&environment=staging")
        one = await shown(client, "/?view=findings&rule=APP001")
    assert {item["data-environment"] for item in staging.all("li", class_="finding")} == {"staging"}
    assert {item["data-rule"] for item in one.all("li", class_="finding")} == {"APP001"}


async def test_a_rule_has_its_page(own: Any, ask: Any) -> None:
    async with ask(own(FILES).root) as client:
        page = await shown(client, "/?view=rule&rule=db002")
    assert page.one("h1").text == "DB002 default-password"
    assert 'password = "postgres"' in page.all("pre")[0].text
    assert page.one("a", href="/?view=findings&rule=DB002").text == "Findings of DB002"


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/?view=matrx", 400, "There is no view 'matrx'. Did you mean 'matrix'?"),
        ("/?veiw=matrix", 400, "The page knows no parameter 'veiw'. Did you mean 'view'?"),
        ("/?view=matrix&only=diferences", 400, "Did you mean 'differences'?"),
        ("/?view=findings&environment=prodction", 404, "Did you mean 'production'?"),
        ("/?view=rule&rule=DB999", 404, "There is no rule 'DB999'."),
        ("/?key=database.hots&environment=production", 404, "Did you mean 'database.host'?"),
        ("/?key=..", 404, "'..' is no key."),
        ("/?view=matrix&filter=" + "x" * 5000, 400, "The parameter 'filter' is too long."),
        ("/?" + "&".join(f"a{number}=1" for number in range(60)), 400, "too many parameters"),
    ],
)
async def test_what_the_address_asks_wrongly_is_told_on_the_page(
    own: Any, ask: Any, path: str, status: int, told: str
) -> None:
    async with ask(own(FILES).root) as client:
        page = await shown(client, path, status=status)
    assert any(told in note.text for note in page.all("p", class_="note"))
    assert page.one("h1").text


async def test_a_fragment_is_the_view_or_the_panel_alone(own: Any, ask: Any) -> None:
    path = "/?view=matrix&key=app.debug&environment=production"
    async with ask(own(FILES).root) as client:
        whole = parsed((await client.get(path)).text)
        main = await client.get(path, headers={"X-Assay-Fragment": "main"})
        panel = await client.get(path, headers={"X-Assay-Fragment": "panel"})
    assert main.text.startswith('<main id="main"')
    assert panel.text.startswith('<aside id="panel"')
    assert parsed(main.text).one("main").text == whole.one("main").text
    assert parsed(panel.text).one("aside").text == whole.one("aside").text
    assert (main.headers["x-assay-reading"], panel.headers["x-assay-reading"]) == ("1", "1")


async def test_a_fragment_about_what_is_gone_is_still_a_fragment(own: Any, ask: Any) -> None:
    async with ask(own(FILES).root) as client:
        answer = await client.get("/?key=nowhere.to.be.seen", headers={"X-Assay-Fragment": "panel"})
    assert answer.status_code == 200
    assert "Not found." in parsed(answer.text).one("aside").text


async def test_the_page_shows_what_changed_on_disk(own: Any, ask: Any) -> None:
    folder = own(FILES)
    async with ask(folder.root) as client:
        before = await shown(client, "/?view=matrix")
        async with client.change():
            folder.write({"settings/production.toml": PRODUCTION.replace("db.example.com", "db2.example.com")})
        after = await shown(client, "/?view=matrix")
    assert "db2.example.com" not in before.one("main").text
    assert "db2.example.com" in after.one("tr", data_k="database.host").text
    assert int(after.one("html")["data-reading"]) > int(before.one("html")["data-reading"])


async def test_a_broken_profile_is_a_finding_and_the_rest_is_shown(own: Any, ask: Any) -> None:
    folder = own(FILES)
    async with ask(folder.root) as client:
        async with client.change():
            folder.write({"settings/staging.toml": "[staging\n"})
        overview = await shown(client, "/")
        matrix = await shown(client, "/?view=matrix")
    assert overview.all("li", class_="finding")[0]["data-rule"] == "SRC002"
    assert matrix.all("tr", data_k="database.host")


async def test_a_project_that_cannot_be_used_is_told_without_a_path_of_the_machine(own: Any, ask: Any) -> None:
    folder = own(FILES)
    home = own(FILES, name="home")
    async with ask(folder.root, home=home.root) as client:
        async with client.change():
            folder.write({"assay.toml": "settings_files = 5\n"})
        for path in ("/", "/?view=matrix", "/?view=findings", "/?key=app.debug"):
            answer = await client.get(path)
            page = parsed(answer.text)
            assert answer.status_code == 503
            assert "cannot use its project" in page.text
            assert str(folder.root) not in answer.text
        assert (await client.get("/?view=database")).status_code == 200


def secretless() -> Mapping[str, str]:
    return {**FILES, "settings/production.toml": PRODUCTION + 'url = "postgresql://u:canary-in-a-url@h/d"\n'}


async def test_no_view_holds_a_secret(own: Any, ask: Any) -> None:
    paths = [
        *VIEWS,
        "/?key=database&environment=production",
        "/?view=matrix&key=database.password&environment=production",
    ]
    async with ask(own(secretless()).root) as client:
        texts = [(await client.get(path)).text for path in paths]
    assert all("canary" not in text for text in texts)
    assert "password = ***" in texts[-1]
