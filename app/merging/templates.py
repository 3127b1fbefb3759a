"""What is sure to fail of the tokens that are not run here: found by reading them, and nothing else is done with them.

A template that Jinja cannot parse, and one that asks an unknown name for something of its own (`{{ nope.x }}`), raise
whatever the settings are; so does a file that is not named. What else they give only running them would tell.
Source: Jinja, "Template Designer Documentation", variables; Dynaconf, `utils/parse_conf.py`.
"""

from app.core import limits

_GIVEN = frozenset({"this", "env"})


def flaw(token: str, text: str) -> str:
    """Why a token is sure to fail; nothing where it may do.

    Args:
        token: its name, without the sign.
        text: what stands behind it.
    """
    if token == "read_file":  # noqa: S105 - no secret, a word of Dynaconf's
        return "" if text.strip().strip("\"'") else "the path of the file is not there"
    return _flaw_of_template(text) if token == "jinja" and len(text) <= limits.LINE.figure else ""  # noqa: S105 - likewise


def _flaw_of_template(text: str) -> str:
    from jinja2 import TemplateSyntaxError, meta, nodes  # noqa: PLC0415 - few profiles hold templates
    from jinja2.sandbox import SandboxedEnvironment  # noqa: PLC0415 - the same

    environment = SandboxedEnvironment()
    try:
        tree = environment.parse(text)
        unknown = meta.find_undeclared_variables(tree) - _GIVEN - environment.globals.keys()
    except TemplateSyntaxError:
        return "the template cannot be parsed"
    except RecursionError:
        return ""
    shown = (child for node in tree.body if isinstance(node, nodes.Output) for child in node.nodes)
    if any(_asked(child) in unknown for child in shown):
        return "the template asks a name that nothing gives for something of its own"
    return ""


def _asked(node: object) -> str | None:
    """The name at the root of `name.x`, `name[…]` or `name(…)`; None for anything else, the bare name too."""
    from jinja2 import nodes  # noqa: PLC0415 - few profiles hold templates

    is_bare = True
    while isinstance(node, nodes.Getattr | nodes.Getitem | nodes.Call):
        node, is_bare = node.node, False
    return node.name if isinstance(node, nodes.Name) and not is_bare else None
