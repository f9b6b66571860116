"""How long `scripts/up` takes from stopped to ready, with everything built."""

import os
import subprocess
import time

from .platform import ROOT, Failure


def measure(platform, table):
    """Stops the platform and starts it again."""
    environment = dict(os.environ, OPSC_BUILD=platform.build())

    def script(name):
        run = subprocess.run([ROOT / "scripts" / name], env=environment, capture_output=True, text=True, check=False)
        if run.returncode != 0:
            raise Failure(f"scripts/{name} did not work:\n{run.stdout}{run.stderr}")

    script("up")
    script("down")
    began = time.monotonic()
    script("up")
    table.row("scripts/up, from stopped to ready", time.monotonic() - began, "s", limit=15)
    began = time.monotonic()
    script("up")
    table.row("scripts/up, with everything running", time.monotonic() - began, "s")
