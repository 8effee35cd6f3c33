"""Which server, and how many of what: the numbers behind docs/adr/0012. `python -m tests.bench --only servers`.

Each candidate serves the topic page, signed in, turn about with the one that is in use; ratios of neighbours, medians.
"""

import statistics
import sys
from typing import Any

from peerhub.embedded.processes import free_port
from tests.bench.driver import drive
from tests.bench.parts import Run, floor_requests, readings, start_floor, warm
from tests.bench.stage import Process, say, wait_for

WSGI, ASGI = "peerhub.wsgi:application", "tests.bench.pages_asgi:application"


def candidates(port: int) -> dict[str, list[str]]:
    at = [f"--port={port}", "--host=127.0.0.1", "--log-level=warning"]
    granian = ["granian", "--interface=wsgi", "--no-ws", *at]
    gunicorn = ["gunicorn", f"--bind=127.0.0.1:{port}", "--log-level=warning"]
    return {
        "granian 2 x 1 thread (in use)": [*granian, "--workers=2", "--blocking-threads=1", WSGI],
        "granian 2 x 2 threads": [*granian, "--workers=2", "--blocking-threads=2", WSGI],
        "granian 2 x 4 threads": [*granian, "--workers=2", "--blocking-threads=4", WSGI],
        "granian 1 x 1 thread": [*granian, "--workers=1", "--blocking-threads=1", WSGI],
        "granian 3 x 1 thread": [*granian, "--workers=3", "--blocking-threads=1", WSGI],
        "granian 4 x 1 thread": [*granian, "--workers=4", "--blocking-threads=1", WSGI],
        "gunicorn sync x2": [*gunicorn, "--workers=2", WSGI],
        "gunicorn gthread 2 x 2": [*gunicorn, "--workers=2", "--threads=2", WSGI],
        "uvicorn ASGI x2": ["uvicorn", *at, "--workers=2", "--no-access-log", ASGI],
    }


def servers(run: Run) -> None:
    requests = readings(run.scene, run.scene["topics"], signed_in=True)
    found: dict[str, dict[str, Any]] = {}
    warm(run.web.port, requests)
    for name in candidates(0):
        say(f"Server: {name}")
        port = free_port()
        process = run.stage.start("candidate", [sys.executable, "-m", *candidates(port)[name]], run.environment, port)
        try:
            wait_for(process, "/sante/vivant")
            warm(port, requests)
            warm(port, requests)
            found[name] = {f"concurrency {number}": _beside(run, process, requests, number) for number in (8, 32)}
            found[name]["memory_mb"] = round(process.memory_mb())
        except RuntimeError as error:
            found[name] = {"failed": str(error)}
        finally:
            run.stage.end(process)
    found["floor: granian against gunicorn"] = _floors(run)
    run.figures.raw["servers"] = found
    for name, figures in found.items():
        say(f"{name}: {figures}")


def _beside(run: Run, process: Process, requests: list[str], concurrency: int) -> dict[str, float]:
    ratios, latencies, errors = [], [], 0
    for _ in range(run.rounds):
        base = drive(run.web.port, requests, seconds=run.seconds, concurrency=concurrency)
        other = drive(process.port, requests, seconds=run.seconds, concurrency=concurrency)
        ratios.append(other["per_second"] / base["per_second"])
        latencies.append(other["p95_ms"] / base["p95_ms"])
        errors += other["errors"]
    return {
        "requests": round(statistics.median(ratios), 2),
        "p95": round(statistics.median(latencies), 2),
        "errors": errors,
    }


def _floors(run: Run) -> dict[str, float]:
    one, other = start_floor(run.stage, "gunicorn"), start_floor(run.stage, "granian")
    found = {}
    for concurrency in (8, 32):
        ratios = [
            drive(other.port, floor_requests(), seconds=run.seconds, concurrency=concurrency)["per_second"]
            / drive(one.port, floor_requests(), seconds=run.seconds, concurrency=concurrency)["per_second"]
            for _ in range(run.rounds)
        ]
        found[f"concurrency {concurrency}"] = round(statistics.median(ratios), 2)
    run.stage.end(one, other)
    return found
