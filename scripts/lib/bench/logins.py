"""Whether checking passwords stalls other requests: /verify while logins are thrown at auth."""

import asyncio
import collections
import json
import multiprocessing
import time

from .platform import port_of, Client

SECONDS = 10
LOGINS_PER_SECOND = 50


def measure(platform, table):
    """The slowest percent of /verify, alone and under load."""
    admin = platform.login()
    users = Client("users", admin)
    password = f"quite a long one {platform.suffix}"
    body = {"username": platform.suffix, "email": f"{platform.suffix}@example.org", "password": password}
    user = users.call("POST", "/users", body)["id"]
    try:
        alone = _latencies(admin, 3)
        table.row("GET /verify p99, nothing else", _percentile(alone, 99), "ms")
        answers = multiprocessing.Queue()
        load = multiprocessing.Process(target=_throw, args=(platform.suffix, password, answers))
        load.start()
        time.sleep(1)
        loaded = _latencies(admin, SECONDS - 2)
        counts = answers.get(timeout=60)
        load.join()
    finally:
        users.call("DELETE", f"/users/{user}")
    note = ", ".join(f"{count} x {status}" for status, count in sorted(counts.items()))
    name = f"GET /verify p99, {LOGINS_PER_SECOND} logins/s at auth"
    table.row(name, _percentile(loaded, 99), "ms", limit=20, note=f"logins: {note}")
    table.row("GET /verify p50, the same", _percentile(loaded, 50), "ms")
    wrong = sum(count for status, count in counts.items() if status not in ("200", "429"))
    table.row("logins answered by anything but 200 and 429", wrong, "", limit=0)


def _latencies(token, seconds):
    client = Client("auth", token)
    found, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        client.call("GET", "/verify")
        found.append((time.monotonic() - began) * 1000)
        time.sleep(0.005)
    return sorted(found)


def _percentile(values, percent):
    return values[min(len(values) - 1, len(values) * percent // 100)]


def _throw(username, password, answers):
    answers.put(asyncio.run(_logins(username, password)))


async def _logins(username, password):
    body = json.dumps({"username": username, "password": password}).encode()
    head = f"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    counts = collections.Counter()

    async def one():
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port_of("auth"))
            writer.write(head.encode() + body)
            answer = await asyncio.wait_for(reader.read(), 30)
            writer.close()
            counts[answer.split(b" ", 2)[1].decode()] += 1
        except (OSError, IndexError, asyncio.TimeoutError) as error:
            counts[type(error).__name__] += 1

    waiting, began = [], time.monotonic()
    for number in range(SECONDS * LOGINS_PER_SECOND):
        await asyncio.sleep(max(0, began + number / LOGINS_PER_SECOND - time.monotonic()))
        waiting.append(asyncio.create_task(one()))
    await asyncio.gather(*waiting)
    return counts
