"""The directory stays in step with people, hats, territories and competences."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from mentoring import handlers
from mentoring.enums import Level
from mentoring.models import Competence, DirectoryEntry
from mentoring.services.declarations import MOST, declare_competence, withdraw_competence
from mentoring.services.directory import refresh_entries, wrong_entries
from peerhub.outbox.testing import dispatch_all
from peerhub.people.enums import MembershipStatus, OrganisationKind
from peerhub.people.errors import DomainError
from peerhub.people.events import NetworkJoined, NetworkLeft, ProfileChanged
from peerhub.people.models import Membership
from peerhub.people.services.accounts import rename_user
from peerhub.people.services.memberships import (
    NewHat,
    change_hat,
    create_hat,
    deactivate_user,
    end_membership,
    reactivate_user,
    reinstate_membership,
)
from tests.builders import make_category, make_network, make_territory
from tests.mentoring.builders import competence, declare, entry, make_listed, make_place

pytestmark = pytest.mark.django_db


def test_an_entry_holds_what_is_searched() -> None:
    place = make_place("Feurs", "Loire", population=8000)
    member = make_listed(make_network(), "Éloïse", "Lefèvre-Roux", category="elected", territory=place)
    leaf = declare(member.user, "cantine-bio-locale", can_help=True).competence
    other = declare(member.user, "gaspillage-alimentaire").competence
    row = entry(member)
    departement, region = place.parent, place.parent and place.parent.parent
    assert departement is not None
    assert region is not None
    assert row.name_folded == "lefevre roux eloise"
    assert row.category.slug == "elected"
    assert (row.territory, row.departement_id, row.region_id) == (place, departement.pk, region.pk)
    assert row.territory_path == [place.pk, departement.pk, region.pk]
    assert row.stratum == "2000-10000"
    assert row.competences == sorted([leaf.path[0], leaf.pk, other.pk])
    assert row.helps == sorted([leaf.path[0], leaf.pk])
    assert (row.branches, row.help_branches) == (1, 1)


def test_a_grouping_is_on_the_path_of_its_communes() -> None:
    place, grouping = make_place(), make_territory("Forez-Est", kind="epci")
    place.grouping = grouping
    place.save()
    assert grouping.pk in entry(make_listed(make_network(), territory=place)).territory_path


def test_the_organisation_is_copied() -> None:
    member = make_listed(make_network())
    hat = create_hat(
        user=member.user, hat=NewHat(category=make_category("association"), organisation="Les Éveillés", title="Prés.")
    )
    change_hat(membership=member, affiliation=hat)
    dispatch_all()
    row = entry(member)
    assert (row.organisation, row.organisation_kind) == (hat.organisation, OrganisationKind.ASSOCIATION)
    assert row.category.slug == "association"


Change = Callable[[Membership], None]


def leave(member: Membership) -> None:
    end_membership(membership=member, status=MembershipStatus.LEFT)


def suspend(member: Membership) -> None:
    end_membership(membership=member, status=MembershipStatus.SUSPENDED)


def close(member: Membership) -> None:
    deactivate_user(user=member.user)


@pytest.mark.parametrize("change", [leave, suspend, close])
def test_who_is_gone_is_not_listed(change: Change) -> None:
    member, stays = make_listed(make_network()), make_listed(make_network())
    change(member)
    dispatch_all()
    assert list(DirectoryEntry.objects.values_list("membership", flat=True)) == [stays.pk]


def test_who_comes_back_is_listed_again() -> None:
    member = make_listed(make_network())
    suspend(member)
    dispatch_all()
    reinstate_membership(membership=member)
    dispatch_all()
    assert entry(member).user == member.user
    close(member)
    reactivate_user(user=member.user)
    dispatch_all()
    assert entry(member).user == member.user


def test_a_new_name_is_found() -> None:
    member = make_listed(make_network())
    rename_user(user=member.user, given_name="Jean-Noël", family_name="Œuvrard")
    dispatch_all()
    assert entry(member).name_folded == "oeuvrard jean noel"


def test_a_withdrawn_competence_is_gone_at_once() -> None:
    member = make_listed(make_network())
    declare(member.user, "cantine-bio-locale", can_help=True)
    taken = withdraw_competence(user=member.user, competence=competence("cantine-bio-locale"))
    assert taken is not None
    assert taken.can_help
    row = entry(member)
    assert (row.competences, row.helps, row.branches, row.help_branches) == ([], [], 0, 0)
    assert withdraw_competence(user=member.user, competence=competence("cantine-bio-locale")) is None


def test_declaring_again_says_it_anew() -> None:
    member = make_listed(make_network())
    first = declare(member.user, "cantine-bio-locale", can_help=True)
    again = declare(member.user, "cantine-bio-locale", can_help=False)
    assert (again.pk, again.can_help, entry(member).helps) == (first.pk, False, [])


def test_there_is_an_end_to_competences() -> None:
    member = make_listed(make_network())
    competence("cantine-bio-locale")
    leaves = list(Competence.objects.filter(parent__isnull=False))
    for one in leaves[:MOST]:
        declare_competence(user=member.user, competence=one, level=Level.NOTIONS, can_help=False)
    with pytest.raises(DomainError, match="retirez-en une"):
        declare_competence(user=member.user, competence=leaves[MOST], level=Level.NOTIONS, can_help=False)
    declare_competence(user=member.user, competence=leaves[0], level=Level.PRACTISED, can_help=True)


REACTIONS: list[tuple[Callable[[Any], None], Callable[[Membership], object]]] = [
    (handlers.on_network_joined, lambda member: NetworkJoined(membership_id=member.pk)),
    (handlers.on_network_left, lambda member: NetworkLeft(membership_id=member.pk)),
    (handlers.on_profile_changed, lambda member: ProfileChanged(user_id=member.user_id)),
]


@pytest.mark.parametrize(("handler", "event"), REACTIONS)
def test_each_handler_twice_changes_nothing_more(
    handler: Callable[[Any], None], event: Callable[[Membership], object]
) -> None:
    member = make_listed(make_network())
    DirectoryEntry.objects.update(name_folded="faux")
    handler(event(member))
    before = DirectoryEntry.objects.values().get()
    assert before["name_folded"] == "martin eve"
    handler(event(member))
    assert DirectoryEntry.objects.values().get() == before


def test_the_repair_finds_and_mends_what_is_broken() -> None:
    network = make_network()
    missing, changed, ghost, good = (make_listed(network) for _number in range(4))
    assert wrong_entries() == []
    DirectoryEntry.objects.filter(membership=missing).delete()
    DirectoryEntry.objects.filter(membership=changed).update(competences=[1], branches=1)
    Membership.objects.filter(pk=ghost.pk).update(status=MembershipStatus.LEFT)
    wrong = sorted([missing.pk, changed.pk, ghost.pk])
    assert wrong_entries() == wrong
    out = StringIO()
    with pytest.raises(SystemExit) as stop:
        call_command("repair_directory", stdout=out)
    lines = [*(f"membership {pk}: not in step" for pk in wrong), "3 entries wrong."]
    assert (stop.value.code, out.getvalue().splitlines()) == (1, lines)
    out = StringIO()
    call_command("repair_directory", "--write", stdout=out)
    assert out.getvalue().splitlines()[-1] == "3 entries repaired."
    assert (wrong_entries(), refresh_entries("all"), entry(good).user) == ([], 0, good.user)


@pytest.mark.parametrize("scope", ["membership", "user", "network"])
def test_a_refresh_stays_in_its_scope(scope: str) -> None:
    mine, other = make_listed(make_network()), make_listed(make_network())
    DirectoryEntry.objects.update(name_folded="faux")
    pk = {"membership": mine.pk, "user": mine.user_id, "network": mine.network_id}[scope]
    assert refresh_entries(scope, pk) == 1  # type: ignore[arg-type]
    assert (entry(mine).name_folded, entry(other).name_folded) == ("martin eve", "faux")
