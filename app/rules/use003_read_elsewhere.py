"""A key is set under one name, and read under another close by.

Nothing reads the key that is set, and nothing sets the key that is read: one of the two is misspelled, or stands in
another table. Dynaconf says nothing about it: the code gets its default, or fails where it reads. The names are close
where one word of one part differs by a slip (two letters swapped, one left out, doubled or replaced), or where the name
of a table has a word more (`github`, `github_app`).

Flask and Django read settings themselves, whatever their names: there a key counts as unread where its name is none of
theirs or a known extension's, and only where no environment has the key that is read.

Wrong:

    # config.py
    from dynaconf import Dynaconf

    settings = Dynaconf(environments=True, settings_files=["settings.toml"])

    # cache.py
    from config import settings

    print(settings.redis.prefix, settings.redis.port)

    # settings.toml
    [default.redis]
    perfix = "orders"
    port = 6379

Right:

    # config.py
    from dynaconf import Dynaconf

    settings = Dynaconf(environments=True, settings_files=["settings.toml"])

    # cache.py
    from config import settings

    print(settings.redis.prefix, settings.redis.port)

    # settings.toml
    [default.redis]
    prefix = "orders"
    port = 6379

Comes with: USE002, in production-like environments, where the read has no default.
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.layers import dotted
from app.core.usage.wanting import MissingKey
from app.rules.kit.reading import own_reads
from app.rules.kit.rule import Rule
from app.rules.kit.survey import ProjectContext


def survey(rule: Rule, everything: ProjectContext) -> Iterator[Finding]:
    """Keys that are set in vain, each in every environment that has it."""
    for missing in everything.missing:
        if missing.nearest is not None:
            yield from _findings(rule, everything, missing)


def _findings(rule: Rule, everything: ProjectContext, missing: MissingKey) -> Iterator[Finding]:
    path = missing.nearest or ()
    read = own_reads(missing.reads)[0]
    for name in missing.environments:
        leaf = next(iter(everything.trees[name].below(path)), None)
        if leaf is None:
            continue
        message = f"{dotted(path)} is read by no code; it looks like {missing.key}, read at {read.place}."
        fix = f"Name it {missing.key}, or let the code read {dotted(path)}."
        yield rule.project_finding(message, fix, origin=leaf.origin, key=path, environment=name,
                                   related=(read.origin,))  # fmt: skip


RULE = Rule(
    id="USE003",
    name="read-elsewhere",
    severity=Severity.WARNING,
    applies_to="always",
    summary="A key is set under one name, and read under another close by.",
    source="The application's code",
    page=__doc__,
    survey=survey,
)
