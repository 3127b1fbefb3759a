"""One question's world: a project, the variables it was asked with, and the environments that get them."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from app.core.cancellation import checkpoint
from app.core.errors import ProjectError
from app.core.findings import Fault, Finding
from app.core.layers import Layer, Origin, Span
from app.core.layers import Path as KeyPath
from app.core.opening import is_file
from app.core.secrecy import names_secret
from app.core.secrecy.taint import Taint
from app.core.tree import Tree
from app.modelling.build import Problem, build
from app.modelling.shape import Shape, defaults_of, shape_of
from app.project.git_tracking import Committed
from app.project.known_secrets import known_secrets, said_by, said_in
from app.project.placing import placed
from app.project.secret_places import SecretPlaces, secret_places
from app.reports.values import Mask
from app.rules.judging import judge_sources
from app.rules.kit.deployed import deployed
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.variables import without_strangers
from app.sources.environ import beyond, key_of, path_of, usable_key, variable_name
from app.sources.faults import beyond_limit, changed_option, idle_switch
from app.sources.overrides import loads_dotenv
from app.sources.project import Project
from app.sources.project.discovery import open_project
from app.sources.project.faults import active_fault
from app.sources.resolution import resolve, with_defaults
from app.sources.sections import hole
from app.sources.selection import FORCED, Selection, switcher
from app.sources.shorthand import url_paths

OWN_SCHEMA = "app.schema:Settings"
_MODULES = ("app/schema.py", "app/schema/__init__.py", "src/app/schema.py", "src/app/schema/__init__.py")
_COPY = "assay/__main__.py"
"""What a working copy of Assay has, whose `app.schema` is the service's, in whatever version."""


def is_own(project: Project) -> bool:
    """Whether a project is configured with the service's own model.

    Many projects have a package `app`, too: where one has an `app.schema` of its own, its options mean that.
    """
    if project.options.schema_ != OWN_SCHEMA:
        return False
    if "schema" not in project.options.stated or is_file(project.root / _COPY):
        return True
    return not any(is_file(project.root / module) for module in _MODULES)


if TYPE_CHECKING:
    from app.core.deployment import Deployment
    from app.core.validators import Demands
    from app.deployments.given import GivenSource
    from app.project.model_client import AnsweredModel
    from app.project.project_model import Foreign
    from app.settings import Settings
    from app.sources.dotenv import Dotenv

type Scope = Literal["active", "all", "none"]
type Clock = Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(UTC)


class Given(Struct, frozen=True, kw_only=True):
    """A source of variables that one call names, and the environments that it belongs to."""

    source: "GivenSource"
    environments: tuple[str, ...]


