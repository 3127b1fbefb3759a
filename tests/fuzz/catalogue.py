"""Every target by its name."""

from collections.abc import Mapping

from . import answers, baselines, keys, options, outputs, page, profiles, requests, sessions, urls, variables
from .engine import Target

TARGETS: Mapping[str, Target] = {
    "profiles": profiles.TARGET,
    "options": options.TARGET,
    "variables": variables.TARGET,
    "dotenv": variables.DOTENV,
    "urls": urls.TARGET,
    "keys": keys.TARGET,
    "requests": requests.TARGET,
    "sessions": sessions.TARGET,
    "baselines": baselines.TARGET,
    "answers": answers.TARGET,
    "outputs": outputs.TARGET,
    "page": page.TARGET,
}
