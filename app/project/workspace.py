"""One question's world: a project, the variables it was asked with, and the environments that get them."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from app.core.cancellation import checkpoint
from app.core.findings import Finding, each_once
from app.core.layers import Origin
from app.core.layers import Path as KeyPath
from app.core.secrecy import names_secret
from app.core.secrecy.taint import Taint
from app.core.tree import Tree
from app.modelling.classifier import RoleClassifier
from app.project.deployed import Deployments, Given
from app.project.git.tracking import Committed
from app.project.known_secrets import known_secrets, said_by, said_in
from app.project.model import ProjectModel, kind_of_model
from app.project.placing import placed, written
from app.project.process import ProcessContext
from app.project.secret_places import SecretPlaces, secret_places
from app.reports.values import Fingerprints, Mask
from app.rules.judging import judge_sources
from app.rules.kit.deployed import deployed
from app.rules.kit.subject import EnvironmentContext
from app.sources.environ import key_of, path_of, variable_name
from app.sources.project import Project
from app.sources.project.discovery import open_project
from app.sources.resolution import resolve
from app.sources.sections import hole
from app.sources.shorthand import url_paths

if TYPE_CHECKING:
    from app.core.deployment import Deployment
    from app.core.usage.reads import Usage

type Scope = Literal["active", "all", "none"]
type Clock = Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(UTC)


class Workspace(ProcessContext, frozen=True, kw_only=True, dict=True):
    """A project together with the variables of the process that asks.

    Attributes:
        scope: which environments get them.
        clock: tells the time, with its zone.
        given: one more source of variables for some environments, which the call names.
        tracked: the files that git tracks, where the project is one revision's; None where git is to be asked.
        stated_key: what digests of secrets are made with; None where the process was given nothing for that.
    """

    scope: Scope = "active"
    clock: Clock = _now
    stated_key: bytes | None = None
    given: Given | None = None
    tracked: frozenset[Path] | None = None

    @property
    def today(self) -> date:
        """The day that it is where the process runs."""
        return self.clock().astimezone().date()

    def loaded(self, environment: str) -> Project:
        """The project as it is loaded for an environment: with the variables' options where they belong to it."""
        found = self.process if self.variables(environment) is self.environ else self.project
        deployment = self.deployment(environment)
        return found.under(deployment.texts) if deployment else found

    def deployment(self, environment: str) -> "Deployment | None":
        """What the deployment of an environment says; None where neither the options nor the call name one."""
        return self._deployments.of(environment)

    @property
    def deployments(self) -> "Mapping[str, Deployment]":
        """What deployments say, by environment, where one is named."""
        return self._deployments.all

    @cached_property
    def _deployments(self) -> Deployments:
        return Deployments(project=self.project, given=self.given)

    def _deployed_texts(self, environment: str) -> Mapping[str, str]:
        """The variables of an environment: its deployment's, and above them those of this process that belong to it."""
        own, deployment = self.variables(environment), self.deployment(environment)
        return {**deployment.texts, **own} if deployment else own

    def _deployed_places(self, environment: str) -> Mapping[str, Origin]:
        """Where those stand that the deployment gives, and that no variable of this process hides."""
        own, deployment = self.variables(environment), self.deployment(environment)
        return {name: at for name, at in deployment.places.items() if name not in own} if deployment else {}

    def read(self) -> None:
        """Reads everything now that would else be read when it is first asked for."""
        _ = self.project.documents, self.process.documents

    @cached_property
    def digest_key(self) -> bytes | None:
        """What digests of secrets are made with: the process's own key, else the service's setting; None for none."""
        return self.stated_key if self.stated_key is not None else self.model.digest_key(self.tree(self.active))

    @cached_property
    def environments(self) -> tuple[str, ...]:
        """The environments to look at when none is named: the known ones, and the active one where it is legal."""
        known = self.project.environments
        return known if self.active in known or not self.runs else (*known, self.active)

    def environment(self, name: str | None) -> str:
        """A known environment by its name, else the active one.

        Raises:
            UnknownEnvironment: there is none of that name; the nearest is suggested.
        """
        asked = self.active if name is None else name.strip().lower()
        return asked if asked == self.active and self.runs else self.project.known(name or asked)

    def is_hidden(self, environment: str) -> bool:
        """Whether nothing that can be read knows an environment, and a file that cannot be read may define it."""
        return not self.process.is_known(environment) and self.unjudged(environment) is not None

    def variables(self, environment: str) -> Mapping[str, str]:
        """The variables that belong to an environment."""
        if self.scope == "all" or (self.scope == "active" and environment == self.active):
            return self.environ
        return {}

    @cached_property
    def model(self) -> ProjectModel:
        """What the project's model says."""
        return kind_of_model(self.project)(
            project=self.project,
            environ=self.environ,
            environments=self.environments,
            tree=self.tree,
            is_placed=self.is_placed,
            variables=self._deployed_texts,
        )

    @cached_property
    def classifier(self) -> RoleClassifier:
        """Tells what values of the project are for."""
        return RoleClassifier(shape=self.model.shape, roles=self.project.options.roles)

    @cached_property
    def usage(self) -> "Usage":
        """What the code reads."""
        return self.project.usage(self.environ)

    @cached_property
    def _trees(self) -> dict[str, Tree]:
        return {}

    def tree(self, environment: str) -> Tree:
        """The effective values of an environment, resolved once."""
        if environment not in self._trees:
            checkpoint()
            self._trees[environment] = resolve(
                self.loaded(environment),
                environment,
                self._deployed_texts(environment),
                places=self._deployed_places(environment),
                shape=self.model.variable_shape,
                defaults=self.model.merged_defaults,
                dotenv=self.dotenv if self.variables(environment) is self.environ else None,
                demands=self.project.demands,
            )
        return self._trees[environment]

    def unjudged(self, environment: str) -> str | None:
        """Why an environment cannot be judged: a file that it needs is not known; None where it can."""
        ours = self.process_faults if self.variables(environment) is self.environ else []
        loaded = self.loaded(environment)
        deployment = self.deployment(environment)
        sources = deployment.faults if deployment else ()
        holes = (*loaded.loads_nothing, hole(loaded, environment), *ours, *sources)
        return next((fault.reason for fault in holes if fault and fault.hides), None)

    @cached_property
    def fingerprints(self) -> Fingerprints:
        """What the values of its environments come to."""
        return Fingerprints(self.mask(), self.digest_key)

    def subject(self, environment: str) -> EnvironmentContext:
        """An environment as rules see it."""
        tree, options, deployment = self.tree(environment), self.project.options, self.deployment(environment)
        active = (deployment is not None and not deployment.open) or self.variables(environment) is self.environ
        named = [path for one in (deployment.supplied if deployment else ()) if (path := path_of(one.name, options))]
        supplied = deployed(tree, [] if active else options.deployed, self.project.base_sections, named)
        return EnvironmentContext(
            tree=supplied.without(self.model.with_defaults(tree)),
            production=self.project.is_production(environment),
            active=active,
            classifier=self.classifier,
            problems=self.model.problems(environment, self.mask()),
            base_sections=self.project.base_sections,
            variable=partial(self.model.variable, tree=tree),
            place=partial(placed, self.project, tree, self.model.shape),
            section=partial(written, self.project),
            variable_shape=self.model.variable_shape,
            deployed=supplied,
            supplied=tuple(supplied.among(tree)),
            url_paths=frozenset(url_paths(self.model.variable_shape)) if self.model.variable_shape else frozenset(),
            prefixed=options.prefixes is not None,
            appends_lists=options.appends_lists,
            deployment=deployment,
            key_of=lambda name: path_of(name, options),
            is_committed=self.committed.holds,
            neighbours=lambda: [self.tree(name) for name in self.environments if name != environment],
            is_placed=self.is_placed,
            facts=self.facts,
            set_by_code=self.project.application.set_variables,
            is_written=lambda path: self.usage.sets(path),  # noqa: PLW0108 - code is read when somebody asks
        )

    @cached_property
    def committed(self) -> Committed:
        """Which of the files a repository holds."""
        return Committed(project=self.project, environ=self.environ, told=self.tracked)

    def variable(self, path: KeyPath) -> str | None:
        """The variable that would set a key."""
        return variable_name(path, self.project.options)

    @cached_property
    def source_findings(self) -> tuple[Finding, ...]:
        """What is wrong with the files, and with the variables that select the environment or change options."""
        more = [fault for fault in self.process.faults if fault not in self.project.faults]
        found = [*self.project.faults, *more, *self.process_faults]
        found += [fault for one in self.deployments.values() for fault in one.source_faults]
        return judge_sources(each_once(found))

    def mask(self, *, reveal: bool = False) -> Mask:
        """What of this project may be shown."""
        return Mask(
            role=self.classifier.role,
            is_placed=self.is_placed,
            is_declared=self.classifier.is_kept,
            is_private=self._is_private,
            known=lambda: self._known_secrets,
            is_blind=self.model.fault is not None,
            reveal=reveal,
        )

    def _is_private(self, variable: str) -> bool:
        """Whether a variable is secret: by its name, or because `.env` sets it, which is for secrets."""
        return names_secret(variable) or variable in self.dotenv_variables

    @cached_property
    def _known_secrets(self) -> Taint:
        said = [*said_in(self.project), *(said_by(self.tree(self.active)) if self.runs else ())]
        return known_secrets(self.classifier.role, self.is_placed, said, self.texts)

    def is_placed(self, path: KeyPath) -> bool:
        """Whether a key is secret by its place: a secrets file sets it, and the option `roles` says nothing else."""
        return self._places.hold(path) and RoleClassifier(roles=self.project.options.roles).stated(path) is None

    @cached_property
    def _places(self) -> SecretPlaces:
        said = [one for deployment in self.deployments.values() for one in deployment.variables.values()]
        return secret_places(self.project, self.dotenv, [one.name for one in said if one.secret])


def open_workspace(
    folder: Path,
    environ: Mapping[str, str],
    scope: Scope = "active",
    clock: Clock = _now,
    digest_key: bytes | None = None,
    call: str = "",
    given: Given | None = None,
) -> Workspace:
    """The project in a folder, asked with these variables.

    Args:
        folder: the project's root.
        environ: this process's variables.
        scope: which environments get them.
        clock: tells the time, with its zone.
        digest_key: what digests of secrets are made with, in place of what the variables say.
        given: one more source of variables, and the environments that it belongs to.
        call: the place of the Dynaconf call that counts, `PATH:LINE`; empty where that is to be found.

    Raises:
        ProjectError: the folder, or its options, cannot be used.
        ArgumentError: the variable that holds the digest key does not hold one, or there is no such call.
    """
    key = digest_key or key_of(environ)
    return Workspace(
        project=open_project(folder, environ, call),
        environ=environ,
        scope=scope,
        clock=clock,
        stated_key=key,
        given=given,
    )
