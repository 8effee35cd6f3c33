"""What an administrator does from the command line until pages do it: people into a network."""

import pytest
from django.core.management import CommandError, call_command

from forums.models import Forum
from forums.services.themes import open_starter_themes
from peerhub.people.categories import ensure_categories
from peerhub.people.enums import JoinPolicy, Role
from peerhub.people.models import Membership
from tests.builders import make_network, make_user

pytestmark = pytest.mark.django_db


def test_a_network_by_invitation_is_filled_and_furnished() -> None:
    ensure_categories()
    network = make_network("val", join_policy=JoinPolicy.CLOSED)
    who = {"email": "Awa@example.org", "given_name": "Awa", "family_name": "Tisserand"}
    call_command("add_member", "val", category="agent", role=Role.ANIMATOR, verbosity=0, **who)
    member = Membership.objects.active().get(network=network, user__email="awa@example.org")
    assert (member.is_animator, member.affiliation.category.slug) == (True, "agent")
    open_starter_themes(animator=member)
    assert Forum.objects.visible_to(member.user).count() == 3
    assert list(Forum.objects.visible_to(make_user())) == []


def test_what_is_wrong_is_said() -> None:
    ensure_categories()
    make_network("val")
    for words, sentence in (
        (("add_member", "ailleurs"), "No such network"),
        (("add_member", "val"), "say --given-name"),
    ):
        with pytest.raises(CommandError, match=sentence):
            call_command(*words, email="x@example.org", category="agent")
