"""How a connection is protected: libpq's modes, and what Python's ssl is to be told for each."""

import os
import ssl
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.opening import open_regular

if TYPE_CHECKING:  # a target is made without the settings' models too, and they take long to import
    from app.settings.database import TlsMode, TlsVersion

TLS_MODES: "tuple[TlsMode, ...]" = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
TLS_VERSIONS: "tuple[TlsVersion, ...]" = ("TLSv1.2", "TLSv1.3")
SYSTEM = "system"

_VERSIONS: "Mapping[TlsVersion, ssl.TLSVersion]" = {
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}


class ReadableKeyError(OSError):
    """A client's private key that others than its user can read: libpq takes none such, and neither does Assay."""


class UnusableFileError(Exception):
    """A certificate file that cannot be read, or holds nothing of the kind.

    Attributes:
        name: the field that names it; the path is not told to everybody.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """How the connection is protected; the modes are libpq's.

    Attributes:
        ca_file: certificates of the authorities to trust, PEM; None or `system` for the system's own.
        cert_file: the client's certificate, PEM.
        key_file: the client's private key, PEM; None where `cert_file` holds it.
        crl_file: certificates that have been revoked, PEM.
        min_version: the oldest version of TLS to speak.
        max_version: the newest; None for the newest there is.
    """

    mode: "TlsMode" = "prefer"
    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None
    crl_file: str | None = None
    min_version: "TlsVersion" = "TLSv1.2"
    max_version: "TlsVersion | None" = None

    @property
    def required(self) -> bool:
        """Whether a connection without TLS is none."""
        return self.mode in {"require", "verify-ca", "verify-full"}

    @property
    def verified(self) -> bool:
        """Whether the server must prove who it is; as in libpq, `require` with a `ca_file` demands it too."""
        return self.mode in {"verify-ca", "verify-full"} or (self.mode == "require" and self.ca_file is not None)

    def option(self) -> "ssl.SSLContext | TlsMode":
        """What asyncpg is to be told: its own fallbacks where the mode allows an unprotected connection."""
        return self.context() if self.required else self.mode

    def context(self) -> ssl.SSLContext:
        """What the mode promises: verify-full checks authority and name, verify-ca the authority alone.

        Raises:
            OSError: a file cannot be read, or (ssl.SSLError) holds no certificate or key.
        """
        try:
            return self.loaded()
        except UnusableFileError as error:
            raise error.__cause__ or OSError from None

    def loaded(self) -> ssl.SSLContext:
        """The same; the error says which file it was.

        Raises:
            UnusableFileError: its cause says what is wrong with the file.
        """
        context = self.unverified()
        if self.verified:
            context.verify_mode = ssl.CERT_REQUIRED
            context.check_hostname = self.mode == "verify-full"
            self._trust(context)
        if self.cert_file is not None:
            _require_private(self.key_file or self.cert_file)
            # Without this OpenSSL asks the terminal for a passphrase.
            _load(
                "cert_file",
                lambda: context.load_cert_chain(self.cert_file or "", self.key_file, lambda: ""),
                *(self.cert_file, self.key_file or self.cert_file),
            )
        return context

    def unverified(self) -> ssl.SSLContext:
        """TLS with anybody, and without a certificate of the client."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.minimum_version = _VERSIONS[self.min_version]
        if self.max_version is not None:
            context.maximum_version = _VERSIONS[self.max_version]
        return context

    def _trust(self, context: ssl.SSLContext) -> None:
        if self.ca_file in {None, SYSTEM}:
            context.load_default_certs()
        else:
            _load("ca_file", lambda: context.load_verify_locations(cafile=self.ca_file), self.ca_file)
        if self.crl_file is not None:
            _load("crl_file", lambda: context.load_verify_locations(cafile=self.crl_file), self.crl_file)
            context.verify_flags |= ssl.VERIFY_CRL_CHECK_CHAIN


def _require_private(key_file: str | None) -> None:
    """Lets a key pass that its user alone can read; of one that root owns, the group may.

    Source: `initialize_SSL` of libpq, fe-secure-openssl.c.

    Raises:
        UnusableFileError: others can read it.
    """
    if key_file is None or not os.path.isfile(key_file):  # noqa: PTH113 - a text that is no path is no file either
        return
    found = Path(key_file).stat()
    allowed = stat.S_IRWXU | stat.S_IRGRP if found.st_uid == 0 and os.geteuid() != 0 else stat.S_IRWXU
    if stat.S_IMODE(found.st_mode) & ~allowed & (stat.S_IRWXG | stat.S_IRWXO):
        raise UnusableFileError("key_file") from ReadableKeyError()


def _load(name: str, load: Callable[[], None], *files: str | None) -> None:
    """Loads files that OpenSSL opens itself; it would wait for ever at a pipe, and read a device without an end."""
    try:
        for file in filter(None, files):
            with open_regular(file):
                pass
        load()
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise UnusableFileError(name) from error
