"""The port manager: assignments at once, watchers, plans, and processor time per call with few and many services."""

import contextlib
import json
import multiprocessing
import subprocess
import time

from . import watchers
from .platform import Client, Failure, cpu_per_call

CLIENTS = 8
EACH = 250
MANY = 5000
RANGE = [20000, 32000]


def measure(platform, table):
    """Assignments of clients at once, watchers, plans, then the lists of a small and of a large suite."""
    token = platform.login()
    manager = Client("port-manager", token)
    with _suite(manager, platform.suffix) as suite:
        _assign(manager, token, suite, table)
    with _suite(manager, f"{platform.suffix}-watched") as suite:
        watchers.measure(platform, manager, suite, token, table)
    _plans(platform, table)
    _lists(platform, manager, "27 services", "suite=itechsmart", table, 1)
    with _suite(manager, f"{platform.suffix}-large") as suite:
        manager.connection.timeout = 300
        services = {f"service-{number:04}": RANGE[0] + number for number in range(MANY)}
        name = f"{suite}.json"
        query = f"suite={suite}&backup_file={name}"
        manager.call("POST", f"/api/ports/backups?{query}", {"port_assignments": services})
        began = time.monotonic()
        manager.call("POST", f"/api/ports/restore?{query}")
        table.row(f"restore of {MANY} services", time.monotonic() - began, "s")
        _lists(platform, manager, f"{MANY} services", f"suite={suite}", table, 0)


@contextlib.contextmanager
def _suite(manager, name):
    """A suite that is removed again, also where the connection was closed meanwhile."""
    manager.call("POST", "/api/suites", {"name": name, "port_range": RANGE, "host_template": "127.0.0.1"})
    try:
        yield name
    finally:
        manager.connection.close()
        manager.call("DELETE", f"/api/suites/{name}")


def _assign(manager, token, suite, table):
    """So many clients ask for ports at once; none may be given twice, no event may be missing."""
    before = manager.call("GET", "/api/ports/events?limit=1&after=0")["head"]
    answers = multiprocessing.Queue()
    workers = [
        multiprocessing.Process(target=_ask, args=(token, suite, number, answers)) for number in range(CLIENTS)
    ]
    began = time.monotonic()
    for worker in workers:
        worker.start()
    ports = [port for _ in workers for port in answers.get(timeout=120)]
    took = time.monotonic() - began
    for worker in workers:
        worker.join()
    if len(set(ports)) != CLIENTS * EACH:
        raise Failure(f"{CLIENTS * EACH - len(set(ports))} ports were given twice")
    seen = []
    while len(seen) < CLIENTS * EACH:
        events = manager.call("GET", f"/api/ports/events?after={before + len(seen)}")["events"]
        if not events:
            break
        seen += [event["seq"] for event in events]
    if seen[: CLIENTS * EACH] != list(range(before + 1, before + 1 + CLIENTS * EACH)):
        raise Failure("events are missing, or out of order")
    note = f"{len(ports) / took:.0f} a second, no duplicate, no gap in the events"
    table.row(f"an assignment, {CLIENTS} clients at once", took * 1000 / len(ports), "ms", 1.25, "3.4 ms", note)


def _ask(token, suite, number, answers):
    client = Client("port-manager", token)
    ports = []
    for count in range(EACH):
        body = {"service_id": f"bench-{number}-{count}", "suite": suite}
        ports.append(client.call("POST", "/api/ports/assign", body)["port"])
    answers.put(ports)


def _plans(platform, table):
    """The resolver by itself. A host has 65,535 ports, so 100,000 services are on two; on one, no plan can exist."""
    command = [platform.binaries() / "resolver-bench"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise Failure(f"the resolver was not measured:\n{run.stderr}")
    names = {
        "small": ("a plan, 1,000 services in 10,000 ports", 50),
        "two hosts": ("plans, 50,000 services on each of two hosts", 2000),
        "too many": ("no plan, 100,000 services on one host", 2000),
    }
    for line in run.stdout.splitlines():
        found = json.loads(line)
        name, limit = names[found["case"]]
        note = f"{found['placed']} placed, {found['mb']:.0f} MB at most by then"
        table.row(name, found["ms"], "ms", limit, note=note)


def _lists(platform, manager, what, query, table, small):
    """Limits and earlier figures are for 27 services, then for 5,000."""
    for name, path, limits, before in [
        ("assignments", "/api/ports/assignments", (3, 0.1), ("10.6 ms", "0.16 ms")),
        ("conflicts", "/api/ports/conflicts", (5, 0.2), ("42 ms", "0.39 ms")),
        ("statistics", "/api/ports/statistics", (1, 0.3), ("88 ms", "9.1 ms")),
    ]:
        used, took = cpu_per_call(
            platform, 500 if small else 200, lambda path=path: manager.call("GET", f"{path}?{query}")
        )
        note = f"{took * 1000:.2f} ms wall"
        table.row(f"{name}, {what}", used * 1000, "ms CPU", limits[small], before[small], note)
