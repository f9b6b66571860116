"""Moves of running services: one under load, many at once, and watchers of the port manager as it moves itself."""

import asyncio
import json
import subprocess
import time
import urllib.parse

from . import sockets
from .platform import PORTS, ROOT, Client, Failure, port_of

MOVES = 100
CONNECTIONS = 8
WATCHERS = 24
BASE = "https://localhost:8443"
CERTIFICATE = ROOT / ".run" / "gateway" / "tls" / "cert.pem"
OWN = ("itechsmart", "itechsmart-port-manager")


def measure(platform, table):
    """All three; every service is where it was at the end."""
    token = platform.login()
    _one(platform, token, table)
    _many(platform, token, table)
    _watchers(token, table)


def _move(token, suite, service, port):
    """Moves a service and waits until the move is over; the record of it."""
    body = {"suite": suite, "service_id": service, "new_port": port}
    Client("port-manager", token).call("POST", "/api/ports/reassign", body)
    return _await_end(token, suite, service)


def _await_end(token, suite, service):
    path = f"/api/ports/changes?suite={suite}&service_id={service}&limit=1"
    for _ in range(600):
        change = Client("port-manager", token).call("GET", path)["changes"][0]
        if change["ended_at"]:
            return change
        time.sleep(0.05)
    raise Failure(f"the move of {service} does not end")


def _one(platform, token, table):
    """A hundred moves of one service while it is asked."""
    program = platform.binaries() / "moves-load"
    command = [program, BASE, CERTIFICATE, "targets", str(CONNECTIONS)]
    home, away = PORTS["targets"], PORTS["targets"] + 100
    load = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    changes = []
    try:
        for number in range(MOVES):
            changes.append(_move(token, "opsconductor", "targets", away if number % 2 == 0 else home))
    finally:
        said, _ = load.communicate(timeout=60)
    met = json.loads(said)
    bad = [change for change in changes if change["phase"] != "committed" or change["drain"]["lost"] != 0]
    if bad:
        raise Failure(f"a move went wrong: {bad[0]}")
    note = f"of {met['sent']} requests during {MOVES} moves, half of them POST"
    table.row("requests that failed while a service moved", met["failed"], "", 0, note=note)
    for failure in met["first_failures"]:
        print(f"  {failure}")
    for name, phase, limit in [("a move, p50", "total", 2500), ("  of it the switch, p50", "switch", 20), ("  of it the drain, p50", "drain", None)]:
        times = sorted(change["milliseconds"][phase] for change in changes)
        table.row(name, times[len(times) // 2], "ms", limit, note=f"slowest {times[-1]} ms")
    table.row("slowest answer meanwhile", met["slowest_ms"], "ms", note=f"p50 {met['p50_ms']:.1f}, p99.9 {met['p999_ms']:.1f} ms")


def _many(platform, token, table):
    """Twenty services of the default suite in one request."""
    manager = Client("port-manager", token)
    backup = manager.call("POST", "/api/ports/reset")["automatic_backup"]
    player = subprocess.Popen([platform.binaries() / "suite-sim"], stdout=subprocess.PIPE, text=True)
    try:
        for line in player.stdout:
            if line.strip() == "ready":
                break
        ports = manager.call("GET", "/api/ports/assignments")["assignments"]
        chosen = dict(sorted(item for item in ports.items() if item[0] != OWN[1])[:20])
        began = time.monotonic()
        answer = manager.call("POST", "/api/ports/bulk-update", {"updates": {name: port + 500 for name, port in chosen.items()}})
        table.row("20 running services moved by one request", time.monotonic() - began, "s", 5, note=f"{answer['failed']} failed")
    finally:
        player.terminate()
        player.wait()
        manager.connection.close()
        manager.call("POST", f"/api/ports/restore?backup_file={urllib.parse.quote(backup)}")


def _watchers(token, table):
    """Watchers of the port manager see every event although it moves; each is told to come again."""
    found = asyncio.run(_watch(token))
    table.row("watchers that came again and missed nothing", found, "", note=f"of {WATCHERS}, while the port manager moved")


async def _watch(token):
    watchers = [Watcher(token) for _ in range(WATCHERS)]
    tasks = [asyncio.create_task(watcher.run()) for watcher in watchers]
    while not all(watcher.seen for watcher in watchers):
        await asyncio.sleep(0.05)
    home = port_of("port-manager")
    loop = asyncio.get_running_loop()
    for port in (home + 100, home):
        await loop.run_in_executor(None, _move, token, *OWN, port)
    last = Client("port-manager", token).call("GET", "/api/ports/events?after=0&limit=1")["head"]
    for _ in range(200):
        if all(watcher.seen and max(watcher.seen) >= last for watcher in watchers):
            break
        await asyncio.sleep(0.05)
    for task in tasks:
        task.cancel()
    return sum(bool(watcher.is_whole(last)) for watcher in watchers)


class Watcher:
    """Watches, and goes on after the last event that it has seen."""

    def __init__(self, token):
        self.token, self.seen, self.codes = token, set(), []

    def is_whole(self, last):
        """Told each time to come again (1012, RFC 6455 and the registry of its close codes), and no event is missing."""
        return self.codes and set(self.codes) == {1012} and self.seen >= set(range(min(self.seen), last + 1))

    def take(self, text):
        message = json.loads(text)
        if "seq" in message and message["type"] not in ("connected", "heartbeat"):
            self.seen.add(message["seq"])
        elif message["type"] == "connected" and not self.seen:
            self.seen.add(message["seq"])

    async def run(self):
        while True:
            query = f"?after={max(self.seen)}" if self.seen else ""
            try:
                socket = await sockets.connect(port_of("port-manager"), f"/ws/updates{query}", self.token, self.take)
                await socket.closed
                self.codes.append(socket.code)
            except (OSError, ConnectionError):
                await asyncio.sleep(0.05)
