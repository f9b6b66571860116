"""Processor time per request of a sequential client, services and database together."""

from .platform import Client, cpu_per_call


def measure(platform, table):
    """One row a kind of request; a bare health request of the same run is the yardstick."""
    token = platform.login()
    health = Client("targets")
    bare, _ = cpu_per_call(platform, 2000, lambda: health.call("GET", "/health"))
    table.row("GET /health, the yardstick", bare * 1000, "ms CPU")

    def row(name, calls, one, limit, before):
        used, took = cpu_per_call(platform, calls, one)
        note = f"{used / bare:.1f} x health, {took * 1000:.2f} ms wall" if bare else ""
        table.row(name, used * 1000, "ms CPU", limit=limit, before=before, note=note)

    verify = Client("auth", token)
    row("GET /verify", 2000, lambda: verify.call("GET", "/verify"), 0.2, "9 ms")
    targets = Client("targets", token)
    target = targets.call(
        "POST", "/targets", {"name": platform.suffix, "hostname": "bench.example.org", "tags": ["role:bench"]}
    )["id"]
    try:
        row("GET /targets/{id}", 2000, lambda: targets.call("GET", f"/targets/{target}"), 1, "21 ms")
    finally:
        targets.call("DELETE", f"/targets/{target}")
    _credentials(platform, token, row)


def _credentials(platform, token, row):
    credentials = Client("credentials", token)
    made = []

    def create():
        made.append(
            credentials.call(
                "POST",
                "/credentials",
                {
                    "name": f"{platform.suffix}-{len(made)}",
                    "credential_type": "winrm",
                    "credential_data": {"username": "bench", "password": "not a real one"},
                },
            )["id"]
        )

    try:
        row("POST /credentials", 300, create, 3, "42 ms")
    finally:
        for credential in made:
            credentials.call("DELETE", f"/credentials/{credential}")
