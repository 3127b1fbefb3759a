"""Every target by its name."""

from collections.abc import Mapping

from . import (
    answers,
    baselines,
    code,
    keys,
    manifests,
    options,
    outputs,
    page,
    profiles,
    requests,
    sessions,
    urls,
    variables,
)
from .engine import Target

TARGETS: Mapping[str, Target] = {
    "profiles": profiles.TARGET,
    "options": options.TARGET,
    "variables": variables.TARGET,
    "dotenv": variables.DOTENV,
    "code": code.TARGET,
    "manifests": manifests.TARGET,
    "urls": urls.TARGET,
    "keys": keys.TARGET,
    "requests": requests.TARGET,
    "sessions": sessions.TARGET,
    "baselines": baselines.TARGET,
    "answers": answers.TARGET,
    "outputs": outputs.TARGET,
    "page": page.TARGET,
}
