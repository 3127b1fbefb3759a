"""The Dynaconf loader: `Dynaconf(..., loaders=["assay_client.loader"])`, or `LOADERS_FOR_DYNACONF`."""

from dynaconf.base import Settings

from assay_client import layers, process


def load(
    obj: Settings,
    env: str | None = None,
    silent: bool = True,  # noqa: FBT001, FBT002 - Dynaconf calls a loader so
    key: str | None = None,
    filename: str | None = None,
) -> None:
    """Puts the released values where the project's files stood; called by Dynaconf.

    With nothing configured, or in another environment than the process's own, the files stay.

    Args:
        obj: the settings that are being loaded.
        env: the environment's name.
        silent: whether errors of files of secrets are passed over, as Dynaconf's option says.
        key: the only top-level key that is loaded anew.
        filename: not used: Dynaconf hands it to every loader.

    Raises:
        ConfigurationError: a variable of the client cannot be used.
    """
    del filename
    env = str(env or obj.current_env)
    client = process.client_for(env.lower())
    release = client.join(obj) if client else None
    if release:
        layers.stand_in(obj, release, env=env, silent=silent, key=key)
    else:
        layers.restore_includes(obj)
    layers.load_variables(obj, env=env, silent=silent, key=key)
