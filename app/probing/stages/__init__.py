"""A connection tested stage by stage. It returns what it found, and never raises.

resolve     a name becomes addresses            resolve.py
connect     one of them takes the connection    connect.py
tls         the server shows who it is          handshake.py, protect.py, certificate.py, tls of the target
login       the driver enters on it             login.py, link.py, knock.py
query       the server answers                  query.py
privileges  the role may work                   privileges.py
migrations  the tables are there                migrations.py

entrance.py goes from address to address, run.py from stage to stage; what fails is told by classify.py and
server_errors.py, and put into words by advice.py.
"""

from app.probing.stages.migrations import FOREIGN, Schema
from app.probing.stages.resolve import LookUp, system_look_up
from app.probing.stages.run import Permit, probe
from app.probing.stages.stream import stream

__all__ = ["FOREIGN", "LookUp", "Permit", "Schema", "probe", "stream", "system_look_up"]
