"""What stands around every view: whose project it is, who looks at it, and where one can go."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.web.page.query import Asked

_NAMES = {
    "overview": "Overview",
    "matrix": "Matrix",
    "compare": "Compare",
    "findings": "Findings",
    "plan": "Plan",
    "releases": "Releases",
    "instances": "Instances",
    "database": "Database",
    "history": "History",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A way to a view."""

    name: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The frame.

    Attributes:
        project: its name.
        projects: the ways to all projects, where there are several.
        base: what the addresses of answers about the project begin with.
        reading: the number of the reading that is shown.
        caller: who looks.
        role: what they may do.
        csrf: what goes along with whatever they change; empty where nobody has signed in.
        title: what is shown.
        schema: whether the API's description is served.
        views: the ways.
    """

    project: str
    projects: Sequence[View]
    base: str
    reading: int
    caller: str
    role: str
    csrf: str
    title: str
    schema: bool
    views: Sequence[View]


def views(asked: Asked) -> Sequence[View]:
    """The ways from where somebody is; a rule belongs to the findings."""
    here = "findings" if asked.view == "rule" else asked.view
    return [View(name=name, href=asked.at(view=view), current=view == here) for view, name in _NAMES.items()]


def projects(asked: Asked, names: Sequence[str], current: str) -> Sequence[View]:
    """The ways to the same view of each project; none where there is one alone."""
    if len(names) == 1:
        return []
    view = "overview" if asked.view in {"plan", "history", "releases", "instances", "compare"} else asked.view
    return [View(name=name, href=Asked(project=name, view=view).link(), current=name == current) for name in names]


def title(asked: Asked) -> str:
    """The title of a state, for tabs and bookmarks."""
    shown = asked.rule.upper() or "Rules" if asked.view == "rule" else _NAMES[asked.view]
    return " · ".join(part for part in (asked.key, asked.environment, shown) if part)
