"""What a file says for all environments overrides what an earlier file says for one.

Dynaconf merges file by file, and only inside each file the base section before the environment's own. So the base
section of a later file wins over the environment's section of an earlier one.

Wrong: `settings.toml` is loaded first.

    # settings.toml
    [production]
    port = 80

    # settings/zones.toml
    [default]
    port = 8000

Comes with: SRC017.

Right:

    # settings.toml
    [production]
    port = 80

    # settings/zones.toml
    [default]
    zone = "eu"
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.layers import Path, stem
from app.rules.kit.layering import Setting
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Settings whose highest file says them in a base section, and a lower one in the environment's own."""
    beaten_by = list(_overridden(subject))
    counting = _counting(subject) if beaten_by else frozenset()
    for own, last in beaten_by:
        if (id(own.layer), own.source) not in counting:
            message = (
                f"[{last.layer.section}] of {last.layer.file} overrides [{own.layer.section}] of {own.layer.file}: "
                "a later file wins, whatever its section."
            )
            fix = f"Move it to a file loaded before {own.layer.file}, or say it in [{own.layer.section}] here too."
            yield rule.finding(subject, last.path, message, fix, origin=last.origin, related=(own.origin,))


def _counting(subject: EnvironmentContext) -> frozenset[tuple[int, Path]]:
    """What effective values come from: the layer, and the key in it."""
    return frozenset((id(leaf.layer), stem(leaf.source)) for leaf in (*subject.tree.leaves, *subject.supplied))


def _overridden(subject: EnvironmentContext) -> Iterator[tuple[Setting, Setting]]:
    """What the environment's own section says, and what a base section of a later file does."""
    for said in subject.contested.values():
        files = [one for one in said if one.layer.kind == "file" and one.layer.section is not None]
        last = files[-1] if files else None
        if last is None:
            continue
        beaten = [one for one in files[:-1] if not _is_base(subject, one) and one.layer.file != last.layer.file]
        own = beaten[-1] if beaten and _is_base(subject, last) else None
        if own and not last.equals(own):
            yield own, last


def _is_base(subject: EnvironmentContext, setting: Setting) -> bool:
    return (setting.layer.section or "").lower() in subject.base_sections


RULE = Rule(
    id="SRC015",
    name="default-after-environment",
    severity=Severity.WARNING,
    applies_to="always",
    summary="A base section overrides an environment's own.",
    source="dynaconf.loaders.base.BaseLoader",
    page=__doc__,
    check=check,
)
