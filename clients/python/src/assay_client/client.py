"""What a process knows of releases: the one it runs, whether the service still confirms it, and who wants to hear."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from dynaconf.base import Settings

from assay_client import effective, keys, last_good, pinning
from assay_client.configuration import Configuration
from assay_client.errors import LastGoodRefused, ServiceError
from assay_client.follower import Follower
from assay_client.moment import Moment
from assay_client.release import Release
from assay_client.reporter import Reporter
from assay_client.targets import Targets

logger = logging.getLogger("assay_client")
logger.addHandler(logging.NullHandler())

OnChange = Callable[[tuple[str, ...], Release], object]
_CLOSE_SECONDS = 1.0


class Client:
    """Follows one environment of one project.

    Any thread may call it. `_starting` lets threads be started once, `_applying` lets one release be judged at a time;
    `_changed` guards what is known, and is held for moments only. Who loads settings never waits for `_applying`: who
    has it waits for them to be loaded.

    Attributes:
        release: the one that is in force; None: the project's own files are.
        refused: the newest one that the application did not accept.
        digest_key: what digests of effective values are made with, once the service has said it.
        follows: whether values are delivered; else they are only reported.
        jitter: seconds over which the service last asked its clients to spread what they ask.
        started_at: when this process began to follow, seconds since 1970.
    """

    def __init__(self, configuration: Configuration, environment: str) -> None:
        self.configuration = configuration
        self.environment = environment
        self.release: Release | None = None
        self.refused: Release | None = None
        self.digest_key: bytes | None = None
        self.follows = False
        self.jitter = 0.0
        self.targets = Targets()
        self.callbacks: list[OnChange] = []
        self._file = configuration.file_for(environment)
        self._fresh = False
        self._since: Moment | None = None
        self._saved, self._unwritten = 0, ""
        self._judged = 0
        self._plain = False
        self._begin()

    def _begin(self) -> None:
        """What a process has for itself: after a fork all of it is new."""
        self.started_at = time.time()
        self.stopping = threading.Event()
        self.asked = threading.Event()
        self._changed = threading.Condition(threading.RLock())
        self._applying = threading.RLock()
        self._starting = threading.Lock()
        self._follower: Follower | None = None
        self._reporter: Reporter | None = None

    def follow(self) -> None:
        """Reads the last good file, begins to follow, and waits for the first answer as long as was configured."""
        with self._starting:
            first = not self.follows
            if first:
                self._read_last_good()
                self.follows = True
                self._start_threads()
        if self._follower:
            self.asked.wait(self.configuration.timeout)
        if first:
            self._say_where_it_stands()

    def _say_where_it_stands(self) -> None:
        if self.release is None:
            logger.warning("%s has no release here: it starts on the project's own files", self.environment)
        elif not self._fresh:
            logger.warning("%s starts on release %d from %s", self.environment, self.release.id, self._file)

    def _start_threads(self) -> None:
        if not self.configuration.urls or self.stopping.is_set():
            return
        if self.follows and not self._follower:
            self._follower = Follower(self)
            self._follower.start()
        if not self._reporter:
            self._reporter = Reporter(self)
            self._reporter.start()

    def reborn(self) -> None:
        """In the child of a fork: its threads are gone, and its sockets are the parent's."""
        threads = [thread for thread in (self._follower, self._reporter) if thread]
        for thread in threads:
            thread.let_go()
        stopped = self.stopping.is_set()
        self._begin()
        if stopped:
            self.stopping.set()
        elif threads:
            self._start_threads()
            self._hurry()

    def join(self, settings: Settings, *, delivered: bool = True) -> Release | None:
        """The release that a settings object is loaded on; from now on it follows, or is only reported."""
        with self._changed:
            release = self.release if delivered else None
            self.targets.add(settings, release, delivered=delivered)
        self._hurry()
        return release

    def report_on(self, settings: Settings) -> None:
        """Reports a settings object in the background, whether its values are delivered or not."""
        with self._starting:
            self._start_threads()
        if settings not in self.targets:
            self.join(settings, delivered=False)
        self._hurry()

    def plain(self) -> Release | None:
        """The release in force, for an application that reads it as it is."""
        self._plain = True
        self._hurry()
        return self.release

    def cores(self) -> dict[int, Any]:
        """What all settings read now, at one moment."""
        with self._changed:
            return self.targets.cores()

    def offer(self, release: Release) -> None:
        """Puts a release in force, if it is newer and the application accepts it; else the old values stay."""
        with self._applying:
            if self.stopping.is_set() or release.id <= self.held:
                return
            try:
                cores = self._accepted(release)
            except BaseException as error:  # the application's own code may raise anything, `sys.exit()` too
                if not isinstance(error, Exception) and threading.current_thread() is threading.main_thread():
                    raise  # there it is somebody's wish that the process ends
                self._refuse(release, error)
            else:
                self._put(cores, release)
                self._put_late_ones(release)
        self._hurry()

    @property
    def held(self) -> int:
        """The id of the newest release that was looked at, whether it was accepted or not; 0: none was."""
        return max(known.id if known else 0 for known in (self.release, self.refused))

    def _accepted(self, release: Release) -> dict[int, Any]:
        """The new values, when validators and callbacks have accepted them."""
        self.targets.settled(self.stopping)
        cores = self.targets.candidates(release, self.environment)
        changed = self.targets.changed(cores) if cores else self._changed_in(release)
        with pinning.pinned(cores):
            for callback in [*self.callbacks]:
                callback(changed, release)
        logger.info("%s runs release %d: %d values change", self.environment, release.id, len(changed))
        return cores

    def _put(self, cores: dict[int, Any], release: Release) -> None:
        with self._changed:
            self.targets.put(cores, release)
            self.release = release
            self._judged = release.id if cores else self._judged
            self._changed.notify_all()

    def _put_late_ones(self, release: Release) -> None:
        """Brings those up to date that were loaded on the old release while the new one was being judged."""
        self.targets.settled(self.stopping)
        while cores := self.targets.candidates(release, self.environment):
            self._put(cores, release)

    def heard(self) -> None:
        """The service answered, and confirms what is known."""
        with self._changed:
            if not self._fresh:
                self._fresh, self._since = True, Moment.now()
                self._changed.notify_all()
            self.asked.set()

    def lost(self, error: ServiceError) -> None:
        """No address of the service has an answer."""
        with self._changed:
            if self._fresh or not self.asked.is_set():
                logger.warning("the service does not answer: %s", error)
            if self._fresh or self._since is None:
                self._fresh, self._since = False, Moment.now()
            self.asked.set()

    def save(self, *, proved: bool = False) -> bool:
        """Keeps the release in force on disk, if the application has proved it; whether that is done.

        Args:
            proved: the application has started on it. One that it has accepted while it ran is proved anyway.
        """
        release = self.release
        if release is None or self.stopping.is_set():
            return True
        if release.id == self._saved:
            if not self._fresh or last_good.confirm(self._file):
                return True
        elif not (self._plain or (self.targets.loaded() and (proved or release.id == self._judged))):
            return False
        self._write(release)
        return True

    def _write(self, release: Release) -> None:
        """Writes the last good file; where that fails it is tried again at the next report."""
        try:
            last_good.write(self._file, release)
        except OSError as error:
            why = error.strerror or type(error).__name__
            if why != self._unwritten:
                logger.warning("%s cannot be written: %s; the next start depends on the service", self._file, why)
            self._unwritten = why
        else:
            self._saved, self._unwritten = release.id, ""

    def values(self) -> dict[str, Any]:
        """The flattened values that the application reads: those of its settings, else the release as it is."""
        values = self.targets.values()
        if not values and self._plain and self.release:
            return keys.flattened(self.release.settings)
        return values

    def status(self) -> dict[str, Any]:
        """What `assay_client.status` tells."""
        with self._changed:
            release, fresh, since = self.release, self._fresh, self._since
        state = "never" if release is None else "fresh" if fresh else "stale"
        return {
            "state": state,
            "since": None if since is None else since.told().isoformat(),
            "release": release.id if release else None,
            "digest": release.digest if release else None,
            "missing": self.missing(),
            "refused": self.refused.id if self.refused else None,
        }

    def missing(self) -> list[str]:
        """The keys of secrets that the release leaves to this instance, and that it has not."""
        release = self.release
        if release is None or not release.supplied:
            return []
        values = {key.casefold(): value for key, value in self.targets.values().items()}
        return [key for key in release.supplied if not keys.has(values, key.casefold())]

    def wait_for(self, release_id: int, timeout: float | None) -> bool:
        """Whether a release of at least this id came into force in time; seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self.release is not None and self.release.id >= release_id, timeout)

    def close(self) -> None:
        """Ends the threads and their connections."""
        self.stopping.set()
        with self._changed:
            self._changed.notify_all()
        for thread in (self._follower, self._reporter):
            if thread:
                thread.stop(_CLOSE_SECONDS)

    def _read_last_good(self) -> None:
        try:
            kept = last_good.read(self._file, environment=self.environment, project=self.configuration.project)
        except LastGoodRefused as error:
            logger.warning("refused the last good file: %s", error)
            return
        if kept:
            self.release, self._since = kept[0], Moment.of_file(kept[1])
            self._saved = self.release.id

    def _changed_in(self, release: Release) -> tuple[str, ...]:
        return effective.changed_in(self.release.settings if self.release else {}, release.settings)

    def _hurry(self) -> None:
        if self._reporter:
            self._reporter.hurry()

    def _refuse(self, release: Release, error: BaseException) -> None:
        self.refused = release
        in_force = f"release {self.release.id}" if self.release else "the project's own files"
        # The error's text may quote a value, and a value may be the application's secret.
        logger.error("refused release %d: %s; %s stays", release.id, type(error).__name__, in_force)
