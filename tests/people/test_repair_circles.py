"""The command that compares circles with memberships."""

from io import StringIO

import pytest
from django.core.management import call_command

from peerhub.people.enums import CircleKind
from peerhub.people.models import Circle, CircleMember
from tests.builders import make_member, make_network, make_user

pytestmark = pytest.mark.django_db


def repair(*options: str) -> tuple[list[str], int]:
    out, code = StringIO(), 0
    try:
        call_command("repair_circles", *options, stdout=out)
    except SystemExit as stop:
        code = int(stop.code or 0)
    return out.getvalue().splitlines(), code


def test_in_step_is_said_and_exits_with_zero() -> None:
    make_member(make_network())
    assert repair() == (["3 circles, 0 wrong."], 0)


def test_differences_are_reported_then_repaired() -> None:
    member, stranger = make_member(make_network()), make_user()
    circle = Circle.objects.of_network(member.network, CircleKind.NETWORK)
    CircleMember.objects.filter(circle=circle).update(user=stranger)
    Circle.objects.filter(pk=circle.pk).update(member_count=5)
    found = f"circle {circle.pk} (network): missing [{member.user_id}], too many [{stranger.pk}], count off by +4"
    assert repair() == ([found, "3 circles, 1 wrong."], 1)
    assert repair("--write") == ([found, "3 circles, 1 repaired."], 0)
    assert repair() == (["3 circles, 0 wrong."], 0)
    assert list(circle.members.all()) == [member.user]