class Workspace(Struct, frozen=True, kw_only=True, dict=True):
    """A project together with the variables of the process that asks.

    Attributes:
        project: a snapshot of its files.
        environ: this process's variables.
        scope: which environments get them.
        clock: tells the time, with its zone.
        given: one more source of variables for some environments, which the call names.
        stated_key: what digests of secrets are made with; None where the process was given nothing for that.
    """

    project: Project
    environ: Mapping[str, str]
    scope: Scope = "active"
    clock: Clock = _now
    stated_key: bytes | None = None
    given: "Given | None" = None

    @property
    def today(self) -> date:
        """The day that it is where the process runs."""
        return self.clock().astimezone().date()

    @property
    def active(self) -> str:
        """The environment that this process would run with, whether it exists or not."""
        return self._selection.name

    @property
    def runs(self) -> bool:
        """Whether this process starts with the environment that is selected."""
        return self.process.may_run(self.active)

    @cached_property
    def _selection(self) -> Selection:
        return self.process.selection(self._texts)

    @cached_property
    def process(self) -> Project:
        """The project as this process loads it: its variables may change options."""
        return self.project.under(self._texts)

    def loaded(self, environment: str) -> Project:
        """The project as it is loaded for an environment: with the variables' options where they belong to it."""
        found = self.process if self.variables(environment) is self.environ else self.project
        deployment = self.deployment(environment)
        return found.under(deployment.texts) if deployment else found

    def deployment(self, environment: str) -> "Deployment | None":
        """What the deployment of an environment says; None where neither the options nor the call name one."""
        sources = self.project.options.deployments.get(environment, [])
        given = self.given if self.given and environment in self.given.environments else None
        if not sources and given is None:
            return None
        if environment not in self._deployments:
            from app.deployments.reading import read_deployment  # noqa: PLC0415 - most projects name none

            project, source = self.project, given.source if given else None
            found = read_deployment(project.root, project.bounds, project.options, environment, sources, source)
            self._deployments[environment] = found
        return self._deployments[environment]

    @cached_property
    def _deployments(self) -> "dict[str, Deployment]":
        return {}

    @cached_property
    def deployments(self) -> "Mapping[str, Deployment]":
        """What deployments say, by environment, where one is named."""
        given = self.given.environments if self.given else ()
        names = dict.fromkeys((*self.project.options.deployments, *given))
        return {name: found for name in names if (found := self.deployment(name))}

    def _deployed_texts(self, environment: str) -> Mapping[str, str]:
        """The variables of an environment: its deployment's, and above them those of this process that belong to it."""
        own, deployment = self.variables(environment), self.deployment(environment)
        return {**deployment.texts, **own} if deployment else own

    def _deployed_places(self, environment: str) -> Mapping[str, Origin]:
        """Where those stand that the deployment gives, and that no variable of this process hides."""
        own, deployment = self.variables(environment), self.deployment(environment)
        return {name: at for name, at in deployment.places.items() if name not in own} if deployment else {}

    @cached_property
    def _texts(self) -> Mapping[str, str]:
        """The variables of this process once `.env` is loaded."""
        return self.dotenv.over(self.environ) if self.dotenv else self.environ

    def read(self) -> None:
        """Reads everything now that would else be read when it is first asked for."""
        _ = self.project.documents, self.process.documents

    @cached_property
    def dotenv(self) -> "Dotenv | None":
        """The project's `.env` files, where it loads any; they belong to the active environment, and may select it."""
        if not loads_dotenv(self.project.options, self.environ):
            return None
        from app.sources.dotenv import read_dotenv  # noqa: PLC0415 - most projects load none

        return read_dotenv(self.project.root, self.project.options, self.environ)

    @cached_property
    def digest_key(self) -> bytes | None:
        """What digests of secrets are made with: the process's own key, else the service's setting; None for none."""
        if self.stated_key is not None or not self.is_own:
            return self.stated_key
        leaf = self.tree(self.active).get("history", "digest_key")
        return usable_key(leaf.value) if leaf and isinstance(leaf.value, str) else None

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
    def is_own(self) -> bool:
        """Whether the project is configured with the service's own model."""
        return is_own(self.project)

    @cached_property
    def _foreign(self) -> "Foreign | None":
        """The project's own model, where it has one that is not the service's."""
        if self.project.options.schema_ is None or self.is_own:
            return None
        from app.project.project_model import Foreign  # noqa: PLC0415 - most projects have no such model

        return Foreign(
            project=self.project,
            environ=self.environ,
            environments=self.environments,
            tree=self.tree,
            is_placed=self.is_placed,
        )

    def require_checkable(self) -> None:
        """Lets a project pass whose model, if it has one, can be asked. A model of its own is asked: its code runs.

        Raises:
            ProjectError: it cannot be imported, is no model, or does not answer.
        """
        if self._foreign:
            self._foreign.model(next(iter(self.environments), None))

    @property
    def model(self) -> "AnsweredModel | None":
        """What the project's own model says about its keys; None where it has none.

        Raises:
            ProjectError: it cannot be asked.
        """
        return self._foreign.model() if self._foreign else None

    @property
    def model_fault(self) -> ProjectError | None:
        """Why the project's own model cannot be asked; None where it can, or where there is none."""
        return self._foreign.fault if self._foreign else None

    @property
    def is_outdated(self) -> bool:
        """Whether the project's own model has changed since it was asked."""
        return self._foreign is not None and self._foreign.is_outdated

    @cached_property
    def shape(self) -> Shape | None:
        """What the project's model says about its keys; None where it has none, or one that cannot be asked."""
        if self.is_own:
            return shape_of(_own_model())
        return self._foreign.model().shape if self._foreign and not self._foreign.fault else None

    def _problems(self, environment: str) -> tuple[Problem, ...]:
        """What the project's model says about an environment."""
        if self._foreign:
            return self._foreign.problems(environment, self.mask())
        production = self.project.is_production(environment)
        return build(_known(self.tree(environment)), _own_model(), production=production)[1] if self.is_own else ()

    def _judged(self, environment: str) -> Tree:
        """The values that rules judge: where nothing sets a key, the model's own."""
        tree = self.tree(environment)
        return with_defaults(tree, self._foreign.model(environment).defaults) if self._foreign else tree

    @cached_property
    def demands(self) -> "Demands | None":
        """What the code does with validators; None where it has none."""
        return self.project.demands

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
                shape=shape_of(_own_model()) if self.is_own else None,  # Dynaconf reads a foreign project's variables
                defaults=_defaults() if self.is_own else None,
                dotenv=self.dotenv if self.variables(environment) is self.environ else None,
                demands=self.demands,
            )
        return self._trees[environment]

    def settings(self, environment: str) -> "Settings | None":
        """The typed settings of an environment of the service's own; None where they are invalid."""
        production = self.project.is_production(environment)
        return build(_known(self.tree(environment)), _own_model(), production=production)[0] if self.is_own else None

    def unjudged(self, environment: str) -> str | None:
        """Why an environment cannot be judged: a file that it needs is not known; None where it can."""
        own = [*(self.dotenv.faults if self.dotenv else ()), *self._process_faults()]
        ours, loaded = own if self.variables(environment) is self.environ else [], self.loaded(environment)
        deployment = self.deployment(environment)
        sources = deployment.faults if deployment else ()
        holes = (*loaded.loads_nothing, hole(loaded, environment), *ours, *sources)
        return next((fault.reason for fault in holes if fault and fault.hides), None)

    def subject(self, environment: str) -> EnvironmentContext:
        """An environment as rules see it."""
        tree, production = self.tree(environment), self.project.is_production(environment)
        options, deployment = self.project.options, self.deployment(environment)
        is_known = deployment is not None and not deployment.open
        active = is_known or self.variables(environment) is self.environ
        named = [path for one in (deployment.supplied if deployment else ()) if (path := path_of(one.name, options))]
        supplied = deployed(tree, [] if active else options.deployed, self.project.base_sections, named)
        return EnvironmentContext(
            tree=supplied.without(self._judged(environment)),
            production=production,
            active=active,
            shape=self.shape,
            problems=self._problems(environment),
            roles=options.roles,
            base_sections=self.project.base_sections,
            variable=partial(self._exact_variable, tree) if self._foreign else self.variable,
            place=partial(placed, self.project, tree, self.shape),
            is_own=self.is_own,
            deployed=supplied,
            supplied=tuple(supplied.among(tree)),
            url_paths=frozenset(url_paths(shape_of(_own_model()))) if self.is_own else frozenset(),
            prefixed=options.prefixes is not None,
            deployment=deployment,
            key_of=lambda name: path_of(name, options),
            is_committed=self.committed.holds,
            neighbours=lambda: [self.tree(name) for name in self.environments if name != environment],
            is_placed=self.is_placed,
        )

    @cached_property
    def committed(self) -> Committed:
        """Which of the files a repository holds."""
        return Committed(project=self.project, environ=self.environ)

    def variable(self, path: KeyPath) -> str | None:
        """The variable that would set a key."""
        return variable_name(path, self.project.options)

    def _exact_variable(self, tree: Tree, path: KeyPath) -> str | None:
        """The same in a foreign project: a key that is new below a table gets the case that the variable has."""
        name, options, leaf = self.variable(path), self.project.options, tree.get(*path)
        if name is None or (leaf and leaf.path == path):
            return name
        return options.separator.join([self.variable(path[:1]) or "", *(str(part) for part in path[1:])])

    @cached_property
    def source_findings(self) -> tuple[Finding, ...]:
        """What is wrong with the files, and with the variables that select the environment or change options."""
        more = [fault for fault in self.process.faults if fault not in self.project.faults]
        found = [*self.project.faults, *more, *(self.dotenv.faults if self.dotenv else ()), *self._process_faults()]
        found += dict.fromkeys(fault for one in self.deployments.values() for fault in one.faults if fault.hides)
        return judge_sources(sorted(found, key=lambda fault: fault.hides is None))

    def _process_faults(self) -> Iterator[Fault]:
        """What the process's variables do to the project."""
        for found in self.project.overrides(self._texts):
            yield changed_option(found, self._place(found.variable))
        for name, limit in beyond(self.process.options, self._texts):
            yield beyond_limit(name, limit, self._place(name))
        selection, file = self._selection, self.project.options_file
        place = self._place(selection.variable or "")
        if fault := active_fault(self.process, selection, place):
            yield fault
        if not self.process.options.sectioned:
            for name in dict.fromkeys((switcher(self.project.options), FORCED)):
                if self._texts.get(name):
                    yield idle_switch(name, self._texts[name], self._place(name), file, self.project.speaking)

    def _place(self, variable: str) -> Origin:
        """Where this process has a variable from."""
        found = self.dotenv.counting(self.environ).get(variable) if self.dotenv else None
        if found is None:
            return Origin(kind="variable", name=variable)
        span = Span(line=found.line, column=1, end_line=found.line, end_column=1)
        return Origin(kind="dotenv", file=found.file, name=variable, span=span)

    def mask(self, *, reveal: bool = False) -> Mask:
        """What of this project may be shown."""
        return Mask(
            role=self._judge.role,
            is_placed=self.is_placed,
            is_declared=self._judge.is_kept,
            is_private=self._is_private,
            known=lambda: self._known_secrets,
            is_blind=self.model_fault is not None,
            reveal=reveal,
        )

    def _is_private(self, variable: str) -> bool:
        """Whether a variable is secret: by its name, or because `.env` sets it, which is for secrets."""
        return names_secret(variable) or (self.dotenv is not None and variable in self.dotenv.counting(self.environ))

    @cached_property
    def _known_secrets(self) -> Taint:
        said = [*said_in(self.project), *(said_by(self.tree(self.active)) if self.runs else ())]
        return known_secrets(self._judge.role, self.is_placed, said, self._texts)

    def is_placed(self, path: KeyPath) -> bool:
        """Whether a key is secret by its place: a secrets file sets it, and the option `roles` says nothing else."""
        return self._places.hold(path) and self._judge.stated(path) is None

    @cached_property
    def _places(self) -> SecretPlaces:
        said = [one for deployment in self.deployments.values() for one in deployment.variables.values()]
        return secret_places(self.project, self.dotenv, [one.name for one in said if one.secret])

    @cached_property
    def _judge(self) -> EnvironmentContext:
        nothing = Tree(environment="", leaves=())
        return EnvironmentContext(
            tree=nothing, production=False, active=False, shape=self.shape, roles=self.project.options.roles
        )


def _own_model() -> "type[Settings]":
    """The service's own model, for which no other project waits."""
    from app.settings import Settings  # noqa: PLC0415 - most projects are not the service's own

    return Settings


def _known(tree: Tree) -> Tree:
    """The tree as the model may check it; an unknown variable is told, and no reason to refuse the rest."""
    return without_strangers(tree, shape_of(_own_model()))


def _defaults() -> Layer:
    values, models = defaults_of(_own_model())
    return Layer(kind="default", values=values, models=models)


def open_workspace(
    folder: Path,
    environ: Mapping[str, str],
    scope: Scope = "active",
    clock: Clock = _now,
    digest_key: bytes | None = None,
    call: str = "",
    given: "Given | None" = None,
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
