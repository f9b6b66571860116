"""The port manager: assignments at once, and processor time per call with few and many services."""

import multiprocessing
import time

from .platform import Client, Failure, cpu_per_call

CLIENTS = 8
EACH = 250
MANY = 5000
RANGE = [20000, 32000]


def measure(platform, table):
    """Assignments of clients at once, then the lists of a small and of a large suite."""
    token = platform.login()
    manager = Client("port-manager", token)
    suite = platform.suffix
    manager.call("POST", "/api/suites", {"name": suite, "port_range": RANGE, "host_template": "127.0.0.1"})
    try:
        _assign(manager, token, suite, table)
    finally:
        manager.call("DELETE", f"/api/suites/{suite}")
    _lists(platform, manager, "27 services", "suite=itechsmart", table, 1)
    suite += "-large"
    manager.call("POST", "/api/suites", {"name": suite, "port_range": RANGE, "host_template": "127.0.0.1"})
    try:
        manager.connection.timeout = 300
        services = {f"service-{number:04}": RANGE[0] + number for number in range(MANY)}
        name = f"{suite}.json"
        query = f"suite={suite}&backup_file={name}"
        manager.call("POST", f"/api/ports/backups?{query}", {"port_assignments": services})
        began = time.monotonic()
        manager.call("POST", f"/api/ports/restore?{query}")
        table.row(f"restore of {MANY} services", time.monotonic() - began, "s")
        _lists(platform, manager, f"{MANY} services", f"suite={suite}", table, 0)
    finally:
        manager.call("DELETE", f"/api/suites/{suite}")


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


def _lists(platform, manager, what, query, table, small):
    """Limits and earlier figures are for 27 services, then for 5,000."""
    for name, path, limits, before in [
        ("assignments", "/api/ports/assignments", (3, 0.1), ("10.6 ms", "0.16 ms")),
        ("conflicts", "/api/ports/conflicts", (5, 0.2), ("42 ms", "0.39 ms")),
        ("statistics", "/api/ports/statistics", (1, 0.3), ("88 ms", "9.1 ms")),
    ]:
        used, took = cpu_per_call(
            platform, 500 if small else 60, lambda path=path: manager.call("GET", f"{path}?{query}")
        )
        note = f"{took * 1000:.2f} ms wall"
        table.row(f"{name}, {what}", used * 1000, "ms CPU", limits[small], before[small], note)
