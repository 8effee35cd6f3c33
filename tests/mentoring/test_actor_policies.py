"""Who keeps what an organisation offers: a table, and one answer for a row and a set."""

import pytest

from mentoring.models import Support
from mentoring.policies.actors import ActorAbilities, can_see_support
from mentoring.queries.actors import seen_by, standing_of
from mentoring.services.actors import withdraw_support
from peerhub.people.enums import MembershipStatus
from peerhub.people.models import Affiliation, Membership, User
from peerhub.people.policies import can_see_circle
from peerhub.people.services.memberships import end_membership
from tests.builders import make_animator, make_member, make_network, make_user
from tests.mentoring.actor_builders import make_keeper, make_organisation, make_support
from tests.mentoring.need_builders import put_in_organisation
from tests.sessions.builders import animator_of

pytestmark = pytest.mark.django_db

# kind of person -> may write, withdraw, name keepers; sees what is over. Of an organisation that somebody keeps.
KEPT = {
    "stranger": (False, False, False, False),
    "animator of another network": (False, False, False, False),
    "member": (False, False, False, False),
    "colleague": (False, False, False, False),
    "keeper": (True, True, True, True),
    "silenced keeper": (False, True, True, True),
    "keeper who left the network": (False, False, False, False),
    "keeper of another hat": (False, False, False, False),
    "animator": (False, True, True, True),
}
# As long as nobody keeps it.
UNKEPT = {**KEPT, "animator": (True, True, True, True)}


def make_person(kind: str, support: Support) -> User:
    network, organisation = support.network, support.organisation
    if kind == "stranger":
        return make_user()
    if kind == "animator of another network":
        return make_animator(make_network()).user
    if kind == "animator":
        return animator_of(network)
    member = make_member(network)
    if kind == "colleague":
        put_in_organisation(organisation, member)
    elif kind != "member":
        make_keeper(member, organisation)
    if kind == "silenced keeper":
        Membership.objects.filter(pk=member.pk).update(silenced_until="2999-01-01T00:00Z")
    if kind == "keeper who left the network":
        end_membership(membership=member, status=MembershipStatus.LEFT)
    if kind == "keeper of another hat":
        Affiliation.objects.filter(pk=member.affiliation_id).update(organisation=make_organisation("Ailleurs"))
    return User.objects.get(pk=member.user_id)


@pytest.mark.parametrize("kind", KEPT)
@pytest.mark.parametrize("state", ["current", "over", "withdrawn", "current, kept by another"])
def test_what_each_person_may_do(kind: str, state: str) -> None:
    network = make_network()
    support = make_support(network, ends_in=-1 if state == "over" else 10)
    if state == "withdrawn":
        withdraw_support(actor=animator_of(network), support=support)
    if state == "current, kept by another":
        make_keeper(make_member(network), support.organisation)
    user = make_person(kind, support)
    support.refresh_from_db()
    standing = standing_of(user, network, support.organisation_id)
    can, table = ActorAbilities.of(standing), KEPT if "another" in state else UNKEPT
    sees = bool(can_see_circle(user, support.circle) and can_see_support(standing, support))
    assert (bool(can.write), can.withdraw, can.name, standing.follows) == table[kind]
    assert sees is seen_by(user).filter(pk=support.pk).exists()
    is_inside = kind not in {"stranger", "animator of another network", "keeper who left the network"}
    assert sees is (is_inside and (support.is_current or table[kind][3]))
    assert support.is_current is Support.objects.current().filter(pk=support.pk).exists()
