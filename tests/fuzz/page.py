"""The page of a mutated project: HTML in which nothing of a stranger's is an element, and no secret stands."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

from app.core.errors import AssayError
from app.project.workspace import open_workspace
from app.watching.project_snapshot import ProjectSnapshot
from app.web.page.query import Asked
from app.web.page.reading import PageReading
from app.web.page.rendering import encoded
from app.web.page.views import Facts, main_part, panel_part

from . import promises
from .command import project
from .engine import Target, Try
from .profiles import TARGET as PROFILES

_NOW = datetime(2026, 7, 1, tzinfo=UTC)
_VIEWS = ("overview", "matrix", "findings")
_SEEDS = (
    *PROFILES.seeds,
    b'[default]\n"<script>alert(1)</script>" = "\\"><img src=x onerror=alert(1)>"\n[production]\nx = "\\u202e"\n',
    b'[default."</title>\'"]\nx = \'{{ 7 }}{% raw %}\'\n["pro<b>"]\ndebug = true\n',
)
_WORDS = (*PROFILES.words, b"<script>", b"</script>", b"<img src=x>", b'"><i>', b"&#60;", b"javascript:x", b"'><x y='")
_KNOWN = frozenset(
    [
        "a",
        "article",
        "aside",
        "b",
        "bdi",
        "br",
        "button",
        "caption",
        "code",
        "col",
        "colgroup",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "em",
        "fieldset",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "header",
        "i",
        "input",
        "ins",
        "kbd",
        "label",
        "legend",
        "li",
        "main",
        "mark",
        "meta",
        "nav",
        "noscript",
        "ol",
        "optgroup",
        "option",
        "output",
        "p",
        "path",
        "pre",
        "s",
        "samp",
        "search",
        "section",
        "select",
        "small",
        "span",
        "strong",
        "summary",
        "svg",
        "table",
        "tbody",
        "td",
        "textarea",
        "tfoot",
        "th",
        "thead",
        "time",
        "title",
        "tr",
        "u",
        "ul",
        "use",
        "var",
        "wbr",
    ]
)
"""What templates hold."""


class _Elements(HTMLParser):
    """Refuses what no template holds."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Looks at one element."""
        assert tag in _KNOWN, f"an element <{tag}>"
        for name, value in attrs:
            assert not name.startswith("on"), f"a handler {name} of <{tag}>"
            assert not (value or "").lower().lstrip().startswith("javascript:"), f"a script in {name} of <{tag}>"


def _attempt(root: Path, data: bytes) -> None:
    (root / "settings.toml").write_bytes(data)
    try:
        workspace = open_workspace(root, {})
    except AssayError:
        return
    reading = PageReading(ProjectSnapshot(number=1, mark=(), loaded_at=_NOW, readable=workspace))
    view = _VIEWS[sum(data) % len(_VIEWS)]
    asked = Asked(view=view, key=next(iter(reading.rows), "") if view == "matrix" else "")
    parts = [
        main_part(reading, asked, (), Facts(role="viewer")).html,
        panel_part(reading, asked, None, may_edit=bool(sum(data) % 2)).html,
    ]
    for part in parts:
        text = encoded(part).decode()
        promises.kept(text)
        promises.legible(text)
        elements = _Elements()
        elements.feed(text)
        elements.close()


@contextlib.contextmanager
def opened() -> Iterator[Try]:
    """The parts of the page, without a service."""
    with project("assay.toml", 'settings_files = ["settings.toml", ".secrets.toml"]\nenv = "production"\n') as root:
        yield lambda data: _attempt(root, data)


TARGET = Target(seeds=_SEEDS, words=_WORDS, opened=opened, usual=150)
