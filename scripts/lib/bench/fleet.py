"""Real commands on many machines: private sshds under a hundred addresses of this machine, beside other tools."""

import contextlib
import json
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time

from . import runs
from .platform import Client, Failure, cpu_seconds, rss_megabytes

HOSTS = 100
WARM_ROUNDS = 10
MANY = 1000
FLOOD_MB = 300
# An sshd listens on 16 addresses at most.
PER_SSHD = 15
PEERS = ["ansible-core", "asyncssh", "parallel-ssh", "pyinfra"]


@contextlib.contextmanager
def machines(platform, count, address, port, credential=None, fingerprint=None):
    """So many targets that are removed again; their common tag, which begins each name as well.

    `address` is a text, or tells that of a number from 0.
    """
    targets = Client("targets", platform.login())
    tag = f"{platform.suffix}-{count}-{port}"
    made = []
    try:
        for number in range(count):
            body = {
                "name": f"{tag}-{number}",
                "hostname": address if isinstance(address, str) else address(number),
                "port": port,
                "protocol": "ssh",
                "tags": [tag],
            }
            if credential:
                body["credential_ref"] = credential
            made.append(targets.call("POST", "/targets", body)["id"])
            if fingerprint:
                body = {"algorithm": "ssh-ed25519", "fingerprint": fingerprint}
                targets.call("POST", f"/targets/{made[-1]}/host-keys", body, (200, 201, 204))
        yield tag
    finally:
        targets = Client("targets", platform.login())
        for target in made:
            targets.call("DELETE", f"/targets/{target}", wanted=(200, 204))


def measure(platform, table):
    """Cold and warm `hostname` on a hundred machines, a thousand machines in one run, and the peers."""
    with tempfile.TemporaryDirectory() as scratch, _sshds(pathlib.Path(scratch)) as (port, fingerprint):
        token = platform.login()
        credentials = Client("credentials", token)
        key = (pathlib.Path(scratch) / "user_key").read_text()
        body = {
            "name": f"{platform.suffix}-key",
            "credential_type": "ssh",
            "credential_data": {"username": "root", "private_key": key},
        }
        credential = credentials.call("POST", "/credentials", body)["id"]
        try:
            _ours(platform, table, port, credential, fingerprint)
        finally:
            Client("credentials", platform.login()).call("DELETE", f"/credentials/{credential}", wanted=(200, 204))
        _peers(scratch, port, table)


def _address(number):
    return f"127.0.1.{number % HOSTS + 1}"


def _ours(platform, table, port, credential, fingerprint):
    jobs = Client("jobs", platform.login())
    with machines(platform, HOSTS, _address, port, credential, fingerprint) as tag:
        fleet = {"targets": {"tags": [tag]}, "strategy": {"parallel": HOSTS}}
        step = {"type": "ssh.exec", "command": "hostname", "idempotent": True}
        with runs.job(jobs, f"{platform.suffix}-hostname", {**fleet, "steps": [step]}) as job:
            executor = platform.pids()["executor"]
            used = cpu_seconds(executor)
            took = _run(jobs, job, HOSTS)
            used = cpu_seconds(executor) - used
            table.row(f"hostname on {HOSTS} machines, cold", took, "s", 1.2, note=f"executor {used:.2f} s CPU")
        with runs.job(jobs, f"{platform.suffix}-warm", {**fleet, "steps": [step] * WARM_ROUNDS}) as job:
            took = _run(jobs, job, HOSTS * WARM_ROUNDS) / (HOSTS * WARM_ROUNDS)
            table.row("a command on warm connections", took * 1000, "ms", 1000 / 350, note=f"{1 / took:.0f} a second")
    with machines(platform, 1, _address, port, credential, fingerprint) as tag:
        _flood(platform, jobs, tag, table)
    with machines(platform, MANY, _address, port, credential, fingerprint) as tag:
        fleet = {"targets": {"tags": [tag]}, "strategy": {"parallel": MANY}}
        with runs.job(jobs, f"{platform.suffix}-many", {**fleet, "steps": [step]}) as job:
            run = jobs.call("POST", f"/jobs/{job}/run", {}, (200, 201, 202))["id"]
            most = 0
            while not jobs.call("GET", f"/runs/{run}")["finished_at"]:
                most = max(most, rss_megabytes(platform.pids()["executor"]))
                time.sleep(0.1)
            table.row(f"memory of the executor, {MANY} machines", most, "MB", 200)


