"""The one command line: `python -m peerhub.cli <command>`.

`web`, `live`, `worker`, `beat` and `migrate` are the processes of a deployment; `make run` and docker-compose.yml
start these and know no other command line. `run`, `test`, `check` and `servers` are for a developer's machine.
"""

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = "peerhub.settings"


def var_folder() -> Path:
    return Path(os.environ.get("PEERHUB_VAR") or ROOT / "var").absolute()


def process_commands(env: Mapping[str, str]) -> dict[str, list[str]]:
    """The command line of each long-running process, from HOST, PORT, LIVE_PORT and the numbers of workers."""
    python = [sys.executable, "-m"]
    host = env.get("HOST") or "127.0.0.1"
    port = env.get("PORT") or "8000"
    return {
        "web": [
            *python,
            "peerhub.web",
            "--interface=wsgi",
            f"--host={host}",
            f"--port={port}",
            f"--workers={env.get('WEB_WORKERS') or 2}",
            "--blocking-threads=1",  # Python renders one page at a time anyway (docs/adr/0012)
            "--no-ws",
            "--respawn-failed-workers",
            "--workers-kill-timeout=10",
            "--log-level=warning",
            "peerhub.wsgi:application",
        ],
        "live": [
            *python,
            "peerhub.live",
            f"--host={host}",
            f"--port={env.get('LIVE_PORT') or int(port) + 1}",
        ],
        "worker": [
            *python,
            "celery",
            "--app=peerhub.celery:app",
            "--quiet",
            "worker",
            f"--concurrency={env.get('WORKER_CONCURRENCY') or 2}",
            "--loglevel=WARNING",
            "--without-gossip",
            "--without-mingle",
        ],
        "beat": [
            *python,
            "celery",
            "--app=peerhub.beat:app",
            "--quiet",
            "beat",
            "--loglevel=WARNING",
            f"--schedule={Path(env.get('PEERHUB_VAR') or ROOT / 'var') / 'beat-schedule'}",
            "--pidfile=",
        ],
    }


def become(command: list[str]) -> None:
    """Replace this program, so that signals reach the process itself."""
    sys.stdout.flush()
    os.execv(command[0], command)


def django(arguments: Sequence[str]) -> None:
    """A management command; where nothing is configured, on the servers of the `make run` that goes on here."""
    if "DATABASE_URL" not in os.environ and (running := var_folder() / "run.env").exists():
        for line in running.read_text().splitlines():
            name, _, value = line.partition("=")
            os.environ.setdefault(name, value)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    # Django is not loaded for the commands that only start a process.
    from django.core.management import execute_from_command_line

    execute_from_command_line(["peerhub", *arguments])


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m peerhub.cli", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name, text in {
        "run": "everything on this machine: servers, database, demo, processes",
        "build": "the front end and the translations",
        "prepare": "migrations, official territories and demo world of the configured database",
        "check": "formatters, linters, types and import contracts",
        "messages": "collect the sentences to translate",
        "clean": "delete the database and all else that is kept outside the tree",
        "migrate": "bring the database's schema up to date",
        **{name: f"the {name} process" for name in process_commands({})},
    }.items():
        commands.add_parser(name, help=text)
    for name, text in {
        "test": "checks, then pytest with these arguments, on servers of its own",
        "django": "a management command of Django",
        "servers": "run a command (or wait) with a PostgreSQL and a Redis of its own",
    }.items():
        # No character introduces an option here: what follows belongs to the other program, `-n 2` first or last.
        commands.add_parser(name, help=text, add_help=False, prefix_chars="\0").add_argument("arguments", nargs="*")
    chosen = parser.parse_args(argv)
    if chosen.command in process_commands({}):
        become(process_commands(os.environ)[chosen.command])
    elif chosen.command == "migrate":
        django(["migrate", "--no-input"])
    elif chosen.command == "django":
        django(chosen.arguments)
    elif chosen.command == "prepare":
        prepare()
    else:
        sys.exit(_on_a_developers_machine(chosen))


def prepare() -> None:
    """Bring the configured database up to date: schema, official territories, and in demo mode a world to visit."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django as framework
    from django.db import OperationalError

    framework.setup()
    try:
        _prepare_database()
    except OperationalError as error:
        sys.exit(f"The database does not serve: {str(error).splitlines()[0]}")


def _prepare_database() -> None:
    from django.conf import settings
    from django.core.management import call_command

    from mentoring.services.traits import bring_territories
    from mentoring.services.tree import load_competences
    from peerhub.demo import world
    from peerhub.embedded.progress import step
    from peerhub.people.categories import ensure_categories
    from peerhub.people.services.circles import public_circle
    from peerhub.people.territories import TerritoriesMissing

    with step("Database schema"):
        call_command("migrate", verbosity=0, interactive=False)
    with step("Official territories") as told:
        try:
            told.skipped = not bring_territories(settings.TERRITORIES_DIR)
        except TerritoriesMissing as error:
            sys.exit(str(error))
    with step("Categories and competences"):
        public_circle()
        ensure_categories()
        load_competences()
    if settings.MODE == "demo":
        with step("Demo world") as told:
            told.skipped = world.exists()
            if not told.skipped:
                call_command("seed_demo", verbosity=0)


def _on_a_developers_machine(chosen: argparse.Namespace) -> int:
    # A production image has none of what these need (psutil, Babel, the embedded servers).
    from peerhub.demo.accounts import accounts_table
    from peerhub.embedded import messages, runner, testing
    from peerhub.embedded.errors import EmbeddedError

    this = [sys.executable, "-m", "peerhub.cli"]
    var = var_folder()
    actions: dict[str, Callable[[], int | None]] = {
        "run": lambda: runner.run(
            ROOT, var, prepare=[*this, "prepare"], commands=process_commands, accounts=accounts_table()
        ),
        "build": lambda: runner.build_all(ROOT, var, with_tests=False),
        "check": lambda: testing.check(ROOT),
        "test": lambda: testing.test(ROOT, var, chosen.arguments),
        "messages": lambda: messages.collect(ROOT),
        "clean": lambda: runner.clean(var),
        "servers": lambda: testing.with_servers(ROOT, var, chosen.arguments),
    }
    try:
        return actions[chosen.command]() or 0
    except EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    main()
