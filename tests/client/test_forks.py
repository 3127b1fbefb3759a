"""The child of a fork follows by itself, and leaves its parent's connections alone."""

import json
import subprocess
import sys
from pathlib import Path

from patience import PATIENCE_SECONDS
from release_server import ReleaseServer
from scripts import environ, run

FORKING = """
import json, os, sys
import assay_client
from dynaconf import Dynaconf

def sockets():
    places = (f"/proc/self/fd/{name}" for name in os.listdir("/proc/self/fd"))
    return {leads for place in places if os.path.islink(place) and (leads := os.readlink(place)).startswith("socket:")}

settings = Dynaconf(environments=True, loaders=["assay_client.loader"])
first = settings.port
sys.stdin.readline()
held = sockets()
child = os.fork()
sys.stdin.readline() if child else None
reached = assay_client.wait_for(8, 60)
inherited = [] if child else sorted(held & sockets())
print(json.dumps([bool(child), first, reached, settings.port, assay_client.status()["state"], len(held), inherited]),
      flush=True)
if child:
    os.waitpid(child, 0)
"""


def test_parent_and_child_both_follow_and_report(tmp_path: Path, service: ReleaseServer) -> None:
    service.release(7, {"port": 8000})
    client = {"ASSAY_SERVICE_URLS": service.url, "ASSAY_LAST_GOOD": str(tmp_path / "good.json")}
    process = subprocess.Popen(
        [sys.executable, "-c", FORKING], env=environ(client), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin
    assert process.stdout
    with service.changed:  # nothing of the parent is on its way when it forks
        assert service.changed.wait_for(lambda: service.streams == 1 and service.reports, PATIENCE_SECONDS)
        process.stdin.write("\n")
        process.stdin.flush()
        assert service.changed.wait_for(lambda: service.streams >= 2, PATIENCE_SECONDS)
    service.release(8, {"port": 9000})
    lines = [json.loads(process.stdout.readline())]
    process.stdin.write("\n")
    out, _ = process.communicate(timeout=PATIENCE_SECONDS)
    lines += [json.loads(line) for line in out.splitlines()]
    assert sorted(line[:5] for line in lines) == [
        [False, 8000, True, 9000, "fresh"],
        [True, 8000, True, 9000, "fresh"],
    ]
    assert [line[6] for line in lines] == [[], []]  # the child has connections of its own, and none of its parent's
    assert all(line[5] for line in lines)
    assert len({report["name"] for report in service.reports}) == 2


def test_a_child_that_ends_at_once_does_not_end_its_parent_s_stream(tmp_path: Path, service: ReleaseServer) -> None:
    service.release(7, {"port": 8000})
    client = {"ASSAY_SERVICE_URLS": service.url, "ASSAY_LAST_GOOD": str(tmp_path / "good.json")}
    code = """
import os, assay_client
from dynaconf import Dynaconf
settings = Dynaconf(environments=True, loaders=["assay_client.loader"])
settings.port
for _ in range(5):
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
print(settings.port, assay_client.status()["state"])
"""
    ran = run(code, client)
    assert (ran.stdout, ran.stderr) == ("8000 fresh\n", "")


def test_a_process_ends_at_once_and_a_child_without_exec_needs_no_service(tmp_path: Path) -> None:
    client = {"ASSAY_SERVICE_URLS": "http://127.0.0.1:1", "ASSAY_LAST_GOOD": str(tmp_path / "good.json")}
    code = """
import multiprocessing, assay_client
from dynaconf import Dynaconf
settings = Dynaconf(environments=True, loaders=["assay_client.loader"], port=1)
def work(queue):
    queue.put(settings.port)
if __name__ == "__main__":
    settings.port
    context = multiprocessing.get_context("fork")
    queue = context.SimpleQueue()
    child = context.Process(target=work, args=(queue,))
    child.start()
    print(queue.get())
    child.join()
    print(child.exitcode)
"""
    ran = run(code, client)
    assert ran.stdout == "1\n0\n", ran.stderr
