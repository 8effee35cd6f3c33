"""A kept world serves while it can be brought up to date, and no longer."""

import pytest

from tests.bench.stage import can_be_migrated, migrations

APPLIED = {"people/0001.py": "a", "people/0002.py": "b"}


@pytest.mark.parametrize(
    ("wanted", "serves"),
    [
        (APPLIED, True),
        ({**APPLIED, "people/0003.py": "c"}, True),
        ({**APPLIED, "people/0002.py": "edited"}, False),
        ({"people/0001.py": "a"}, False),
    ],
)
def test_a_world_is_made_anew_when_a_migration_of_it_was_rewritten(wanted: dict[str, str], serves: bool) -> None:
    assert can_be_migrated(APPLIED, wanted) is serves


def test_a_world_whose_migrations_nobody_knows_is_made_anew() -> None:
    assert can_be_migrated({}, APPLIED) is False


def test_migrations_of_all_rooms_are_known() -> None:
    rooms = {path.rpartition("/migrations/")[0] for path in migrations()}
    assert {"forums", "sessions", "mentoring", "peerhub/people", "peerhub/notifications"} <= rooms
