"""The content policy allows inline scripts, `eval`, or sources everywhere.

A policy with `'unsafe-inline'`, `'unsafe-eval'` or a bare `*` stops little of what it is there to stop. Beside a nonce
or a hash, browsers ignore `'unsafe-inline'`, and so does this rule.

Wrong:

    [production.headers]
    content_security_policy = "default-src 'self'; script-src 'self' 'unsafe-inline'"

Right:

    [production.headers]
    content_security_policy = "default-src 'self'; script-src 'self' 'nonce-{nonce}'"
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.layers import Path
from app.core.roles import Role, words
from app.core.tree import Leaf
from app.rules.kit.entries import by_setting
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext

_UNSAFE = ("unsafe-inline", "unsafe-eval", "*")
_NARROWING = ("nonce-", "sha256-", "sha384-", "sha512-", "strict-dynamic")


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Policies, and lists of one directive's sources, that hold an unsafe one."""
    for path, leaves in by_setting(subject.leaves(Role.CONTENT_POLICY)).items():
        found = [(directive, source) for directive, sources in _policy(path, leaves) for source in _unsafe(sources)]
        if found:
            leaf = next((leaf for leaf in leaves if found[0][1] in str(leaf.value)), leaves[0])
            listed = ", ".join(dict.fromkeys(f"{source} in {directive}" for directive, source in found))
            fix = subject.setting(path, value=_instead(path, leaves), says="Name the sources, or use nonces: {}.")
            yield rule.finding(subject, leaf.path, f"{leaf.key} allows {listed}.", fix, leaf=leaf)


def _policy(path: Path, leaves: list[Leaf]) -> Iterator[tuple[str, list[str]]]:
    """The directives that a setting holds, each with its sources, without their quotes."""
    texts = [leaf.value for leaf in leaves if isinstance(leaf.value, str)]
    if _is_directive(path):
        yield str(path[-1]), [source.strip("'") for text in texts for source in text.split()]
        return
    for directive in ";".join(texts).split(";"):
        name, *sources = directive.split() or [""]
        yield name, [source.strip("'") for source in sources]


def _is_directive(path: Path) -> bool:
    """Whether a setting is one directive's sources: `csp.script_src`."""
    return "src" in words(str(path[-1]))


def _unsafe(sources: list[str]) -> list[str]:
    narrowed = any(source.startswith(_NARROWING) for source in sources)
    return [one for one in _UNSAFE if one in sources and not (narrowed and one == "unsafe-inline")]


def _instead(path: Path, leaves: list[Leaf]) -> str | list[str]:
    if not _is_directive(path):
        return "default-src 'self'; object-src 'none'"
    return ["'self'"] if isinstance(leaves[0].path[-1], int) else "'self'"


RULE = Rule(
    id="HDR005",
    name="content-policy-unsafe",
    severity=Severity.WARNING,
    applies_to="production",
    summary="The content policy lets scripts of others run.",
    source="OWASP ASVS 5.0, 3.4.3; Content Security Policy Level 3",
    page=__doc__,
    check=check,
)
