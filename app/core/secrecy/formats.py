"""Secrets that show by their form what they are, whatever their key is called.

To teach Assay another, add a row: a text that always stands in it, so that most texts are passed over quickly, and the
form itself. A group `secret` is what is hidden where the rest says nothing that others may not know. The figures are
those of detect-secrets 1.5 where it has the form: docs/decisions/ says why they are copied and not imported.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from msgspec import Struct

_BREAK = r"(?:\\r)?(?:\\n|\n)(?:\s|\\[nrt])*"
_RUN = re.compile(r"\S{15}")
"""Every form but those with blanks has a part as long as this, so that most values are passed over at once."""

_FORMS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("an AWS access key", ("AKIA", "ASIA", "A3T", "ABIA", "ACCA"),
     r"(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z0-9]{16}(?![A-Za-z0-9])"),
    ("an AWS secret key", ("aws", "AWS"),
     r"(?i:aws\w{0,40}(?:secret|key)\w{0,40})[\"']?\s*[=:]\s*[\"']?(?P<secret>[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=]))"),
    ("a GitHub token", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), r"gh[pousr]_[A-Za-z0-9_]{30,}"),
    ("a GitHub token", ("github_pat_",), r"github_pat_\w{22,}"),
    ("a GitLab token", (
        "glpat-", "gldt-", "glft-", "glsoat-", "glrt-", "glcbt-", "glimt-", "glptt-", "glagent-", "gloas-",
    ), r"gl(?:pat|dt|ft|soat|rt|cbt|imt|ptt|agent|oas)-[\w-]{20,}(?:\.[\w-]+)*"),
    ("a GitLab token", ("GR1348941",), r"GR1348941[\w-]{20,}"),
    ("a Slack token", ("xox", "xapp-", "xoxe."), r"(?:xoxe\.)?(?:xox[abeoprs]|xapp)-[\w-]{10,}"),
    ("a Slack webhook", ("hooks.slack.com/",), (
        r"https://hooks\.slack\.com/(?P<secret>(?:services|workflows|triggers)/T\w{4,}/\w{4,}/\w{8,}(?:/\w+)*)"
    )),
    ("a Discord webhook", ("/api/webhooks/",),
     r"https://(?:\w+\.)?discord(?:app)?\.com/api/(?:v\d+/)?webhooks/(?P<secret>\d{6,}/[\w-]{20,})"),
    ("a Microsoft Teams webhook", ("office.com/webhook",),
     r"https://[\w.-]+\.office\.com/webhookb?\d*/(?P<secret>[\w@./-]{30,})"),
    ("a Discord bot token", (".",), r"[MNO][A-Za-z\d_-]{23,27}\.[\w-]{6}\.[\w-]{27,40}(?![\w-])"),
    ("a Stripe key", ("k_live_", "k_test_"), r"[rs]k_(?:live|test)_[A-Za-z0-9]{10,}"),
    ("a Stripe webhook secret", ("whsec_",), r"whsec_[A-Za-z0-9+/=]{20,}"),
    ("a Google API key", ("AIza",), r"AIza[\w-]{35}(?![\w-])"),
    ("a Google client secret", ("GOCSPX-",), r"GOCSPX-[\w-]{24,}"),
    ("a Google OAuth token", ("ya29.",), r"ya29\.[\w-]{20,}"),
    ("an npm token", ("npm_",), r"npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])"),
    ("an npm token", ("_authToken=",), r"_authToken=\s*(?P<secret>[\w-]{20,})"),
    ("a PyPI token", ("pypi-",), r"pypi-Ag[\w-]{40,}"),
    ("an OpenAI key", ("T3BlbkFJ",), r"sk-[\w-]{10,200}?T3BlbkFJ[\w-]{20,}"),
    ("an OpenAI key", ("sk-proj-", "sk-svcacct-", "sk-admin-"), r"sk-(?:proj|svcacct|admin)-[\w-]{30,}"),
    ("an Anthropic key", ("sk-ant-",), r"sk-ant-[\w-]{20,}"),
    ("an OpenRouter key", ("sk-or-",), r"sk-or-v\d-[\w-]{30,}"),
    ("a Groq key", ("gsk_",), r"gsk_[A-Za-z0-9]{40,}"),
    ("a Replicate token", ("r8_",), r"r8_[A-Za-z0-9]{37,}"),
    ("a Hugging Face token", ("hf_",), r"hf_[A-Za-z]{34}(?![A-Za-z0-9])"),
    ("a SendGrid key", ("SG.",), r"SG\.[\w-]{16,32}\.[\w-]{16,64}"),
    ("a Mailchimp key", ("-us",), r"[0-9a-f]{32}-us\d{1,2}(?!\w)"),
    ("a Mailgun key", ("key-",), r"key-[0-9a-f]{32}(?!\w)"),
    ("a Twilio key", ("SK", "AC"), r"(?:SK|AC)[a-f0-9]{32}(?!\w)"),
    ("a Square token", ("sq0",), r"sq0(?:csp|atp|idp)-[\w-]{22,}"),
    ("a DigitalOcean token", ("_v1_",), r"do[opr]_v1_[a-f0-9]{64}"),
    ("a Shopify token", ("shp",), r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),
    ("an Azure storage key", ("AccountKey=",), r"AccountKey=(?P<secret>[A-Za-z0-9+/]{40,88}={0,2})"),
    ("an Azure shared access key", ("SharedAccessKey=",), r"SharedAccessKey=(?P<secret>[A-Za-z0-9+/]{40,}={0,2})"),
    ("a shared access signature", ("sig=",), r"(?<=[?&; ])sig=(?P<secret>[A-Za-z0-9%+/=_-]{16,})"),
    ("a Telegram bot token", (":",), r"(?:bot)?\d{8,10}:[\w-]{35}(?![\w-])"),
    ("an Artifactory token", ("AKC",), r"AKC[A-Za-z0-9]{20,}"),
    ("a Databricks token", ("dapi",), r"dapi[a-f0-9]{32}(?:-\d)?(?!\w)"),
    ("a Docker token", ("dckr_",), r"dckr_[po]at_[\w-]{20,}"),
    ("a Grafana token", ("glsa_", "glc_"), r"gl(?:sa|c)_[\w+/=]{30,}"),
    ("a HashiCorp Vault token", ("hvs.", "hvb.", "hvr."), r"hv[sbr]\.[\w-]{20,}"),
    ("a Terraform token", (".atlasv1.",), r"[A-Za-z0-9]{14}\.atlasv1\.[\w-]{40,}"),
    ("a Doppler token", ("dp.",), r"dp\.(?:pt|st|ct|sa|scim|audit)\.[\w.-]{30,}"),
    ("a Linear key", ("lin_api_",), r"lin_api_[A-Za-z0-9]{30,}"),
    ("a Notion token", ("ntn_",), r"ntn_[A-Za-z0-9]{40,}"),
    ("a Postman key", ("PMAK-",), r"PMAK-[a-f0-9]{24}-[a-f0-9]{34}"),
    ("a New Relic key", ("NRAK-", "NRII-"), r"NR(?:AK|II)-[\w-]{20,}"),
    ("a Sentry token", ("sntry",), r"sntry[su]_[\w+/=.-]{40,}"),
    ("an Atlassian token", ("ATATT3", "ATCTT3"), r"AT[AC]TT3[\w=-]{50,}"),
    ("a PlanetScale token", ("pscale_",), r"pscale_(?:tkn|pw|oauth)_[\w.=-]{30,}"),
    ("a Supabase token", ("sbp_",), r"sbp_[a-f0-9]{40}"),
    ("a RubyGems key", ("rubygems_",), r"rubygems_[a-f0-9]{48}"),
    ("a Mapbox token", ("sk.eyJ",), r"sk\.eyJ[\w-]{20,}\.[\w-]{20,}"),
    ("a Braintree token", ("access_token$",), r"access_token\$\w+\$[a-z0-9]{16}\$[a-f0-9]{32}"),
    ("a Dropbox token", ("sl.",), r"sl\.[\w-]{100,}"),
    ("a private key", ("PRIVATE KEY",), (
        rf"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----{_BREAK}"
        rf"(?:[A-Z][\w-]*:[^\n\\]*{_BREAK})*[A-Za-z0-9+/=]{{16,}}"
    )),
    ("a PuTTY key", ("PuTTY-User-Key-File-",), r"PuTTY-User-Key-File-\d:[^\n]*"),
    ("an age key", ("AGE-SECRET-KEY-",), r"AGE-SECRET-KEY-1[A-Z0-9]{58}"),
    ("a JSON web token", ("eyJ",), r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{10,}"),
)  # fmt: skip
"""Programs search public repositories for these, so that SEC008 tells them too."""

_CREDENTIAL = r"[A-Za-z0-9][\w.~+/=:-]{5,}"
_RANDOM = r"(?:(?=\S*\d)|(?=\S*[a-z][A-Z])|(?=\S{20}))"
_HIDDEN: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("a private key", ("PRIVATE KEY",),
     r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?:(?!-----END).)*(?:-----END [A-Z0-9 ]*-----)?"),
    ("a JSON web token", ("eyJ",), r"eyJ[\w-]+\.(?:eyJ)?[\w-]+(?:\.[\w-]*)+"),
    ("a header", ("earer ", "asic ", "EARER ", "ASIC "), rf"(?i:bearer|basic)\s+(?P<secret>{_RANDOM}{_CREDENTIAL})"),
    ("a header", ("oken ", "OKEN "), r"(?i:token)\s+(?P<secret>(?=\S*\d)[\w.~+/=:-]{16,})"),
)  # fmt: skip
"""What else is masked: forms so loose that they are no finding by themselves."""
_SPACED = tuple(mark for _, marks, _ in _HIDDEN for mark in marks)

_MADE_UP = r"(?i:example|x{4}|\*{3}|\.{3}|0{8}|your|redacted|placeholder|changeme|dummy)"


class Found(Struct, frozen=True, kw_only=True):
    """A secret of a known form: what it is, and where in the text it begins and ends."""

    what: str
    start: int
    end: int


@cache
def _form(pattern: str) -> re.Pattern[str]:
    """Compiled when a text first holds what the form begins with: most never do."""
    return re.compile(rf"(?<![A-Za-z0-9_]){pattern}", re.DOTALL)


@cache
def _form_of_examples() -> re.Pattern[str]:
    return re.compile(_MADE_UP)


def _matches(text: str, *, hidden: bool) -> Iterator[tuple[str, re.Match[str]]]:
    if not (_RUN.search(text) or any(map(text.__contains__, _SPACED))):
        return
    for what, marks, pattern in (*_FORMS, *_HIDDEN) if hidden else _FORMS:
        if any(map(text.__contains__, marks)):
            yield from ((what, match) for match in _form(pattern).finditer(text))


def known_formats(text: str) -> Iterator[Found]:
    """Every secret of a known form in a text; what documents show as an example is none."""
    for what, match in _matches(text, hidden=False):
        if not _form_of_examples().search(match[0]):
            yield Found(what=what, start=match.start(), end=match.end())


@lru_cache(maxsize=1 << 12)
def secret_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where a text shows a secret of a known form, examples too: starts and ends, in order, none within another."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(_secret(match) for _, match in _matches(text, hidden=True)):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


def _secret(match: re.Match[str]) -> tuple[int, int]:
    return match.span("secret") if "secret" in match.re.groupindex else match.span()


@lru_cache(maxsize=1 << 14)
def has_secret_shape(text: str) -> bool:
    """Whether a text is a secret whatever it is called: nothing stands in it but one of a known form."""
    stripped = text.strip()
    return any(match.span() == (0, len(stripped)) for _, match in _matches(stripped, hidden=True))


_UNGUESSABLE = re.compile(r"(?=[^0-9]*[0-9])(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])[\w+=-]{20,}|[0-9a-f]{32,}", re.ASCII)


def is_unguessable(text: str) -> bool:
    """Whether a text was made by a machine to be guessed by nobody, as keys are."""
    return _UNGUESSABLE.fullmatch(text) is not None
