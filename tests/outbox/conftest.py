from collections.abc import Iterator

import pytest

from peerhub.outbox import registry
from tests.outbox.samples import Followed, Happened


@pytest.fixture(autouse=True)
def samples() -> Iterator[None]:
    """The sample events, without a handler, and forgotten after the test."""
    with registry.isolated():
        registry.event("samples.happened")(Happened)
        registry.event("samples.followed")(Followed)
        yield
