"""The running platform: its processes, what they use, and a client of its services."""

import http.client
import json
import os
import pathlib
import subprocess
import time
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[3]
PORTS = {"auth": 3001, "users": 3002, "credentials": 3004, "targets": 3005, "jobs": 3006, "executor": 3007, "port-manager": 8100}


def port_of(service):
    """Where a service answers now: a move is in the map that the gateway keeps."""
    kept = ROOT / ".run" / "gateway" / "port-map.json"
    entries = json.loads(kept.read_text())["services"] if kept.exists() else []
    return next((entry["port"] for entry in entries if entry["name"] == service), PORTS[service])


class Failure(Exception):
    """Something that a person has to look at."""


class Client:
    """Keeps one connection to one service."""

    def __init__(self, service, token=None):
        self.connection = http.client.HTTPConnection("127.0.0.1", port_of(service), timeout=30)
        self.headers = {"Content-Type": "application/json"}
        if token:
            self.headers["Authorization"] = f"Bearer {token}"

    def call(self, method, path, body=None, wanted=(200, 201)):
        """The decoded answer."""
        data = None if body is None else json.dumps(body)
        self.connection.request(method, path, body=data, headers=self.headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status not in wanted:
            raise Failure(f"{method} {path} answered {answer.status}: {text[:300].decode(errors='replace')}")
        return json.loads(text) if text else None


class Platform:
    """What scripts/up started."""

    def __init__(self):
        self.suffix = f"bench-{uuid.uuid4().hex[:8]}"

    def binaries(self):
        """The folder of the programs that run."""
        note = ROOT / ".run" / "state" / "bin"
        if not note.exists():
            raise Failure("the platform was not started yet: scripts/up")
        return pathlib.Path(note.read_text().strip())

    def build(self):
        """What was built: `release`, or `dev`."""
        return "dev" if self.binaries().name == "debug" else "release"

    def pids(self):
        """Process ids by program, children included."""
        conf = ROOT / ".run" / "supervisord.conf"
        answer = subprocess.run(
            ["supervisorctl", "-c", str(conf), "status"], capture_output=True, text=True, check=False
        )
        parents = {}
        for line in answer.stdout.splitlines():
            words = line.replace(",", " ").split()
            if len(words) > 3 and words[1] == "RUNNING":
                parents[words[0]] = int(words[3])
        if "gateway" not in parents or "auth" not in parents:
            raise Failure("the platform is not up; start it with scripts/up")
        children = {}
        for entry in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = entry.read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            children.setdefault(int(fields[1]), []).append(int(entry.parent.name))
        return {name: _family(pid, children) for name, pid in parents.items()}

    def database_socket(self):
        """The folder of PostgreSQL's socket."""
        lines = (ROOT / ".run" / "env" / "jobs").read_text().splitlines()
        url = next(line for line in lines if line.startswith("DATABASE_URL="))
        return url.split("host=")[1].strip().replace("%2F", "/")

    def admin_password(self):
        """That of opsc_admin, who owns the databases."""
        return (ROOT / ".run" / "secrets" / "database_admin").read_text().strip()

    def sql(self, database, statements):
        """Has the admin of PostgreSQL do something."""
        command = ["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-h", self.database_socket(), "-U", "opsc_admin", "-d", database]
        env = {**os.environ, "PGPASSWORD": self.admin_password()}
        done = subprocess.run(command, input=statements, env=env, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Failure(f"PostgreSQL refused: {done.stderr[-500:]}")

    def login(self, username="admin", password=None):
        """An access token."""
        password = password or os.environ.get("OPSC_PASSWORD", "admin123")
        answer = Client("auth").call("POST", "/login", {"username": username, "password": password})
        return answer["access_token"]

    def work_pids(self):
        """Processes whose time counts for requests: services and their database sessions."""
        pids = self.pids()
        work = [pid for name in PORTS for pid in pids[name]]
        work += [pid for pid in pids["postgres"] if b"opsc_" in _read(pid, "cmdline")]
        return work


def _family(pid, children):
    found = [pid]
    for child in children.get(pid, []):
        found += _family(child, children)
    return found


def _read(pid, name):
    try:
        return pathlib.Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""


def cpu_seconds(pids):
    """Processor time that these processes have used, all threads, to the nanosecond."""
    total = 0
    for pid in pids:
        for task in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat"):
            try:
                total += int(task.read_text().split()[0])
            except OSError:
                continue
    return total / 1e9


def pss_megabytes(pids):
    """Memory of these processes; pages that several share are divided among them."""
    total = 0
    for pid in pids:
        text = _read(pid, "smaps_rollup").decode() or _read(pid, "status").decode().replace("VmRSS:", "Pss:")
        total += sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total / 1024


def rss_megabytes(pids):
    """Memory of these processes that is in the machine's memory now."""
    lines = [line for pid in pids for line in _read(pid, "status").decode().splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


def cpu_per_call(platform, calls, one):
    """Seconds of processor time per call of `one`, less the idle load; and seconds per call."""
    for _ in range(min(100, calls)):
        one()
    pids = platform.work_pids()
    began, used = time.monotonic(), cpu_seconds(pids)
    time.sleep(3)
    idle = (cpu_seconds(pids) - used) / (time.monotonic() - began)
    began, used = time.monotonic(), cpu_seconds(pids)
    for _ in range(calls):
        one()
    took = time.monotonic() - began
    return max(0.0, cpu_seconds(pids) - used - idle * took) / calls, took / calls
