"""What a process keeps for a moment."""

from pytest_django import Settings

from peerhub.caching import recent


def test_what_is_the_same_for_everyone_is_kept_for_a_moment(settings: Settings) -> None:
    asked: list[int] = []

    @recent
    def read(network_id: int) -> int:
        asked.append(network_id)
        return len(asked)

    settings.VISITOR_PAGE_SECONDS = 0
    assert (read(1), read(1)) == (1, 2)
    settings.VISITOR_PAGE_SECONDS = 60
    assert (read(1), read(1), read(2), read(2)) == (3, 3, 4, 4)
    assert asked == [1, 1, 1, 2]
