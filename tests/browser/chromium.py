"""How to launch Chromium."""

import json
import os
from pathlib import Path
from typing import Any

MACHINE_CHROMIUM = "/usr/bin/chromium"


def has_chromium() -> bool:
    return "PEERHUB_CHROMIUM" in os.environ or Path(MACHINE_CHROMIUM).exists()


def launch_options() -> dict[str, Any]:
    """`make test` unpacks a Chromium and says how to launch it; without it, the machine's own serves."""
    if told := os.environ.get("PEERHUB_CHROMIUM"):
        options: dict[str, Any] = json.loads(Path(told).read_text())
        return options
    return {"executable_path": MACHINE_CHROMIUM, "args": ["--no-sandbox", "--disable-gpu"]}
