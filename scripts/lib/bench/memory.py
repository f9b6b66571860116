"""Memory of the idle platform."""

import time

from .platform import PORTS, pss_megabytes


def measure(platform, table):
    """Looks after a moment of rest."""
    time.sleep(5)
    pids = platform.pids()
    services = sum(pss_megabytes(pids[name]) for name in PORTS)
    gateway = pss_megabytes(pids["gateway"])
    table.row("idle memory, services and gateway with nginx", services + gateway, "MB", limit=150, before="560 MB")
    for name in sorted(PORTS):
        table.row(f"  {name}", pss_megabytes(pids[name]), "MB")
    table.row("  gateway with nginx", gateway, "MB")
    table.row("idle memory, PostgreSQL", pss_megabytes(pids["postgres"]), "MB")
    table.row("idle memory, Redis", pss_megabytes(pids["redis"]), "MB")
