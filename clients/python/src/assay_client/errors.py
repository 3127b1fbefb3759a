"""What can go wrong.

AssayClientError
├── ConfigurationError   the client is told something that it cannot use
├── LastGoodRefused      the file on disk is not what it should be
├── ReleaseRefused       the application does not want a release
└── ServiceError         the service did not give what was asked
    ├── Unreachable      nobody answers at an address
    ├── Behind           this replica does not know yet what was announced
    └── Refused          it answers, and says no
"""


class AssayClientError(Exception):
    """Any error of this package."""


class ConfigurationError(AssayClientError, ValueError):
    """A variable or an argument of `configure` that cannot be used; the message names it and what to write."""


class LastGoodRefused(AssayClientError):
    """A last good file that is corrupt, somebody else's, or of another project or environment."""


class ReleaseRefused(AssayClientError):
    """A release that the application's own functions or validators do not accept."""


class ServiceError(AssayClientError):
    """An answer that cannot be used."""


class Unreachable(ServiceError):
    """No answer in time, or a connection that broke."""


class Behind(ServiceError):
    """A replica that is asked for more than it has, or has no place left.

    Attributes:
        retry_after: seconds after which it may be asked again.
    """

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Refused(ServiceError):
    """An answer that asking again does not change: not known, not permitted, not understood.

    Attributes:
        status: the HTTP status.
        code: what the service calls it; empty where it is no problem of the service's.
    """

    def __init__(self, message: str, status: int, code: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code
