"""Rules of the house that a machine can refuse the breach of."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("forums", "sessions", "mentoring", "peerhub")
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SOURCES = sorted(
    path
    for room in ROOMS
    for path in (ROOT / room).rglob("*.py")
    if not {"migrations", "node_modules"} & set(path.parts)
)
PAGES = [path for path in TEMPLATES if "emails" not in path.parts]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_the_rooms_were_found() -> None:
    """A wrong path would make every test below pass on nothing."""
    assert len(SOURCES) > 100
    assert len(PAGES) > 40


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_page_has_no_inline_script_style_or_handler(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=\"|javascript:|<script(?![^>]*\ssrc=)", source) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_template_blesses_no_html(path: Path) -> None:
    assert re.findall(r"\|\s*safe\b|autoescape off", path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_template_calls_no_third_party(path: Path) -> None:
    addresses = re.findall(r"""(?:src|href|action)=["']?(?:https?:)?//[^"'\s>]+""", path.read_text(encoding="utf-8"))
    assert addresses == []


def test_tasks_are_queued_by_tasks_alone() -> None:
    """In a transaction, `.delay` outruns COMMIT: what is durable is an outbox event."""
    guilty = [
        name(path)
        for path in SOURCES
        if path.name != "tasks.py" and re.search(r"\.(delay|apply_async)\(", path.read_text(encoding="utf-8"))
    ]
    assert guilty == []


def test_domain_knows_no_http() -> None:
    """What a service decides must hold for the administration, the API and a command alike."""
    domain = {"models", "models.py", "policies.py", "queries", "queries.py", "services", "services.py"}
    guilty = [
        name(path)
        for path in SOURCES
        if domain & set(path.parts)
        and re.search(r"^\s*(?:from|import) django\.(?:http|shortcuts)", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert guilty == []


def test_every_room_stands_in_the_contract_of_layers() -> None:
    contract = (ROOT / "pyproject.toml").read_text(encoding="utf-8").partition("[tool.importlinter]")[2]
    rooms = {
        path.stem for path in (ROOT / "peerhub").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert {room for room in rooms - {"__init__"} if f"peerhub.{room}" not in contract} == set()


def test_no_signal_receiver_for_product_logic() -> None:
    guilty = [
        name(path)
        for path in SOURCES
        if re.search(r"@receiver|(?:post|pre)_(?:save|delete)\.connect", path.read_text(encoding="utf-8"))
    ]
    assert guilty == []


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_file_stays_readable(path: Path) -> None:
    """The house's bound; a room that needs more becomes a package."""
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= (300 if path.name == "settings.py" else 400)


def test_no_file_is_named_for_nothing() -> None:
    assert [name(path) for path in SOURCES if path.stem in {"utils", "helpers", "common", "misc"}] == []
