"""The administrator's pages of people: what they show, what they do, what they never show."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import RequestFactory
from django.urls import NoReverseMatch, reverse

from peerhub.people.enums import CircleKind, MembershipStatus, Role
from peerhub.people.models import Circle, Network, User
from peerhub.people.services.circles import create_circle
from tests.builders import make_category, make_member, make_network, make_suspended, make_territory, make_user
from tests.conftest import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(browser: Browser) -> Browser:
    admin = make_user("boss@example.org")
    admin.is_staff = admin.is_superuser = True
    admin.save()
    return browser.as_user(admin)


MODELS = [
    "user",
    "actorcategory",
    "network",
    "membership",
    "affiliation",
    "circle",
    "delegation",
    "organisation",
    "territory",
]


@pytest.mark.parametrize("model", MODELS)
def test_each_list_opens(boss: Browser, model: str) -> None:
    make_member(make_network(), territory=make_territory())
    assert boss.get(reverse(f"admin:people_{model}_changelist")).status_code == 200


def test_a_confidential_circle_shows_neither_its_name_nor_its_people(boss: Browser) -> None:
    person = make_user(given_name="Clandestine")
    circle = create_circle(
        network=make_network(), kind=CircleKind.CUSTOM, name="Secret des maires", members=[person], confidential=True
    )
    plain = create_circle(network=make_network(), kind=CircleKind.CUSTOM, name="Groupe ouvert")
    pages = [boss.get(reverse("admin:people_circle_changelist"))]
    pages += [boss.get(reverse("admin:people_circle_change", args=[one.pk])) for one in (circle, plain)]
    html = "".join(page.content.decode() for page in pages)
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert "Groupe ouvert" in html
    assert "Secret des maires" not in html
    assert "Clandestine" not in html


def test_no_circle_is_written_here(boss: Browser) -> None:
    circle = Circle.objects.of_network(make_network(), CircleKind.NETWORK)
    assert boss.get(reverse("admin:people_circle_add")).status_code == 403
    assert boss.post(reverse("admin:people_circle_delete", args=[circle.pk])).status_code == 403


def test_a_new_person_is_made_by_the_service_without_a_password(boss: Browser) -> None:
    fields = {"email": "neuve@example.org", "given_name": "Ève", "family_name": "Neuve", "language": "fr"}
    response = boss.post(reverse("admin:people_user_add"), {**fields, "time_zone": "Europe/Paris"})
    user = User.objects.get(email="neuve@example.org")
    assert response.status_code == 302
    assert (user.full_name, user.has_usable_password(), user.is_staff) == ("Ève Neuve", False, False)
    html = boss.get(reverse("admin:people_user_change", args=[user.pk])).content.decode()
    assert user.password not in html


def test_closing_an_account_empties_its_circles_and_opening_fills_them(boss: Browser) -> None:
    member = make_member(make_network())
    circle = Circle.objects.of_network(member.network, CircleKind.NETWORK)
    address = reverse("admin:people_user_changelist")
    for action, inside in (("deactivate", False), ("reactivate", True)):
        boss.post(address, {"action": action, "_selected_action": [member.user_id]})
        assert circle.members.filter(pk=member.user_id).exists() is inside


def test_an_administrator_does_not_close_their_own_account(boss: Browser) -> None:
    me = User.objects.get(email="boss@example.org")
    boss.post(reverse("admin:people_user_changelist"), {"action": "deactivate", "_selected_action": [me.pk]})
    me.refresh_from_db()
    assert me.is_active


def test_roles_and_suspensions_go_through_the_circles(boss: Browser) -> None:
    member = make_member(make_network())
    animators = Circle.objects.of_network(member.network, CircleKind.ANIMATORS)
    address = reverse("admin:people_membership_changelist")

    def act(action: str, pk: int) -> None:
        boss.post(address, {"action": action, "_selected_action": [pk]})
        member.refresh_from_db()

    act("make_animator", member.pk)
    assert (member.role, animators.members.count()) == (Role.ANIMATOR, 1)
    act("make_member", member.pk)
    assert (member.role, animators.members.count()) == (Role.MEMBER, 0)
    act("suspend", member.pk)
    assert (member.status, member.user.circles.count()) == (MembershipStatus.SUSPENDED, 0)
    act("reinstate", member.pk)
    assert (member.status, member.user.circles.count()) == (MembershipStatus.ACTIVE, 1)
    suspended = make_suspended(member.network)
    suspended.status = MembershipStatus.LEFT
    suspended.save()
    act("reinstate", suspended.pk)
    suspended.refresh_from_db()
    assert suspended.status == MembershipStatus.LEFT


def test_a_new_network_has_its_circles(boss: Browser) -> None:
    fields = {"slug": "neuf", "name": "Neuf", "tagline": "", "description": "", "join_policy": "open"}
    assert boss.post(reverse("admin:people_network_add"), fields).status_code == 302
    network = Network.objects.get(slug="neuf")
    assert set(network.circles.values_list("kind", flat=True)) == {CircleKind.NETWORK, CircleKind.ANIMATORS}
    boss.post(reverse("admin:people_network_change", args=[network.pk]), {**fields, "name": "Renommé"})
    network.refresh_from_db()
    assert network.name == "Renommé"


def test_a_plain_member_does_not_come_in(browser: Browser) -> None:
    make_category()
    response = browser.as_user(make_user()).get(reverse("admin:people_user_changelist"))
    assert response.status_code == 302


def test_lists_are_narrowed_by_their_own_filters_alone(boss: Browser) -> None:
    request = RequestFactory().get("/admin/")
    told = []
    for model, page in admin.site._registry.items():
        if model is Group:
            continue
        shown = page.get_list_filter(request)
        told += [
            f"{model.__name__}.{field.name}"
            for field in model._meta.concrete_fields
            for lookup in ("", "__startswith", "__regex", "__gte")
            if (field.name not in shown or lookup) and page.lookup_allowed(field.name + lookup, "a", request)
        ]
    assert told == []
    assert boss.get(reverse("admin:forums_post_changelist"), {"body__startswith": "a"}).status_code == 400
    assert boss.get(reverse("admin:people_membership_changelist"), {"network__id__exact": "1"}).status_code == 200
    assert boss.get(reverse("admin:people_user_changelist"), {"is_active__exact": "1"}).status_code == 200


def test_nobody_is_given_an_address_here() -> None:
    """A code sent to an address opens its account."""
    with pytest.raises(NoReverseMatch):
        reverse("admin:account_emailaddress_changelist")
