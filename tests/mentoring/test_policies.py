"""One answer to "may I see this person here", as a row and as a set."""

import pytest
from django.contrib.auth.models import AnonymousUser

from mentoring.models import DirectoryEntry
from mentoring.policies.directory import can_see_entry
from peerhub.people.models import User
from peerhub.people.services.memberships import deactivate_user
from tests.builders import make_animator, make_member, make_network, make_suspended, make_user
from tests.mentoring.builders import entry, make_listed

pytestmark = pytest.mark.django_db

KINDS = {
    "anonymous": False,
    "stranger": False,
    "member": True,
    "animator": True,
    "animator of another network": False,
    "suspended": False,
    "closed account": False,
    "administrator": False,
}


@pytest.mark.parametrize(("kind", "expected"), KINDS.items())
@pytest.mark.parametrize("is_public", [True, False])
def test_policy_and_queryset_agree(kind: str, expected: bool, is_public: bool) -> None:
    network = make_network(is_public=is_public)
    row = entry(make_listed(network))
    person = make_person(kind, row)
    assert bool(can_see_entry(person, row)) is expected
    assert DirectoryEntry.objects.visible_to(person).filter(pk=row.pk).exists() is expected


def make_person(kind: str, row: DirectoryEntry) -> User | AnonymousUser:
    if kind == "anonymous":
        return AnonymousUser()
    if kind == "member":
        return make_member(row.network).user
    if kind == "animator":
        return make_animator(row.network).user
    if kind == "animator of another network":
        return make_animator(make_network()).user
    if kind == "suspended":
        return make_suspended(row.network).user
    user = make_member(row.network).user if kind == "closed account" else make_user()
    if kind == "closed account":
        deactivate_user(user=user)
    if kind == "administrator":
        user.is_staff = user.is_superuser = True
        user.save()
    return user
