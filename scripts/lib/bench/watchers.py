"""A thousand who watch the events of the port manager: how late each event comes, and whether all do."""

import asyncio
import json
import multiprocessing
import resource
import time

from . import sockets
from .platform import port_of, Failure, rss_megabytes

WATCHERS = 1000
CUT = 50
SECONDS = 20
PER_SECOND = 10
AT_A_TIME = 25


def measure(platform, manager, suite, token, table):
    """Assigns ports at a steady pace before a crowd of watchers, some of which are cut off halfway."""
    ours, theirs = multiprocessing.Pipe()
    crowd = multiprocessing.Process(target=_watch, args=(token, theirs))
    crowd.start()
    try:
        _hear(ours, 120)
        times, memory = _assign(platform, manager, suite, ours)
        head = manager.call("GET", "/api/ports/events?limit=1")["head"]
        ours.send((head, times))
        found = _hear(ours, 120)
    finally:
        crowd.terminate()
        crowd.join()
    late, whole = sorted(found["late"]), sorted(found["whole"])
    name = f"an event at {WATCHERS} watchers, {PER_SECOND}/s"
    note = f"after the answer; {_percentile(whole, 99):.0f} ms after the request, {len(late)} arrivals"
    table.row(f"{name}, p99", _percentile(late, 99), "ms", limit=250, note=note)
    ends = [answered for _asked, answered in times.values()]
    pace = (len(ends) - 1) / (ends[-1] - ends[0])
    table.row(f"{name}, p50", _percentile(late, 50), "ms", note=f"{pace:.1f} assignments a second were made")
    note = f"of {found['events']} events at each; {CUT} watchers were cut off and came back"
    table.row("  events lost or doubled", found["faults"], "", limit=0, note=note)
    note = f"resident; {memory[0]:.0f} MB before the first event"
    table.row("  memory of port-manager meanwhile", max(memory), "MB", limit=150, note=note)


def _assign(platform, manager, suite, crowd):
    """When each service was asked for and answered, and the memory in each second."""
    pids = platform.pids()["port-manager"]
    times, memory = {}, [rss_megabytes(pids)]
    began = time.monotonic()
    for number in range(SECONDS * PER_SECOND):
        time.sleep(max(0.0, began + number / PER_SECOND - time.monotonic()))
        if number == SECONDS * PER_SECOND // 2:
            crowd.send("cut")
        if number % PER_SECOND == 0:
            memory.append(rss_megabytes(pids))
        name = f"watched-{number}"
        asked = time.monotonic()
        manager.call("POST", "/api/ports/assign", {"service_id": name, "suite": suite})
        times[name] = (asked, time.monotonic())
    return times, memory


def _hear(pipe, seconds):
    if not pipe.poll(seconds):
        raise Failure("the watchers say nothing")
    said = pipe.recv()
    if isinstance(said, Exception):
        raise Failure(f"watching did not work: {said}")
    return said


def _percentile(values, percent):
    return values[min(len(values) - 1, len(values) * percent // 100)]


def _watch(token, pipe):
    try:
        pipe.send(asyncio.run(Crowd(token).watch(pipe)))
    except (OSError, asyncio.TimeoutError) as error:
        pipe.send(error)


class Watcher:
    """What one of them has seen: numbers with the time of each, from its first one on."""

    def __init__(self):
        self.first = None
        self.seen = []

    @property
    def last(self):
        return self.seen[-1][0] if self.seen else self.first


class Crowd:
    """All of them, in a process of their own."""

    def __init__(self, token):
        self.token = token
        self.watchers = [Watcher() for _ in range(WATCHERS)]
        self.sockets = []
        self.services = {}
        self.resyncs = 0

    async def watch(self, pipe):
        """Watches until it is told the last number, and those that came back have it as well."""
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        loop = asyncio.get_running_loop()
        for start in range(0, WATCHERS, AT_A_TIME):
            few = self.watchers[start : start + AT_A_TIME]
            self.sockets += await asyncio.gather(*(self._open(watcher, "") for watcher in few))
        pipe.send("ready")
        await loop.run_in_executor(None, pipe.recv)
        await asyncio.gather(*(self._come_back(place) for place in range(CUT)))
        head, times = await loop.run_in_executor(None, pipe.recv)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and any(watcher.last < head for watcher in self.watchers):
            await asyncio.sleep(0.05)
        return self._judge(head, times)

    async def _open(self, watcher, query):
        """Comes again where it is sent away to try again shortly, as the database has no connection free."""
        for pause in (0.5, 1, 2, 4, None):
            try:
                return await sockets.connect(
                    port_of("port-manager"), f"/ws/updates{query}", self.token, lambda text: self._take(watcher, text)
                )
            except OSError:
                if pause is None:
                    raise
                await asyncio.sleep(pause)

    async def _come_back(self, place):
        """Each at another moment of two seconds, and away for as long again."""
        await asyncio.sleep(2 * place / CUT)
        self.sockets[place].cut()
        await asyncio.sleep(2 * place / CUT)
        self.sockets[place] = await self._open(self.watchers[place], f"?after={self.watchers[place].last}")

    def _take(self, watcher, text):
        now = time.monotonic()
        message = json.loads(text)
        kind = message["type"]
        if kind == "connected":
            # Who comes back still wants what it missed.
            watcher.first = message["seq"] if watcher.first is None else watcher.first
        elif kind == "resync":
            self.resyncs += 1
        elif kind != "heartbeat":
            watcher.seen.append((message["seq"], now))
            if kind == "port_change":
                self.services[message["seq"]] = message["service_id"]

    def _judge(self, head, times):
        """Those that were cut off count for numbers only, not for times."""
        faults, late, whole = self.resyncs, [], []
        for watcher in self.watchers:
            numbers = [number for number, _at in watcher.seen]
            wanted = range(watcher.first + 1, max(head, watcher.last) + 1)
            faults += len(numbers) - len(set(numbers)) + len(set(wanted) - set(numbers))
            faults += numbers != sorted(numbers)
        for watcher in self.watchers[CUT:]:
            for number, at in watcher.seen:
                asked, answered = times.get(self.services.get(number), (None, None))
                if asked is not None:
                    late.append(max(0.0, at - answered) * 1000)
                    whole.append((at - asked) * 1000)
        return {"faults": faults, "late": late, "whole": whole, "events": len(self.watchers[-1].seen)}
