"""Production runs with a default that was meant for development: nobody set the value for production.

A base section is where people write what makes the project start on their own machine. A secret that only stands there
is always told. A host, or a URL's, is told where something says that it is meant for development: it is this machine;
a word in its name, or in the database's, says `dev`, `test`, `local`, `staging` or the like; or it is a private address
(`10.…`, `.internal`) and an environment that is not production-like runs with it too. Public hosts that all
environments share (a mail service, an API) are no such default, nor is a plain name such as `db`, which each network
resolves for itself. What XENV001 or XENV002 tell is not told again.

Wrong:

    [default]
    search_url = "https://search.dev.example.com"

    [development]
    debug = true

    [production]
    debug = false

Right:

    [default]
    search_url = "https://search.dev.example.com"

    [development]
    debug = true

    [production]
    debug = false
    search_url = "https://search.example.com"
"""

from collections.abc import Iterator
from ipaddress import ip_address

from app.core import dsn
from app.core.errors import TargetError
from app.core.findings import Finding, Severity
from app.core.roles import Role, words
from app.core.tree import Leaf
from app.rules.kit.comparing import is_base, listed, others, productions, secrets
from app.rules.kit.connections import connections, is_local
from app.rules.kit.known_defaults import is_reference
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.survey import ProjectContext

_URLS = (Role.DSN, Role.URL, Role.BASE_URL)
_WORDS = frozenset({"dev", "devel", "develop", "development", "test", "tests", "testing", "local", "staging", "stage",
                    "stg", "qa", "uat", "sandbox"})  # fmt: skip
_PUBLIC_ENDS = (".dev", ".cluster.local", ".svc")
_PRIVATE_ENDS = (".internal", ".intranet", ".lan", ".corp", ".home", ".localdomain", ".local")
_ANY = frozenset({"0.0.0.0", "::", ""})
"""What a server listens on is no host to reach."""


def survey(rule: Rule, survey: ProjectContext) -> Iterator[Finding]:
    """What production-like environments take from the base section, though it was meant for others."""
    for subject in productions(survey):
        held = [secret.leaf for secret in secrets(subject)]
        for leaf in held:
            if _nobody_set(subject, leaf):
                yield _finding(rule, subject, leaf, "the base section's secret")
        named = {id(leaf): (leaf, hosts) for leaf, hosts in _hosts(subject) if is_base(subject, leaf.layer)}
        for leaf, hosts in (said for mark, said in named.items() if mark not in {id(leaf) for leaf in held}):
            if (why := _why(survey, subject, leaf, hosts)) and _nobody_set(subject, leaf):
                yield _finding(rule, subject, leaf, f"the base section's default, {why}")


def _nobody_set(subject: EnvironmentContext, leaf: Leaf) -> bool:
    """Whether only base sections set it."""
    if not is_base(subject, leaf.layer):
        return False
    return all(said.layer.kind == "default" or is_base(subject, said.layer) for said in subject.tree.said(leaf.path))


def _hosts(subject: EnvironmentContext) -> Iterator[tuple[Leaf, list[str]]]:
    """Every leaf that names servers, with the names; what knows most of a leaf comes last."""
    for leaf in subject.leaves(Role.HOST, *_URLS):
        if is_base(subject, leaf.layer) and isinstance(leaf.value, str) and not is_reference(leaf.value):
            yield leaf, _named(leaf.value) if "://" in leaf.value or "=" in leaf.value else [leaf.value]
    for connection in connections(subject):
        if found := connection.url or connection.leaf("host"):
            name = connection.text("name") if connection.url else None
            yield found, [*connection.hosts, *([name] if name else [])]


def _named(url: str) -> list[str]:
    try:
        return [host for host, _ in dsn.parse(url).hosts]
    except TargetError:
        return []


def _why(survey: ProjectContext, subject: EnvironmentContext, leaf: Leaf, hosts: list[str]) -> str | None:
    """What says that a host is meant for development; None where nothing does."""
    if any(is_local(host) and host not in _ANY for host in hosts):
        return "which is this machine"
    own = {*words(subject.tree.environment)}
    if word := next((word for host in hosts for word in _words(host) if word in _WORDS - own), None):
        return f"whose name says {subject.told(leaf, repr(word))}"
    if any(_is_private(host) for host in hosts):
        names = [other.tree.environment for other in others(survey) if _runs_with(other, leaf)]
        return f"with which {listed(names)} runs too" if names else None
    return None


def _words(host: str) -> Iterator[str]:
    """The words of a host's name; not those by which public or cluster domains end."""
    name = host.lower().rstrip(".")
    end = next((end for end in _PUBLIC_ENDS if name.endswith(end)), "")
    for label in name.removesuffix(end).split("."):
        yield from words(label)


def _is_private(host: str) -> bool:
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        name = host.lower().rstrip(".")
        return name.endswith(_PRIVATE_ENDS) and not name.endswith(_PUBLIC_ENDS)
    return address.is_private and not address.is_loopback and not address.is_unspecified


def _runs_with(other: EnvironmentContext, leaf: Leaf) -> bool:
    theirs = other.tree.get(*leaf.path)
    return theirs is not None and theirs.value == leaf.value


def _finding(rule: Rule, subject: EnvironmentContext, leaf: Leaf, what: str) -> Finding:
    environment = subject.tree.environment
    message = f"Nobody set {leaf.key} for {environment}: it runs with {what}."
    return rule.finding(subject, leaf.path, message, subject.setting(leaf.path), leaf=leaf)


RULE = Rule(
    id="XENV005",
    name="production-inherits-default",
    severity=Severity.INFO,
    applies_to="always",
    summary="Production runs with a default that was meant for development.",
    source="The Twelve-Factor App, III",
    page=__doc__,
    survey=survey,
    superseded_by=("XENV001", "XENV002"),
)
