"""`--baseline` and `--write-baseline`, with what is told about them on standard error."""

from pathlib import Path

import click

from app.checking.baseline import compare, read_baseline, write_baseline
from app.cli.session import pass_over
from app.reports import wire
from app.reports.present.wording import counted


def only_new(document: wire.Report, path: Path, *, complete: bool) -> wire.Report:
    """The report without what the baseline knows; what it knows in vain is told.

    Raises:
        ArgumentError: the file is no baseline.
    """
    compared = compare(document, read_baseline(path))
    if compared.gone and complete:
        count = len(compared.gone)
        what = "1 finding of the baseline occurs" if count == 1 else f"{count} findings of the baseline occur"
        click.echo(f"assay: {what} no more. Write it anew with --write-baseline.", err=True)
    return compared.report


def write(document: wire.Report, path: Path) -> None:
    """Write what was found.

    Raises:
        ArgumentError: the file cannot be written.
    """
    count = write_baseline(path, document)
    click.echo(pass_over(f"assay: {counted(count, 'finding')} written to {path.name}."), err=True)
