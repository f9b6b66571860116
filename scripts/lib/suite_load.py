#!/usr/bin/env python3
"""Clients that ask each service of the default suite while it moves, and what they met, as JSON.

  suite_load.py FILE     TOKEN and BASE_URL from the environment; ends when FILE is gone

A client knows the ports that the port manager tells. Where nobody listens, it reads them again and asks once
more; everything else that goes wrong is a failure. The port manager itself is asked through the gateway.
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


def read_ports():
    connection = http.client.HTTPSConnection(BASE.hostname, BASE.port, context=TLS, timeout=20)
    connection.request("GET", "/api/ports/assignments", headers={"Authorization": f"Bearer {TOKEN}"})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise OSError(f"the port manager answered {answer.status}")
    return json.loads(body)["assignments"]


def ask(name, port):
    if name == "itechsmart-port-manager":
        connection = http.client.HTTPSConnection(BASE.hostname, BASE.port, context=TLS, timeout=20)
        connection.request("GET", "/port-manager/health")
    else:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/health")
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 200:
        raise OSError(f"status {answer.status}")


def work(is_running, names, ports, found):
    while is_running():
        for name in names:
            found["sent"] += 1
            try:
                try:
                    ask(name, ports[name])
                except ConnectionRefusedError:
                    ports.update(read_ports())
                    ask(name, ports[name])
            except (OSError, http.client.HTTPException) as error:
                found["failed"].append(f"{name}: {error!r}")
            time.sleep(0.01)


def main():
    file = pathlib.Path(sys.argv[1])
    ports = read_ports()
    names = sorted(ports)
    found = [{"sent": 0, "failed": []} for _ in range(3)]
    threads = [
        threading.Thread(target=work, args=(file.exists, names[part::3], ports, found[part])) for part in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    failed = [failure for part in found for failure in part["failed"]]
    print(json.dumps({"sent": sum(part["sent"] for part in found), "failed": failed[:20]}))


main()
