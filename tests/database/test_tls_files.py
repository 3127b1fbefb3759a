"""Files of certificates and keys: OpenSSL opens them itself, so what is no file is not handed to it."""

import os
from pathlib import Path

import pytest

from app.database.tls import Tls


@pytest.mark.parametrize("fields", [{"ca_file": "pipe"}, {"ca_file": "/dev/zero"}, {"cert_file": "pipe"},
                                    {"cert_file": "file", "key_file": "pipe"}, {"crl_file": "pipe"}])  # fmt: skip
def test_a_pipe_or_a_device_in_its_place_makes_nobody_wait(tmp_path: Path, fields: dict[str, str]) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    (tmp_path / "file").touch(0o600)
    files = {name: str(tmp_path / file) for name, file in fields.items()}
    with pytest.raises(OSError, match="it is no file but a pipe"):
        Tls(mode="verify-full", **files).context()
