"""Variables that Kubernetes adds to a pod for each service of its namespace, and that bear the project's prefix.

A service `parcel` gives every pod `PARCEL_PORT=tcp://10.96.14.7:8080`, `PARCEL_SERVICE_HOST` and their like: the same
names as a project's own, whose prefix is that of its service. Source: Kubernetes, "Accessing the Service".
"""

import re
from collections.abc import Mapping

from app.rules.kit.subject import EnvironmentContext, remembered
from app.rules.kit.variables import Variable

_ADDRESS = re.compile(r"(tcp|udp|sctp)://[\w.:\[\]-]{1,80}:\d{1,5}")
_LINK = re.compile(
    r"(?P<service>.+?)(_SERVICE_HOST|_SERVICE_PORT(_\w+)?|_PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)"
)
_SURE = re.compile(r".+(_SERVICE_HOST|_PORT(_\d+_(TCP|UDP|SCTP)(_ADDR)?)?)")


@remembered
def service_links(subject: EnvironmentContext) -> Mapping[str, str]:
    """The variables of an environment that are links to a service, by their names, each with the service's."""
    named = {one.name: match["service"] for one in subject.variables if (match := _LINK.fullmatch(one.name))}
    services = {named[one.name] for one in subject.variables if one.name in named and _is_telling(one, named)}
    return {name: service for name, service in named.items() if service in services}


def _is_telling(variable: Variable, named: Mapping[str, str]) -> bool:
    """Whether a variable alone says that there is a service: an address as its port, or a host beside ports."""
    text = variable.text or str(variable.value)
    if not _SURE.fullmatch(variable.name):
        return False
    if variable.name.endswith("_SERVICE_HOST"):
        return f"{named[variable.name]}_SERVICE_PORT" in named or bool(
            re.fullmatch(r"[\d.]{7,15}|[\da-f:]{2,39}", text)
        )
    return bool(_ADDRESS.fullmatch(text.strip()))
