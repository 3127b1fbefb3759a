"""The templates: everything that is put into them is escaped, and a name that is not there is an error."""

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from app.reports.present.moments import ago, lasting
from app.reports.present.wording import clamped, counted
from app.web.page import assets, wording


@cache
def _environment() -> Environment:
    found = Environment(
        loader=PackageLoader("app.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found.filters.update(
        legible=wording.legible,
        line=wording.on_one_line,
        literal=wording.literal,
        place=wording.place,
        authorship=wording.authorship,
        section=wording.section,
        clamped=clamped,
        moment=wording.moment,
        ago=ago,
    )
    found.globals.update(static=_static, lasting=lasting, counted=counted)
    return found


def render(template: str, **shown: Any) -> str:
    """A template with what it shows."""
    return _environment().get_template(template).render(**shown)


def encoded(html: str) -> bytes:
    """The page's bytes; half a character, which a file's name may have, is shown as an escape."""
    return html.encode("utf-8", "backslashreplace")


def _static(name: str) -> str:
    """The address of a file of the page."""
    return f"/static/{name}?v={assets.version()}"
