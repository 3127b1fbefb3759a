"""Projects of a size, of which each environment sets a tenth for itself."""

from pathlib import Path

KEYS = 20
"""The keys of a table."""


def write(folder: Path, environments: int, keys: int, *, clashing: bool = False, template: str = "") -> None:
    """A project with a file for each environment.

    Args:
        folder: where.
        environments: how many.
        keys: how many each has.
        clashing: whether what an environment sets is of another type than in the others.
        template: a line that stands in each file.
    """
    (folder / "settings").mkdir(parents=True)
    options = 'merge_enabled = true\nsettings_files = ["settings.toml", "settings/*.toml"]\nenv = "env000"\n'
    (folder / "assay.toml").write_text(f'{options}production = ["env000"]\n')
    tables = range(max(1, keys // KEYS))
    base = "".join(_table("default", table, range(KEYS), 0) for table in tables)
    (folder / "settings.toml").write_text(f"{base}[default]\n{template}\n")
    for number in range(environments):
        name = f"env{number:03}"
        own = "".join(
            _table(name, table, ((table + number) % KEYS, (table + number + 7) % KEYS), number + 1, clashing=clashing)
            for table in tables
        )
        (folder / "settings" / f"{name}.toml").write_text(f"[{name}]\n{template}\n{own}")


def _table(section: str, table: int, keys: "range | tuple[int, ...]", by: int, *, clashing: bool = False) -> str:
    lines = "".join(f"item{key} = {_value(table, key, by, key % 4 + clashing)}\n" for key in keys)
    return f"[{section}.area{table}.part]\n{lines}"


def _value(table: int, key: int, by: int, kind: int) -> str:
    texts = (
        str(table * KEYS + key + by), f'"text {table} {key} {by}"', str((table + key + by) % 2 == 0).lower(),
        f"{table + key + by}.5", f'"{by}"',
    )  # fmt: skip
    return texts[kind]


def write_flat(folder: Path, keys: int) -> None:
    """A project of one environment and one table."""
    folder.mkdir()
    lines = (f"key{key} = {key}" if key % 2 else f'key{key} = "value {key}"' for key in range(keys))
    (folder / "assay.toml").write_text('env = "production"\nmerge_enabled = true\nenvironments = ["production"]\n')
    (folder / "settings.toml").write_text("\n".join(["[default]", *lines, ""]))
