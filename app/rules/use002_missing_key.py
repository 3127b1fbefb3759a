"""The code reads a key that an environment does not have.

Without a default the read fails when the code gets there: `AttributeError` or `KeyError`, hours after the deploy. Told
are reads that are sure to mean the project's settings, that no condition precedes and no `try` surrounds, and of keys
that nobody asks for first (`exists`, `in`, `get` with a default). In a production-like environment it is an error.

A key may also come from where nobody can look: a variable, or a secrets file that is not here. So silent are keys
that the option `deployed` names, and keys whose variable some other file of the project names. Told are those that
other environments have, those whose table has other keys here, and, where the deployment of an environment is known,
all. Secrets and URLs, which each deployment has of its own, are told where another environment has them: for an
inactive environment only as an info, and only where that is production-like. What a higher layer takes from a
production-like environment with a table that is not merged (SRC020) is told too: it was said, and the read fails all
the same.

In Flask and Django projects, what they give themselves is not missed (`SESSION_COOKIE_NAME`, `STATIC_ROOT`), nor what
begins like the settings of a known extension (`JWT_…`, `MAIL_…`).

Wrong:

    # config.py
    from dynaconf import Dynaconf

    settings = Dynaconf(environments=["development", "production"], settings_files=["settings.toml"])

    # jobs.py
    from config import settings

    print(settings.queue.name, settings.queue.retries)

    # settings.toml
    [default.queue]
    name = "orders"

    [development.queue]
    dynaconf_merge = true
    retries = 3

    [production.queue]
    dynaconf_merge = true

Right:

    # config.py
    from dynaconf import Dynaconf

    settings = Dynaconf(environments=["development", "production"], settings_files=["settings.toml"])

    # jobs.py
    from config import settings

    print(settings.queue.name, settings.queue.get("retries", 1))

    # settings.toml
    [default.queue]
    name = "orders"

    [development.queue]
    dynaconf_merge = true
    retries = 3

    [production.queue]
    dynaconf_merge = true
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.layers import Path, dotted, fold
from app.core.losses import Loss
from app.core.roles import SECRET_ROLES, words
from app.core.usage.wanting import Holdings, MissingKey
from app.rules.kit.layering import place
from app.rules.kit.reading import listed, own_reads
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.survey import ProjectContext

_SUPPLIED = frozenset({"url", "uri", "dsn"})
"""Words of keys that hold addresses, which each deployment has of its own."""


def survey(rule: Rule, everything: ProjectContext) -> Iterator[Finding]:
    """Every key that is read for sure, in every environment that lacks it for sure."""
    if not everything.whole or not everything.usage.closed or everything.hooks:
        return
    for missing in everything.missing:
        if missing.is_needed:
            for name in missing.environments:
                subject = everything.subjects[name]
                is_told_alone = missing.nearest is None or subject.production  # else USE003 is enough
                if is_told_alone and _is_told(everything, subject, missing):
                    yield _finding(rule, subject, missing)


def _is_told(everything: ProjectContext, subject: EnvironmentContext, missing: MissingKey) -> bool:
    path = missing.path
    if not subject.prefixed:
        return False  # any variable may set it
    if everything.reconfigured and not subject.active and _active_has(everything, path):
        return False  # what gives it to the active environment may do the same there
    if subject.tree.paths_said(path) and not (subject.production and _loss(subject, path)):
        return False  # SRC020 says who took it
    if subject.deployed.supplies(path):
        return False
    return _is_deployment_known(subject) or _is_likely(everything, subject, missing)


def _is_likely(everything: ProjectContext, subject: EnvironmentContext, missing: MissingKey) -> bool:
    """Whether a key is missing where nobody knows what the deployment sets."""
    path = missing.path
    if everything.is_named(subject.variable(path) or ""):
        return False
    is_elsewhere = len(missing.environments) < len(everything.subjects)
    if _is_supplied(subject, path):
        return is_elsewhere and (subject.active or subject.production)
    return is_elsewhere or Holdings(subject.tree).has_table(path)


def _is_supplied(subject: EnvironmentContext, path: Path) -> bool:
    """Whether each deployment has it of its own, and this one is not known."""
    is_own = subject.role(path, "") in SECRET_ROLES or not _SUPPLIED.isdisjoint(words(str(path[-1])))
    return is_own and not _is_deployment_known(subject)


def _is_deployment_known(subject: EnvironmentContext) -> bool:
    return subject.deployment is not None and not subject.deployment.open


def _active_has(everything: ProjectContext, path: Path) -> bool:
    return any(one.active and one.tree.paths_said(path) for one in everything.subjects.values())


def _loss(subject: EnvironmentContext, path: Path) -> Loss | None:
    return next((loss for loss in subject.losses if fold(loss.path) == fold(path)), None)


def _finding(rule: Rule, subject: EnvironmentContext, missing: MissingKey) -> Finding:
    reads = own_reads(missing.reads)
    lost = _loss(subject, missing.path)
    gone = f"{place(lost.taker)} takes it away with its table" if lost else f"no layer of {_name(subject)} sets it"
    message = f"{missing.key} is read at {listed(reads)}, without a default, and {gone}."
    severity = Severity.ERROR if subject.production else Severity.WARNING
    deployed = f'declare it deployed in assay.toml: deployed = ["{missing.key}"]'
    says = f"Write {{}}; or give the read a default. Or {deployed}."
    if _is_supplied(subject, missing.path) and not subject.active:
        message, severity = f"{message} Its deployment has to.", Severity.INFO
        says = f'Write {{}}. Or say who supplies it: deployments in assay.toml, or deployed = ["{missing.key}"].'
    if missing.nearest:  # USE003 tells it, too, where it stands
        says = f"Name {dotted(missing.nearest)} so, which no code reads. Or write {{}}."
    again = lost.said.value if lost and not subject.is_secret(lost.said.path) else None
    fix = subject.setting(missing.path, again, sample='"…"', says=says)
    return rule.finding(subject, missing.stored, message, fix, origin=reads[0].origin, severity=severity,
                        related=tuple(read.origin for read in reads[1:3]))  # fmt: skip


def _name(subject: EnvironmentContext) -> str:
    return subject.tree.environment


RULE = Rule(
    id="USE002",
    name="missing-key",
    severity=Severity.WARNING,
    applies_to="always",
    summary="The code reads a key that an environment does not have.",
    source="The application's code",
    page=__doc__,
    survey=survey,
    superseded_by=("TYP001", "VAL001"),
)
