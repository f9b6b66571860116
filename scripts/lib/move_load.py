#!/usr/bin/env python3
"""Clients that ask every service while services move, and what they met, as JSON.

  move_load.py FILE     TOKEN and BASE_URL from the environment; ends when FILE is gone

Nothing is sent twice: whatever goes wrong once is a failure.
"""

import http.client
import json
import os
import pathlib
import ssl
import sys
import threading
import time
import urllib.parse

BASE = urllib.parse.urlsplit(os.environ.get("BASE_URL", "https://localhost:8443"))
TOKEN = os.environ["TOKEN"]
TLS = ssl.create_default_context()
TLS.check_hostname, TLS.verify_mode = False, ssl.CERT_NONE
PATHS = [
    "/api/v1/auth/sessions", "/api/v1/users?limit=1", "/api/v1/credentials?limit=1", "/api/v1/targets?limit=1",
    "/api/v1/jobs?limit=1", "/api/v1/executor/status", "/api/ports/statistics",
]


class Client(threading.Thread):
    """Asks on connections that are kept, or on a new one each time."""

    def __init__(self, running, is_kept):
        super().__init__()
        self.running, self.is_kept = running, is_kept
        self.sent, self.failed = 0, []

    def connect(self):
        return http.client.HTTPSConnection(BASE.hostname, BASE.port, context=TLS, timeout=20)

    def run(self):
        connection = self.connect()
        while self.running():
            for path in PATHS:
                self.sent += 1
                try:
                    connection.request("GET", path, headers={"Authorization": f"Bearer {TOKEN}"})
                    answer = connection.getresponse()
                    body = answer.read()
                    if answer.status != 200:
                        self.failed.append(f"{path}: {answer.status} {body[:200]!r}")
                except (OSError, http.client.HTTPException) as error:
                    self.failed.append(f"{path}: {error!r}")
                    connection.close()
                    connection = self.connect()
                if not self.is_kept:
                    connection.close()
                    connection = self.connect()
                # The limit of the gateway is not what is looked at.
                time.sleep(0.005)
        connection.close()


def main():
    file = pathlib.Path(sys.argv[1])
    clients = [Client(file.exists, is_kept) for is_kept in (True, True, False)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    print(json.dumps({
        "sent": sum(client.sent for client in clients),
        "failed": [failure for client in clients for failure in client.failed][:20],
    }))


main()
