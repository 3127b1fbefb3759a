"""The settings objects of a process that follow the releases."""

import sys
import threading
import time
import weakref
from collections.abc import Iterator, Mapping

from dynaconf.base import DynaconfCore, Settings

from assay_client import effective, keys, layers, pinning
from assay_client.release import Release

_LOADING = frozenset({Settings.__init__.__code__, Settings.execute_loaders.__code__})
_LOOK_AGAIN_SECONDS = 0.002
_LONGEST_SECONDS = 5.0


class Target:
    """One settings object.

    Attributes:
        release: the id of the release that its values stand on; 0: none.
    """

    def __init__(self, settings: Settings, *, delivered: bool) -> None:
        self._settings = weakref.ref(settings)
        self._thread = threading.get_ident()
        self.delivered = delivered
        self.release = 0

    @property
    def settings(self) -> Settings | None:
        """The object, while the application has it."""
        return self._settings()

    def loading(self) -> bool:
        """Whether the thread that loads it is still at it: what is half loaded is not touched."""
        frame = sys._current_frames().get(self._thread)  # noqa: SLF001 - documented for debuggers, and the only way
        while frame:
            if frame.f_code in _LOADING and frame.f_locals.get("self") is self.settings:
                return True
            frame = frame.f_back
        return False


class Targets:
    """All of them. Whoever calls holds the client's lock, but for `settled` and `candidates`."""

    def __init__(self) -> None:
        self._targets: dict[int, Target] = {}

    def add(self, settings: Settings, release: Release | None, *, delivered: bool) -> None:
        """Notes a settings object that is being loaded on a release, or one whose values are only reported."""
        known = self._targets.get(id(settings))
        if known is None or known.settings is not settings or (delivered and not known.delivered):
            known = self._targets[id(settings)] = Target(settings, delivered=delivered)
            weakref.finalize(settings, self._targets.pop, id(settings), None).atexit = False
        known.release = release.id if release else 0
        pinning.follow(settings)

    def __contains__(self, settings: Settings) -> bool:
        return any(known is settings for _, known in self)

    def __iter__(self) -> Iterator[tuple[Target, Settings]]:
        for target in list(self._targets.values()):
            settings = target.settings
            if settings is not None:
                yield target, settings

    def settled(self, stop: threading.Event) -> None:
        """Waits until no object is in the middle of loading; not for ever, should one always be."""
        deadline = time.monotonic() + _LONGEST_SECONDS
        while any(target.loading() for target, _ in self) and time.monotonic() < deadline:
            if stop.wait(_LOOK_AGAIN_SECONDS):
                return

    def candidates(self, release: Release, environment: str) -> dict[int, DynaconfCore]:
        """What the values of each object that stands on an older release would be under this one, by its identity.

        Raises:
            Exception: whatever the application's validators raise.
        """
        return {
            id(settings): layers.replayed(settings, release)
            for target, settings in self
            if target.delivered and target.release < release.id and str(settings.current_env).lower() == environment
        }

    def cores(self) -> dict[int, DynaconfCore]:
        """What each object's values are now, by its identity."""
        return {id(settings): pinning.newest(settings) for _, settings in self}

    def changed(self, cores: Mapping[int, DynaconfCore]) -> tuple[str, ...]:
        """The keys whose effective values another core changes, of all objects together."""
        names: set[str] = set()
        for _, settings in self:
            if id(settings) in cores:
                before = keys.flattened(layers.values_of(settings, pinning.newest(settings)))
                after = keys.flattened(layers.values_of(settings, cores[id(settings)]))
                names.update(effective.changed_keys(before, after))
        return tuple(sorted(names))

    def put(self, cores: Mapping[int, DynaconfCore], release: Release) -> None:
        """Puts the cores in place."""
        for target, settings in self:
            if id(settings) in cores:
                pinning.replace(settings, cores[id(settings)])
                target.release = release.id

    def loaded(self) -> bool:
        """Whether the application has at least one, and has finished loading it."""
        return any(target.delivered and not target.loading() for target, _ in self)

    def values(self) -> dict[str, object]:
        """The flattened effective values of all objects."""
        flattened: dict[str, object] = {}
        for _, settings in self:
            flattened.update(keys.flattened(layers.values_of(settings, pinning.newest(settings))))
        return flattened
