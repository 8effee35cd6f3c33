import pytest

from tests.moderation.builders import Stage, make_stage
from tests.moderation.notes import ACTS


@pytest.fixture
def stage() -> Stage:
    ACTS.clear()
    return make_stage()
