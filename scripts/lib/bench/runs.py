"""The run engine: steps that do nothing from a backlog beside other queues on the same PostgreSQL, and how soon a run starts."""

import contextlib
import dataclasses
import datetime
import json
import pathlib
import subprocess
import tempfile
import time

from . import fleet
from .platform import ROOT, Client, Failure

MACHINES = 1000
STEPS = 10
RUNS = 2
STARTS = 300
# A step that finds that it has nothing to do: all that the engine does for a step of a fleet, and no work.
NOTHING = {"type": "ssh.exec", "command": "true", "when": "1 == 2", "mutates": False}
NO_WAIT = {"type": "wait", "for": {"seconds": 0}}


def measure(platform, table):
    """Throughput, latency, then real commands on many machines."""
    jobs = Client("jobs", platform.login())
    with fleet.machines(platform, MACHINES, "192.0.2.1", 22) as tag:
        backlog = empty_backlog(platform, jobs, tag)
    table.row("a step that does nothing, from a backlog", backlog.each * 1e6, "us", 100, note=backlog.note)
    measure_starts(platform, jobs, table)
    _peers(platform, table)
    fleet.measure(platform, table)


@contextlib.contextmanager
def job(jobs, name, definition):
    """A job that is removed again; its id."""
    made = jobs.call("POST", "/jobs", {"name": name, "definition": definition})["id"]
    try:
        yield made
    finally:
        jobs.call("DELETE", f"/jobs/{made}", wanted=(200, 204))


def finished(jobs, run, seconds=300):
    """The run, once it has come to its end."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = jobs.call("GET", f"/runs/{run}")
        if found["finished_at"]:
            return found
        time.sleep(0.1)
    raise Failure(f"run {run} did not end within {seconds} s")


def moment(text):
    """Seconds since the epoch of a time of the API."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


@dataclasses.dataclass
class Backlog:
    """Seconds that each step of a backlog took, in all, and what it was."""

    each: float
    note: str


def empty_backlog(platform, jobs, tag):
    """Lets the executor find steps that do nothing, from the first to the end of the last."""
    definition = {"targets": {"tags": [tag]}, "strategy": {"parallel": MACHINES}, "steps": [NOTHING] * STEPS}
    with job(jobs, f"{platform.suffix}-nothing", definition) as made:
        _supervisor("stop")
        try:
            runs = [jobs.call("POST", f"/jobs/{made}/run", {}, (200, 201, 202))["id"] for _ in range(RUNS)]
        finally:
            _supervisor("start")
        ended = [finished(jobs, run) for run in runs]
    took = max(moment(run["finished_at"]) for run in ended) - min(moment(run["started_at"]) for run in ended)
    steps = sum(run["steps_total"] for run in ended)
    return Backlog(took / steps, f"{steps / took:.0f} a second, {steps} steps of {RUNS} runs on {MACHINES} machines")


def _supervisor(word):
    conf = ROOT / ".run" / "supervisord.conf"
    subprocess.run(["supervisorctl", "-c", str(conf), word, "executor"], check=True, capture_output=True)


def measure_starts(platform, jobs, table):
    """From before the request to the start of the step, as the database has it."""
    found = []
    with job(jobs, f"{platform.suffix}-start", {"steps": [NO_WAIT]}) as made:
        for _ in range(STARTS):
            began = time.time()
            run = jobs.call("POST", f"/jobs/{made}/run", {}, (200, 201, 202))["id"]
            finished(jobs, run)
            step = jobs.call("GET", f"/runs/{run}/steps")[0]
            found.append((moment(step["started_at"]) - began) * 1000)
    found.sort()
    table.row("from POST to the start of a step, p50", found[len(found) // 2], "ms", 4)
    table.row("the same, p99", found[len(found) * 99 // 100], "ms", 20)


def _peers(platform, table):
    """Each empties as long a backlog of jobs that do nothing: on this PostgreSQL, or in a Redis of its own."""
    with tempfile.TemporaryDirectory() as scratch, _database(platform) as url, _redis(scratch) as redis:
        packages = ["graphile-worker@0.18", "pg-boss@12", "bullmq@5"]
        installed = subprocess.run(
            ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", scratch, *packages],
            capture_output=True,
            text=True,
            check=False,
        )
        if installed.returncode != 0:
            print(f"other queues could not be installed, so they are left out: {installed.stderr[-300:]}")
            return
        (pathlib.Path(scratch) / "queues.mjs").write_text((pathlib.Path(__file__).parent / "peers" / "queues.mjs").read_text())
        command = ["node", "queues.mjs", url, redis, str(MACHINES * STEPS * RUNS)]
        done = subprocess.run(command, cwd=scratch, capture_output=True, text=True, check=False, timeout=300)
        for line in done.stdout.splitlines():
            found = json.loads(line)
            name = f"a job of {found['peer']}, {found['note']}"
            table.row(name, 1e6 / found["rate"], "us", note=f"{found['rate']:.0f} a second, no history, no audit")
        if done.returncode != 0:
            print(f"other queues ended early: {done.stderr[-500:]}")


@contextlib.contextmanager
def _database(platform):
    """An empty database on the PostgreSQL of the platform; its address."""
    name = platform.suffix.replace("-", "_")
    platform.sql("postgres", f"create database {name}")
    try:
        yield f"postgres://opsc_admin:{platform.admin_password()}@/{name}?host={platform.database_socket()}"
    finally:
        platform.sql("postgres", f"drop database {name} with (force)")


@contextlib.contextmanager
def _redis(folder):
    """A Redis that keeps nothing; its socket."""
    path = f"{folder}/redis.sock"
    command = ["redis-server", "--port", "0", "--unixsocket", path, "--save", "", "--appendonly", "no", "--dir", folder]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield path
    finally:
        server.terminate()
        server.wait()
