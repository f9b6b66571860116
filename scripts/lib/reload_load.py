#!/usr/bin/env python3
"""Clients that go on while the gateway is reloaded, and what they met, as JSON.

  reload_load.py SECONDS JOB RUN     TOKEN from the environment; JOB is started again and again, RUN is watched

A connection that was kept open may be closed as a request is on its way: RFC 9110, section 9.2.2, lets a
client send an idempotent request once more. A POST here carries an Idempotency-Key and is one.
"""

import http.client
import json
import os
import ssl
import sys
import threading
import time
import urllib.parse
import uuid

BASE = urllib.parse.urlsplit(os.environ.get("BASE_URL", "https://localhost:8443"))
TOKEN = os.environ["TOKEN"]
TLS = ssl.create_default_context()
TLS.check_hostname, TLS.verify_mode = False, ssl.CERT_NONE


def connect():
    return http.client.HTTPSConnection(BASE.hostname, BASE.port, context=TLS, timeout=20)


class Client:
    """One connection at a time; counts what it met."""

    def __init__(self):
        self.connection, self.sent, self.again, self.failed = connect(), 0, 0, []

    def ask(self, method, path, headers=None):
        """The answer's status and body, after one more try where the connection was closed."""
        self.sent += 1
        for is_last in (False, True):
            try:
                self.connection.request(method, path, headers={"Authorization": f"Bearer {TOKEN}", **(headers or {})})
                answer = self.connection.getresponse()
                body = answer.read()
                if answer.status >= 400:
                    self.failed.append(f"{method} {path}: {answer.status} {body[:100]!r}")
                return body
            except (OSError, http.client.HTTPException) as error:
                self.connection.close()
                self.connection = connect()
                if is_last:
                    self.failed.append(f"{method} {path}: {error!r}")
                self.again += 1
        return b""

    def renew(self):
        self.connection.close()
        self.connection = connect()


def read_kept(client, until):
    while time.monotonic() < until:
        client.ask("GET", "/api/v1/jobs?limit=1")


def read_anew(client, until):
    while time.monotonic() < until:
        client.ask("GET", "/health")
        client.renew()


def start_runs(client, until, job, started):
    while time.monotonic() < until:
        key = str(uuid.uuid4())
        body = client.ask("POST", f"/api/v1/jobs/{job}/run", {"Idempotency-Key": key, "Content-Length": "0"})
        started.append(json.loads(body or b"{}").get("id"))
        time.sleep(0.02)


def watch(run, found):
    """Follows a run to its end, taking up where it was each time that the stream is cut."""
    last, deadline = 0, time.monotonic() + 60
    while time.monotonic() < deadline:
        connection = connect()
        try:
            headers = {"Authorization": f"Bearer {TOKEN}", "Last-Event-ID": str(last)}
            connection.request("GET", f"/api/v1/runs/{run}/events", headers=headers)
            answer = connection.getresponse()
            found["streams"] += 1
            kind = None
            for line in answer:
                field, _, value = line.decode().rstrip("\n").partition(": ")
                if field == "id":
                    found["misses"] += int(value) != last + 1
                    last = int(value)
                elif field == "event":
                    kind = value
                elif field == "data" and kind == "output":
                    frames = json.loads(value)["data"]["frames"]
                    found["text"] += "".join(frame.get("text", "") for frame in frames)
                if kind == "end":
                    return
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
        finally:
            connection.close()


def main(seconds, job, run):
    until = time.monotonic() + float(seconds)
    started, found = [], {"streams": 0, "misses": 0, "text": ""}
    kept, anew, posting = [Client() for _ in range(4)], [Client() for _ in range(2)], Client()
    threads = [threading.Thread(target=read_kept, args=(client, until)) for client in kept]
    threads += [threading.Thread(target=read_anew, args=(client, until)) for client in anew]
    threads.append(threading.Thread(target=start_runs, args=(posting, until, job, started)))
    threads.append(threading.Thread(target=watch, args=(run, found)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    clients = [*kept, *anew, posting]
    result = {
        "requests": sum(client.sent for client in clients),
        "again": sum(client.again for client in clients),
        "failed": [fault for client in clients for fault in client.failed][:10],
        "runs": len(started),
        "distinct_runs": len(set(started)),
        "stream": found,
    }
    print(json.dumps(result))


main(*sys.argv[1:])