def _flood(platform, jobs, tag, table):
    """One step that prints much more than is kept."""
    command = f"yes 0123456789012345678901234567890123456789 | head -c {FLOOD_MB}000000"
    step = {"type": "ssh.exec", "command": command, "detach": "never", "idempotent": True, "timeoutSec": 300}
    with runs.job(jobs, f"{platform.suffix}-flood", {"targets": {"tags": [tag]}, "steps": [step]}) as job:
        run = jobs.call("POST", f"/jobs/{job}/run", {}, (200, 201, 202))["id"]
        most = 0
        while not (found := jobs.call("GET", f"/runs/{run}"))["finished_at"]:
            most = max(most, rss_megabytes(platform.pids()["executor"]))
            time.sleep(0.05)
        took = runs.moment(found["finished_at"]) - runs.moment(found["started_at"])
        each = took / FLOOD_MB * 1000
        table.row(f"output of {FLOOD_MB} MB, each MB", each, "ms", 10, note=f"{FLOOD_MB / took:.0f} MB/s")
        table.row("  memory of the executor meanwhile", most, "MB", 64)


def _run(jobs, job, steps):
    """Seconds from the request to the end of a run that succeeds."""
    began = time.time()
    run = runs.finished(jobs, jobs.call("POST", f"/jobs/{job}/run", {}, (200, 201, 202))["id"])
    if run["status"] != "succeeded" or run["steps_total"] != steps:
        raise Failure(f"run {run['id']} has {run['status']}, with {run['steps_total']} steps")
    return runs.moment(run["finished_at"]) - began


@contextlib.contextmanager
def _sshds(folder):
    """Enough of them to listen on all addresses; their port and the fingerprint of their host key."""
    for name in ("host_key", "user_key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    pathlib.Path("/run/sshd").mkdir(exist_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    started = []
    try:
        for first in range(1, HOSTS + 1, PER_SSHD):
            addresses = [f"127.0.1.{number}" for number in range(first, min(first + PER_SSHD, HOSTS + 1))]
            config = folder / f"sshd_{first}"
            config.write_text(
                "\n".join(
                    [f"ListenAddress {address}:{port}" for address in addresses]
                    + [
                        f"HostKey {folder}/host_key",
                        f"AuthorizedKeysFile {folder}/user_key.pub",
                        "PasswordAuthentication no\nKbdInteractiveAuthentication no\nStrictModes no\nUsePAM no",
                        # With this, bash does not read a ~/.bashrc that may do anything.
                        "SetEnv SHLVL=2",
                        "PrintMotd no\nPidFile none\nMaxStartups 1000\nMaxSessions 100\nLogLevel ERROR",
                    ]
                )
                + "\n"
            )
            log = (folder / "sshd.log").open("ab")
            started.append(subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", str(config)], stderr=log))
        for number in range(HOSTS):
            _await_port(_address(number), port)
        print_key = subprocess.run(
            ["ssh-keygen", "-lf", str(folder / "host_key.pub")], check=True, capture_output=True, text=True
        )
        yield port, print_key.stdout.split()[1]
    finally:
        for sshd in started:
            sshd.send_signal(signal.SIGTERM)
            sshd.wait()


def _await_port(address, port):
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection((address, port), timeout=1):
            return
        time.sleep(0.05)
    raise Failure(f"no sshd listens on {address}:{port}")


def _peers(scratch, port, table):
    """The same on the same machines, each tool as it comes."""
    folder = pathlib.Path(scratch) / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    installed = subprocess.run(
        [str(folder / "bin" / "pip"), "-q", "install", *PEERS], capture_output=True, text=True, check=False
    )
    if installed.returncode != 0:
        print(f"other tools could not be installed, so they are left out: {installed.stderr[-300:]}")
        return
    program = pathlib.Path(__file__).parent / "peers" / "fleets.py"
    done = subprocess.run(
        [str(folder / "bin" / "python"), str(program), scratch, str(port), str(HOSTS)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    for line in done.stdout.splitlines():
        found = json.loads(line)
        peer, seconds = found["peer"], found["seconds"]
        if found["measure"] == "cold":
            table.row(f"hostname, cold, with {peer}", seconds, "s")
        else:
            table.row(f"a warm command with {peer}", seconds * 1000, "ms", note=f"{1 / seconds:.0f} a second")
    if done.returncode != 0:
        print(f"other tools ended early: {done.stderr[-500:]}")
