"""Secrets that show by their form what they are.

To teach Assay another, add a row: a text that always stands in it, so that most files are passed over quickly, and the
form itself.
"""

import re
from collections.abc import Iterator
from functools import cache

from msgspec import Struct

_BREAK = r"(?:\\r)?(?:\\n|\n)(?:\s|\\[nrt])*"

_FORMS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("an AWS access key", ("AKIA", "ASIA"), r"(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])"),
    ("an AWS secret key", ("aws", "AWS"),
     r"(?i:aws\w{0,40}(?:secret|key)\w{0,40})[\"']?\s*[=:]\s*[\"']?[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])"),
    ("a GitHub token", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), r"gh[pousr]_[A-Za-z0-9]{30,}"),
    ("a GitHub token", ("github_pat_",), r"github_pat_\w{22,}"),
    ("a GitLab token", ("glpat-",), r"glpat-[\w-]{20,}"),
    ("a Slack token", ("xox", "xapp-"), r"(?:xox[abeoprs]|xapp)-[\w-]{10,}"),
    ("a Slack webhook", ("hooks.slack.com/",), r"https://hooks\.slack\.com/(?:services|workflows)/T\w{6,}/\w{6,}/\w{16,}"),
    ("a Stripe key", ("k_live_", "k_test_"), r"[rs]k_(?:live|test)_[A-Za-z0-9]{10,}"),
    ("a Stripe webhook secret", ("whsec_",), r"whsec_[A-Za-z0-9+/=]{20,}"),
    ("a Google API key", ("AIza",), r"AIza[\w-]{35}(?![\w-])"),
    ("a Google client secret", ("GOCSPX-",), r"GOCSPX-[\w-]{24,}"),
    ("an npm token", ("npm_",), r"npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])"),
    ("a PyPI token", ("pypi-",), r"pypi-AgE[\w-]{40,}"),
    ("an OpenAI key", ("sk-",), r"sk-(?:proj-|svcacct-|admin-)?[\w-]{20,}T3BlbkFJ[\w-]{20,}"),
    ("an Anthropic key", ("sk-ant-",), r"sk-ant-[\w-]{30,}"),
    ("a Hugging Face token", ("hf_",), r"hf_[A-Za-z]{34}(?![A-Za-z0-9])"),
    ("a SendGrid key", ("SG.",), r"SG\.[\w-]{16,32}\.[\w-]{16,64}"),
    ("a DigitalOcean token", ("_v1_",), r"do[opr]_v1_[a-f0-9]{64}"),
    ("a Shopify token", ("shp",), r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),
    ("an Azure storage key", ("AccountKey=",), r"AccountKey=[A-Za-z0-9+/]{86}=="),
    ("a Telegram bot token", (":AA",), r"\d{8,10}:AA[\w-]{33}(?![\w-])"),
    ("a private key", ("PRIVATE KEY",), (
        rf"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----{_BREAK}"
        rf"(?:[A-Z][\w-]*:[^\n\\]*{_BREAK})*[A-Za-z0-9+/=]{{16,}}"
    )),
    ("an age key", ("AGE-SECRET-KEY-",), r"AGE-SECRET-KEY-1[A-Z0-9]{58}"),
    ("a JSON web token", ("eyJ",), r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{10,}"),
)  # fmt: skip

_MADE_UP = r"(?i:example|x{4}|\*{3}|\.{3}|0{8}|your|redacted|placeholder|changeme|dummy)"


class Found(Struct, frozen=True, kw_only=True):
    """A secret of a known form: what it is, and where in the text it begins and ends."""

    what: str
    start: int
    end: int


@cache
def _form(pattern: str) -> re.Pattern[str]:
    """Compiled when a text first holds what the form begins with: most never do."""
    return re.compile(rf"(?<![A-Za-z0-9_]){pattern}")


@cache
def _form_of_examples() -> re.Pattern[str]:
    return re.compile(_MADE_UP)


def known_formats(text: str) -> Iterator[Found]:
    """Every secret of a known form in a text; what documents show as an example is none."""
    for what, marks, pattern in _FORMS:
        if any(mark in text for mark in marks):
            for match in _form(pattern).finditer(text):
                if not _form_of_examples().search(match[0]):
                    yield Found(what=what, start=match.start(), end=match.end())
