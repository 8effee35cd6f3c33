"""What most tests of the forums begin with."""

import pytest

from forums.models import Topic
from peerhub.people.models import Membership
from tests.builders import make_member, make_network
from tests.forums.builders import make_forum, make_topic


@pytest.fixture
def member() -> Membership:
    return make_member(make_network(), category="elected")


@pytest.fixture
def topic(member: Membership) -> Topic:
    """A discussion that `member` opened for the whole network."""
    return make_topic(make_forum(member.network), member.user)
