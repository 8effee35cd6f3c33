"""What organisations offer: written by those who keep it, shown while it holds, asked again before its date."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from mentoring import actor_handlers as handlers
from mentoring.enums import NeedKind, SupportKind
from mentoring.events import ContactNamed, SupportRenewalAsked
from mentoring.models import DirectoryChoices, OrganisationKeeper, Support, SupportContact
from mentoring.queries.actors import Asked, kept_by, people_of, support_for, supports_for, supports_page
from mentoring.services.actors import (
    USUAL,
    Contact,
    ask_renewals,
    change_support,
    drop_keeper,
    leave_contacts,
    name_keeper,
    offer_support,
    renew_support,
    withdraw_support,
)
from mentoring.services.directory import refresh_entries
from peerhub.notifications.delivery import deliver_due
from peerhub.notifications.models import Notification
from peerhub.outbox.testing import dispatch_all
from peerhub.people.enums import MembershipStatus
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import Affiliation, Network, Territory
from peerhub.people.services.memberships import end_membership
from tests.builders import make_member, make_network
from tests.mentoring.actor_builders import make_keeper, make_organisation, make_support, said
from tests.mentoring.builders import competence, entry, make_listed, make_place
from tests.mentoring.need_builders import SLUG, make_need, put_in_organisation
from tests.sessions.builders import animator_of

pytestmark = pytest.mark.django_db


def told(kind: str) -> list[int]:
    return sorted(Notification.objects.filter(kind=f"mentoring.{kind}").values_list("recipient", flat=True))


def names(network: Network, **asked: Any) -> list[str]:
    found = supports_page(animator_of(network), network, Asked(**asked))
    return [one.organisation.name for one in found.page]


def test_an_organisation_offers_by_its_keeper_and_twice_is_once() -> None:
    network, organisation = make_network(), make_organisation()
    keeper = make_keeper(make_member(network), organisation).user
    place = make_place("Feurs")
    offer = {
        "actor": keeper,
        "network": network,
        "organisation": organisation,
        "kind": "material",
        "fields": said(territories=[place], competences=[competence(SLUG)]),
        "contacts": [Contact("accueil", email="accueil@example.org"), Contact("instruction", user_id=keeper.pk)],
    }
    support = offer_support(**offer)  # type: ignore[arg-type]
    assert offer_support(**offer).pk == support.pk  # type: ignore[arg-type]
    with pytest.raises(DomainError, match="propose déjà un appui de cette nature"):
        offer_support(**{**offer, "fields": said(summary="Autre chose")})  # type: ignore[arg-type]
    found = support_for(make_member(network).user, support.pk)
    assert (found.kind, found.places, found.subjects) == (SupportKind.MATERIAL, [place], [competence(SLUG)])  # type: ignore[attr-defined]
    assert [one.role for one in found.reached] == ["accueil", "instruction"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("contacts", "sentence"),
    [
        ([Contact("accueil")], "Un contact a une fonction"),
        ([Contact("", email="a@example.org")], "Un contact a une fonction"),
        ([Contact("accueil", phone="1"), Contact("accueil", phone="2")], "Deux contacts ont la même fonction"),
        ([Contact(str(number), phone="1") for number in range(7)], "6 contacts au plus"),
        ([Contact("accueil", user_id=0)], "Un contact a une fonction"),
        ([Contact("accueil", user_id=999_999)], "ne parle pas pour cette organisation"),
    ],
)
def test_contacts_are_by_role_and_of_the_organisation(contacts: list[Contact], sentence: str) -> None:
    network = make_network()
    with pytest.raises(DomainError, match=sentence):
        make_support(network, contacts=contacts)
    assert not Support.objects.exists()


def test_who_was_named_as_a_contact_may_say_no_and_is_gone_when_they_leave() -> None:
    network, organisation = make_network(), make_organisation()
    ana, bob = make_listed(network, "Ana"), make_listed(network, "Bob")
    put_in_organisation(organisation, ana, bob)
    contacts = [
        Contact("accueil", user_id=ana.user_id, email="accueil@example.org"),
        Contact("dossiers", user_id=bob.user_id),
    ]
    support = make_support(network, organisation, contacts=contacts)
    change_support(actor=animator_of(network), support=support, fields=said(), contacts=contacts)
    dispatch_all()
    handlers.on_contact_named(ContactNamed(support_id=support.pk, user_id=ana.user_id, actor_id=bob.user_id))
    assert told("contact_named") == sorted([ana.user_id, bob.user_id])
    assert [leave_contacts(user=ana.user, support=support) for _twice in range(2)] == [True, False]
    rows = SupportContact.objects.filter(support=support).values_list("role", "user", "email")
    assert list(rows) == [("accueil", None, "accueil@example.org"), ("dossiers", bob.user_id, "")]
    end_membership(membership=bob, status=MembershipStatus.LEFT)
    dispatch_all()
    assert [one.role for one in support_for(ana.user, support.pk).reached] == ["accueil"]  # type: ignore[attr-defined]


def test_who_does_not_show_their_organisation_is_no_contact_by_name() -> None:
    network, organisation = make_network(), make_organisation()
    ana = make_listed(network, "Ana")
    put_in_organisation(organisation, ana)
    support = make_support(network, organisation, contacts=[Contact("accueil", user_id=ana.user_id)])
    assert [one.user for one in people_of(network, organisation.pk)] == [ana.user]
    DirectoryChoices.objects.create(user=ana.user, shows_organisation=False)
    refresh_entries("user", ana.user_id)
    assert people_of(network, organisation.pk) == []
    assert support_for(animator_of(network), support.pk).reached == []  # type: ignore[attr-defined]


def test_the_directory_says_at_once_what_an_organisation_brings() -> None:
    network, organisation = make_network(), make_organisation()
    ana = make_listed(network, "Ana")
    put_in_organisation(organisation, ana)
    support = make_support(network, organisation)
    assert entry(ana).brings == ["funding"]
    withdraw_support(actor=animator_of(network), support=support)
    assert entry(ana).brings == []


def test_keepers_are_named_among_its_people_told_once_and_let_go() -> None:
    network, organisation = make_network(), make_organisation()
    animator, stranger = animator_of(network), make_member(network)
    with pytest.raises(DomainError, match="ne parle pas pour cette organisation"):
        name_keeper(actor=animator, network=network, organisation=organisation, user_id=stranger.user_id)
    first, second = make_keeper(make_member(network), organisation).user, make_member(network)
    put_in_organisation(organisation, second)
    with pytest.raises(Refused):
        name_keeper(actor=second.user, network=network, organisation=organisation, user_id=second.user_id)
    for _twice in range(2):
        name_keeper(actor=first, network=network, organisation=organisation, user_id=second.user_id)
    dispatch_all()
    assert told("keeper_named") == sorted([first.pk, second.user_id])
    assert kept_by(second.user, network) == [organisation]
    drop_keeper(actor=first, network=network, organisation=organisation, user_id=first.pk)
    with pytest.raises(Refused):
        drop_keeper(actor=first, network=network, organisation=organisation, user_id=second.user_id)
    Affiliation.objects.filter(pk=second.affiliation_id).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert (OrganisationKeeper.objects.count(), kept_by(second.user, network)) == (1, [])


def test_once_it_has_keepers_an_animator_only_withdraws() -> None:
    network = make_network()
    support, animator = make_support(network), animator_of(network)
    change_support(actor=animator, support=support, fields=said(summary="Mieux dit"))
    keeper = make_keeper(make_member(network), support.organisation).user
    with pytest.raises(Refused, match="tient ce qu’elle propose"):
        change_support(actor=animator, support=support, fields=said())
    with pytest.raises(Refused, match="tient ce qu’elle propose"):
        renew_support(actor=animator, support=support)
    withdraw_support(actor=animator, support=support)
    assert names(network) == []
    with pytest.raises(DomainError, match="proposez-le à nouveau avant"):
        change_support(actor=keeper, support=support, fields=said())
    assert renew_support(actor=keeper, support=support).is_current
    assert names(network) == ["Fonds des Rives"]


def test_what_was_replaced_is_not_offered_again_beside_it() -> None:
    network = make_network()
    support, animator = make_support(network), animator_of(network)
    withdraw_support(actor=animator, support=support)
    make_support(network, support.organisation, summary="Un autre")
    with pytest.raises(DomainError, match="propose déjà"):
        renew_support(actor=animator, support=support)


@pytest.mark.parametrize("days", [None, -1, 1000])
def test_its_date_is_ahead_and_not_far(days: int | None) -> None:
    until = None if days is None else timezone.localdate() + timedelta(days=days)
    with pytest.raises(DomainError):
        make_support(make_network(), valid_until=until)


def test_it_is_asked_again_once_a_month_before_its_date_and_shown_no_more_after() -> None:
    network = make_network()
    support = make_support(network, ends_in=30)
    make_support(network, make_organisation("Loin"), ends_in=31)
    withdrawn = make_support(network, make_organisation("Retirée"), ends_in=30)
    withdraw_support(actor=animator_of(network), support=withdrawn)
    make_support(network, make_organisation("Passée"), ends_in=-1)
    assert [ask_renewals() for _twice in range(2)] == [1, 0]
    dispatch_all()
    handlers.on_support_renewal_asked(SupportRenewalAsked(support_id=support.pk))
    assert told("support_renewal") == [animator_of(network).pk]
    deliver_due()
    assert [(one.subject, one.to) for one in mail.outbox] == [
        ("Toujours vrai\u202f? Un appui de Fonds des Rives", [animator_of(network).email])
    ]
    assert names(network) == ["Fonds des Rives", "Loin"]
    renewed = renew_support(actor=animator_of(network), support=support)
    assert (renewed.valid_until, renewed.renewal_asked_at) == (timezone.localdate() + USUAL, None)
    later = timezone.now() + USUAL - timedelta(days=3)
    assert ask_renewals(later) == 1


def test_its_keepers_are_asked_and_who_answers_silences_the_mail_of_the_others() -> None:
    network = make_network()
    support = make_support(network, ends_in=5)
    keepers = [make_keeper(make_member(network), support.organisation).user for _two in range(2)]
    dispatch_all()
    mail.outbox.clear()
    ask_renewals()
    dispatch_all()
    assert told("support_renewal") == sorted(one.pk for one in keepers)
    renew_support(actor=keepers[0], support=support)
    deliver_due()
    assert [one.subject for one in mail.outbox if "Toujours vrai" in one.subject] == []


def make_map() -> tuple[Territory, Territory, Territory]:
    """A commune, its département, a commune elsewhere."""
    feurs = make_place("Feurs", "Loire")
    assert feurs.parent is not None
    return feurs, feurs.parent, make_place("Annecy", "Haute-Savoie")


def test_the_list_is_asked_by_words_kind_and_territory() -> None:
    network = make_network()
    feurs, loire, annecy = make_map()
    make_support(network, make_organisation("Partout"), summary="Prêt d’honneur")
    make_support(network, make_organisation("Loire"), territories=[loire])
    make_support(network, make_organisation("Feurs"), territories=[feurs], kind=SupportKind.MATERIAL)
    make_support(network, make_organisation("Annecy"), territories=[annecy])
    make_support(network, make_organisation("Passée"), ends_in=-1)
    assert names(network) == ["Annecy", "Feurs", "Loire", "Partout"]
    assert names(network, territory=feurs) == ["Feurs", "Loire", "Partout"]
    assert names(network, territory=loire) == ["Feurs", "Loire", "Partout"]
    assert names(network, territory=annecy) == ["Annecy", "Partout"]
    assert names(network, words="PRET honneur") == ["Partout"]
    assert names(network, words="feurs") == ["Feurs"]
    assert names(network, kind="material") == ["Feurs"]
    found = supports_page(animator_of(network), network, Asked(territory=feurs, kind="material"))
    assert (found.counts, found.total) == ({"funding": 2, "material": 1}, 3)
    assert names(make_network()) == []


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (NeedKind.FUNDING, ["Du sujet, ici", "Du sujet", "Ici", "Partout"]),
        (NeedKind.MATERIAL, []),
        (NeedKind.ADVICE, []),
    ],
)
def test_a_need_is_answered_where_it_is_and_about_its_subject(kind: NeedKind, expected: list[str]) -> None:
    network = make_network()
    feurs, loire, annecy = make_map()
    leaf = competence(SLUG)
    branch = leaf.parent
    assert branch is not None
    other = competence("cantine-bio-locale")
    for name, territories, competences in (
        ("Partout", [], []),
        ("Ici", [loire], []),
        ("Du sujet", [], [branch]),
        ("Du sujet, ici", [feurs], [leaf, other]),
        ("D’un autre sujet", [feurs], [other]),
        ("Ailleurs", [annecy], [leaf]),
    ):
        make_support(network, make_organisation(name), territories=territories, competences=competences)
    make_support(network, make_organisation("Passée"), ends_in=-1)
    me = make_listed(network).user
    need = make_need(me, network, kind=kind, territory=feurs)
    assert [one.organisation.name for one in supports_for(me, need)] == expected
    assert supports_for(make_member(make_network()).user, need) == []


@pytest.mark.parametrize("number", [1, 3])
def test_beside_a_need_it_takes_the_same_queries_for_any_number(number: int, django_assert_num_queries: Any) -> None:
    network = make_network()
    place = make_place("Feurs")
    for one in range(number):
        make_support(network, make_organisation(f"Fonds {one}"), territories=[place], competences=[competence(SLUG)])
    me = make_listed(network).user
    need = make_need(me, network, kind=NeedKind.FUNDING, territory=place)
    # What the place lies in, the supports, their subjects, their places.
    with django_assert_num_queries(4):
        assert len(supports_for(me, need)) == number
