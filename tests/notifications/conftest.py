from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.notifications.builders import hello_kind

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"


@pytest.fixture(autouse=True)
def hello(settings: Settings) -> Iterator[None]:
    """The kind `tests.hello` and its sentences."""
    templates = [dict(engine) for engine in settings.TEMPLATES]
    templates[0]["DIRS"] = [*templates[0]["DIRS"], TEMPLATES]
    settings.TEMPLATES = templates
    with hello_kind():
        yield
