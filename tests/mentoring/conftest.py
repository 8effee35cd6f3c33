"""What most tests of mentoring begin with: a network, and one of its people."""

import pytest

from peerhub.people.models import Membership, Network
from tests.builders import make_network
from tests.mentoring.builders import make_listed


@pytest.fixture
def network() -> Network:
    return make_network()


@pytest.fixture
def me(network: Network) -> Membership:
    return make_listed(network, "Moi", "Chercheuse")
