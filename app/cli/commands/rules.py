"""`assay rules`: what is checked, and why?"""

import click

from app.checking.catalogue import catalogue, one_rule
from app.cli import completion
from app.cli.session import CommandSession, format_option, pass_session, project_option
from app.cli.text.rules import catalogue as as_text
from app.cli.text.rules import page as as_page
from app.reports import wire


@click.command("rules")
@click.argument("rule", required=False, metavar="[ID]", shell_complete=completion.rules)
@project_option
@format_option
@pass_session
def command(session: CommandSession, rule: str | None) -> int:
    """The catalogue of rules, or one rule's page: what it catches and why. Needs no project."""
    document = one_rule(rule) if rule else catalogue()
    if session.format == "json":
        session.emit(wire.encode(document))
    else:
        session.print(as_page(document.rules[0], session.width) if rule else as_text(document, session.width))
    return 0
