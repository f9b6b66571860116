"""The web UI in Chromium."""

import json
import subprocess

from .platform import ROOT, Failure

# One frame at 60 a second, with the inexactness of its clock.
FRAME_MS = 17.5


def measure(platform, table):
    """Loads, scrolls and watches pages of the platform that is up."""
    del platform
    if not (ROOT / "frontend" / "node_modules").exists():
        raise Failure("the packages of the web UI are missing: npm ci in frontend/, or scripts/up")
    run = subprocess.run(
        ["node", "scripts/bench.mjs"], cwd=ROOT / "frontend", capture_output=True, text=True, check=False
    )
    if run.returncode != 0:
        raise Failure(f"the web UI could not be measured:\n{run.stderr[-1500:]}")
    seen = json.loads(run.stdout)
    table.row("web UI, script of the first load, gzip", seen["script_kb"], "kB", limit=260)
    table.row("web UI, heaviest lazy route, gzip", seen["route_kb"], "kB", limit=60, note=seen["route"])
    table.row("web UI, first contentful paint", seen["paint_ms"], "ms", limit=1000)
    table.row("web UI, overview can be used", seen["interactive_ms"], "ms", limit=1500)
    table.row("web UI, layout shift of the overview", seen["shift"], "", limit=0.1)
    table.row("web UI, time per frame scrolling 10,000 rows", 1000 / seen["fps"], "ms", limit=20, note=f"{seen['fps']:.0f} a second")
    table.row(
        f"web UI, redraw of a grid of {seen['cells']} ports",
        seen["redraw_ms"],
        "ms",
        limit=FRAME_MS,
        note=f"{seen['redraws']} redraws, worst {seen['redraw_worst_ms']:.0f} ms",
    )
    table.row(f"web UI, heap kept after {seen['changes']} live changes", seen["growth_mb"], "MB", limit=3)
