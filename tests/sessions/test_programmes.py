"""Programmes and delegations: who is in, what they see of the course, and what stays of the past."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries

from peerhub.people.enums import Role
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import Delegation, Membership, User
from peerhub.people.services.memberships import set_delegation, set_role
from sessions.enums import DayPattern, LeaversRule, MilestoneKind
from sessions.local_time import days_before
from sessions.models import Delegate, Enrolment, Milestone, PeerDay, PeerSession, Programme, Registration
from sessions.policies.programmes import can_see_programme
from sessions.queries.programmes import course_of, delegation_lines, programmes_of
from sessions.services.delegations import add_person, name_delegate, remove_person, revoke_delegate, set_enrolment
from sessions.services.duplicating import duplicate_programme
from sessions.services.peer_days import create_peer_day, edit_slot, send_invitations, usual_title
from sessions.services.programmes import (
    About,
    add_milestone,
    create_programme,
    edit_programme,
    keep_every_past,
    remove_milestone,
)
from tests.builders import make_animator, make_category, make_member, make_network, make_user
from tests.concurrency import at_once
from tests.conftest import Browser
from tests.sessions.builders import animator_of
from tests.sessions.test_peer_days import (
    agora_of,
    change_of,
    in_a_month,
    make_day,
    make_delegation,
    make_programme,
    of_category,
    person_of,
)

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")


def about_of(programme: Programme, **more: object) -> About:
    known = {
        name: getattr(programme, name) for name in ("title", "starts_on", "ends_on", "description", "leavers_rule")
    }
    return About(**{**known, **more})


def enrolment_of(programme: Programme, number: int = 0) -> Enrolment:
    return Enrolment.objects.select_related("programme__network", "delegation").filter(programme=programme)[number]


def end_sessions(programme: Programme) -> None:
    """All of them took place yesterday."""
    for session in PeerSession.objects.filter(programme=programme):
        length = session.ends_at - session.starts_at
        session.starts_at = timezone.now() - timedelta(days=1)
        session.ends_at = session.starts_at + length
        session.save(update_fields=["starts_at", "ends_at"])


def test_circle_is_the_people_of_its_delegations_and_its_animators() -> None:
    programme = make_programme()
    network = programme.network
    stranger = make_member(network).user
    inside = set(Membership.objects.exclude(delegation=None).values_list("user", flat=True)) | {animator_of(network).pk}
    assert set(programme.circle.members.values_list("pk", flat=True)) == inside
    everyone: list[User] = [*User.objects.all(), make_animator(make_network()).user]
    visible = {user.pk for user in everyone if Programme.objects.visible_to(user).exists()}
    assert visible == {user.pk for user in everyone if can_see_programme(user, programme)} == inside
    assert stranger.pk not in inside


def test_delegations_follow_and_leave_with_their_people_at_once() -> None:
    programme = make_programme()
    day = make_day(programme)
    actor, (first, second) = animator_of(programme.network), programme.circle.delegations
    joined = make_delegation(programme.network, "Nouvelle")
    gone = person_of(programme, "elected", 1)
    edit_programme(
        actor=actor,
        programme=programme,
        about=about_of(programme),
        delegations=[first, joined.pk],
        new_delegations=["  Rives "],
    )
    made = Delegation.objects.get(name="Rives")
    enrolled = set(Enrolment.objects.filter(programme=programme).values_list("delegation", flat=True))
    assert enrolled == {first, joined.pk, made.pk}
    circle = of_category(day, "elected").opens_to
    assert circle is not None
    assert set(circle.delegations) == enrolled
    assert not Programme.objects.visible_to(gone).exists()
    assert not circle.members.filter(pk=gone.pk).exists()
    assert Delegation.objects.filter(pk=second).exists()


def test_members_and_other_animators_run_nothing() -> None:
    programme = make_programme()
    member, other = person_of(programme, "elected"), make_animator(make_network()).user
    for actor in (member, other):
        with pytest.raises(Refused):
            edit_programme(actor=actor, programme=programme, about=about_of(programme), delegations=[])
        with pytest.raises(Refused):
            add_milestone(actor=actor, programme=programme, kind="deadline", title="Choix", on=in_a_month())
        with pytest.raises(Refused):
            set_enrolment(actor=actor, enrolment=enrolment_of(programme), seats=1, lead=None)
    foreign = Delegation.objects.create(network=make_network(), name="Ailleurs")
    with pytest.raises(DomainError):
        create_programme(
            author=animator_of(programme.network),
            network=programme.network,
            about=about_of(programme),
            delegations=[foreign.pk],
        )


# --- The course ---------------------------------------------------------------------------------------------------


def test_course_shows_each_person_what_is_theirs() -> None:
    programme = make_programme()
    actor = animator_of(programme.network)
    today = timezone.localdate()
    add_milestone(
        actor=actor, programme=programme, kind="deadline", title="Choix du projet", on=today + timedelta(days=3)
    )
    add_milestone(actor=actor, programme=programme, kind="field", title="Visite", on=today - timedelta(days=3))
    day = make_day(programme)
    elected = person_of(programme, "elected")
    before = course_of(elected, programme, with_drafts=False)
    assert [one.title for one in before.past + before.coming] == ["Visite", "Choix du projet"]
    assert [one.title for one in course_of(actor, programme, with_drafts=True).coming] == ["Choix du projet", day.title]
    send_invitations(actor=actor, peer_day=day)
    after = course_of(elected, programme, with_drafts=False)
    assert after.next is not None
    assert after.next.title == "Choix du projet"
    assert [[s.pk for s in one.sessions] for one in after.coming] == [
        [],
        [of_category(day, "elected").pk, agora_of(day).pk],
    ]


@pytest.mark.parametrize("number", [1, 3])
def test_course_and_lists_cost_the_same_whatever_their_length(
    number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    programme = make_programme(delegations=number)
    actor = animator_of(programme.network)
    for one in range(number):
        on = in_a_month() + timedelta(days=one)
        add_milestone(actor=actor, programme=programme, kind="deadline", title=f"Échéance {one}", on=on)
        create_peer_day(
            author=actor, programme=programme, on=on, pattern=DayPattern.PARALLEL, categories=[make_category("elected")]
        )
        if one:
            create_programme(author=actor, network=programme.network, about=about_of(programme), delegations=[])
    with django_assert_num_queries(3):
        assert course_of(actor, programme, with_drafts=True).count == 2 * number
    with django_assert_num_queries(3):
        assert [line.people for line in delegation_lines(programme)] == [2] * number
    with django_assert_num_queries(1):
        assert sorted(one.delegation_count for one in programmes_of(actor, programme.network)) == sorted(  # type: ignore[attr-defined]
            [number] + [0] * (number - 1)
        )


def test_milestones_are_removed_once() -> None:
    programme = make_programme()
    actor = animator_of(programme.network)
    milestone = add_milestone(actor=actor, programme=programme, kind="other", title="Fête", on=in_a_month())
    remove_milestone(actor=actor, milestone=milestone)
    remove_milestone(actor=actor, milestone=milestone)
    assert not Milestone.objects.exists()


# --- Delegations --------------------------------------------------------------------------------------------------


def test_lead_manages_its_own_people_within_the_seats() -> None:
    programme = make_programme()
    network, enrolment, other = programme.network, enrolment_of(programme), enrolment_of(programme, 1)
    lead = Membership.objects.filter(delegation=enrolment.delegation).order_by("pk")[0].user
    set_enrolment(actor=animator_of(network), enrolment=enrolment, seats=3, lead=lead.pk)
    newcomer, late = make_member(network), make_member(network)
    add_person(actor=lead, enrolment=enrolment, membership=newcomer)
    add_person(actor=lead, enrolment=enrolment, membership=newcomer)
    assert programme.circle.members.filter(pk=newcomer.user_id).exists()
    with pytest.raises(DomainError):
        add_person(actor=lead, enrolment=enrolment, membership=late)
    with pytest.raises(Refused):
        add_person(actor=lead, enrolment=other, membership=late)
    taken = Membership.objects.filter(delegation=other.delegation).order_by("pk")[0]
    remove_person(actor=lead, enrolment=enrolment, membership=newcomer)
    with pytest.raises(DomainError):
        add_person(actor=lead, enrolment=enrolment, membership=taken)
    assert not programme.circle.members.filter(pk=newcomer.user_id).exists()
    set_delegation(membership=Membership.objects.select_related("user", "network").get(user=lead), delegation=None)
    with pytest.raises(Refused):
        add_person(actor=lead, enrolment=enrolment, membership=late)


@pytest.mark.django_db(transaction=True)
def test_last_seat_of_a_delegation_is_given_once() -> None:
    programme = make_programme()
    actor, enrolment = animator_of(programme.network), enrolment_of(programme)
    set_enrolment(actor=actor, enrolment=enrolment, seats=3, lead=None)
    wanted = [make_member(programme.network) for _number in range(4)]

    def add(number: int) -> str:
        try:
            add_person(actor=actor, enrolment=enrolment, membership=wanted[number])
        except DomainError:
            return "full"
        return "in"

    assert sorted(at_once(len(wanted), add)) == ["full", "full", "full", "in"]
    assert Membership.objects.filter(delegation=enrolment.delegation).count() == 3


def test_delegate_is_named_by_the_official_and_revoked() -> None:
    programme = make_programme()
    network, elected, agent = programme.network, person_of(programme, "elected"), person_of(programme, "agent")
    secretary = make_member(network).user
    named = name_delegate(actor=elected, network=network, principal=elected, user=secretary)
    assert name_delegate(actor=elected, network=network, principal=elected, user=secretary) == named
    with pytest.raises(Refused):
        name_delegate(actor=agent, network=network, principal=elected, user=agent)
    with pytest.raises(Refused):
        name_delegate(actor=agent, network=network, principal=agent, user=secretary)
    with pytest.raises(DomainError):
        name_delegate(actor=elected, network=network, principal=elected, user=make_user())
    with pytest.raises(Refused):
        revoke_delegate(actor=agent, delegate=named)
    assert revoke_delegate(actor=elected, delegate=named)
    assert not revoke_delegate(actor=elected, delegate=named)
    assert not Delegate.objects.active().exists()


def test_a_programme_without_a_past_is_not_looked_at(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    programme = make_programme()
    day = make_day(programme)
    send_invitations(actor=animator_of(programme.network), peer_day=day)
    with django_assert_num_queries(1):
        assert keep_every_past() == 0
    end_sessions(programme)
    assert keep_every_past() == 3
    with django_assert_num_queries(1):
        assert keep_every_past() == 0


# --- Those who leave ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rule", "keeps"), [(LeaversRule.KEEP, True), (LeaversRule.LOSE, False)])
def test_who_leaves_keeps_or_loses_the_past_by_the_rule(rule: str, keeps: bool) -> None:
    programme = make_programme()
    actor = animator_of(programme.network)
    Programme.objects.filter(pk=programme.pk).update(leavers_rule=rule)
    day = make_day(programme)
    send_invitations(actor=actor, peer_day=day)
    end_sessions(programme)
    coming = create_peer_day(
        author=actor,
        programme=programme,
        on=in_a_month() + timedelta(days=7),
        pattern=DayPattern.PARALLEL,
        categories=[make_category("elected")],
    )
    send_invitations(actor=actor, peer_day=coming)
    keep_every_past()
    assert keep_every_past() == 0
    former = person_of(programme, "elected")
    set_delegation(membership=Membership.objects.select_related("user", "network").get(user=former), delegation=None)
    seen = set(PeerSession.objects.visible_to(former).values_list("pk", flat=True))
    assert seen == ({of_category(day, "elected").pk, agora_of(day).pk} if keeps else set())
    # Who comes later finds the past shut, by the rule KEEP: its circle is of those who were there.
    assert of_category(day, "elected").circle.category == make_category("elected")


def test_past_is_kept_before_a_lead_shows_somebody_out() -> None:
    programme = make_programme()
    actor = animator_of(programme.network)
    day = make_day(programme)
    send_invitations(actor=actor, peer_day=day)
    end_sessions(programme)
    former = Membership.objects.get(user=person_of(programme, "elected"))
    remove_person(actor=actor, enrolment=enrolment_of(programme), membership=former)
    assert set(PeerSession.objects.visible_to(former.user)) == {of_category(day, "elected"), agora_of(day)}


# --- The same on other dates --------------------------------------------------------------------------------------


def test_programme_is_duplicated_with_its_dates_and_without_people() -> None:
    programme = make_programme()
    actor = animator_of(programme.network)
    today = timezone.localdate()
    add_milestone(
        actor=actor,
        programme=programme,
        kind=MilestoneKind.FIELD,
        title="Visite",
        on=today,
        delegation=programme.circle.delegations[0],
    )
    day = make_day(programme)
    with translation.override("en"):  # whoever proposed the day reads another language than whoever copies it
        PeerDay.objects.filter(pk=day.pk).update(title=usual_title(day.on))
    send_invitations(actor=actor, peer_day=day)
    starts_on = programme.starts_on + timedelta(days=182)
    kept = programme.circle.delegations[:1]
    made = duplicate_programme(
        actor=actor, programme=programme, title="Promotion suivante", starts_on=starts_on, delegations=kept
    )
    assert (made.starts_on, made.ends_on) == (starts_on, programme.ends_on + timedelta(days=182))
    assert list(made.milestones.values_list("title", "on", "delegation")) == [
        ("Visite", today + timedelta(days=182), kept[0])
    ]
    copy = PeerDay.objects.get(programme=made)
    assert copy.invited_at is None
    assert copy.on == day.on + timedelta(days=182)
    assert copy.title == usual_title(copy.on)

    def hours(one: PeerDay) -> list[tuple[str, datetime, str]]:
        rows = one.sessions.order_by("starts_at", "pk")
        return [(s.title, s.starts_at.astimezone(PARIS).replace(tzinfo=None), s.format) for s in rows]

    assert hours(copy) == [(title, at + timedelta(days=182), kind) for title, at, kind in hours(day)]
    assert all(one.is_draft for one in copy.sessions.all())
    assert Registration.objects.filter(session__peer_day=copy).count() == 0
    elected = of_category(copy, "elected")
    assert list(elected.seat_rules.values_list("is_each_delegation", "ceiling")) == [(True, 2)]
    assert elected.opens_to is not None
    assert elected.opens_to.delegations == kept
    assert elected.opens_to.is_confidential


def test_copy_never_falls_in_the_past() -> None:
    programme = make_programme()
    make_day(programme)
    with pytest.raises(DomainError):
        duplicate_programme(
            actor=animator_of(programme.network),
            programme=programme,
            title="Trop tôt",
            starts_on=programme.starts_on - timedelta(days=60),
            delegations=[],
        )
    assert Programme.objects.count() == 1


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/Cayenne", "Pacific/Noumea", "America/Miquelon"])
@pytest.mark.parametrize("days", [1, 120, 182, 365, -200])
def test_shifting_keeps_the_local_hour(zone: str, days: int) -> None:
    there = ZoneInfo(zone)
    before = datetime(2027, 3, 3, 9, 30, tzinfo=there)
    after = days_before(before, zone, -days).astimezone(there)
    assert (after.date(), after.time()) == (date(2027, 3, 3) + timedelta(days=days), before.time())


# --- Pages --------------------------------------------------------------------------------------------------------


def test_who_runs_programmes_finds_their_page_before_the_first(browser: Browser) -> None:
    network = make_network()
    sessions = reverse("sessions:session-list", args=[network.slug])
    link = f'href="{reverse("sessions:programme-list", args=[network.slug])}"'
    assert link in browser.as_user(make_animator(network).user).get(sessions).content.decode()
    assert link not in browser.as_user(make_member(network).user).get(sessions).content.decode()


def test_pages_of_a_programme(browser: Browser) -> None:
    network = make_network()
    animator = make_animator(network).user
    page = browser.as_user(animator)
    today = timezone.localdate()
    data = {
        "title": "Territoires en chemin",
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=100)).isoformat(),
        "description": "**Ensemble**",
        "new_delegations": "Val d’Orsenne\nPays des Brandes",
        "time_zone": "Europe/Paris",
        "leavers_rule": "keep",
        "approval_rule": "no_objection",
        "approval_days": "3",
    }
    address = reverse("sessions:programme-create", args=[network.slug])
    assert page.post(address, {**data, "ends_on": "2001-01-01"}).status_code == 422
    made = page.post(address, data)
    programme = Programme.objects.get()
    assert (made.status_code, made["Location"]) == (303, programme.get_absolute_url())
    enrolment = enrolment_of(programme)
    assert (
        page.post(
            reverse("sessions:milestone-create", args=[programme.pk]),
            {"kind": "deadline", "title": "Choix du projet", "on": in_a_month().isoformat()},
        ).status_code
        == 303
    )
    body = page.get(programme.get_absolute_url()).content.decode()
    assert "<strong>Ensemble</strong>" in body
    assert "Vous en êtes ici" in body
    assert "Prochaine étape" in body
    member = make_member(network, category="elected")
    place = [programme.pk, enrolment.delegation_id]
    added = page.post(reverse("sessions:delegation-add", args=place), {"membership": member.pk})
    assert added.status_code == 303
    settings = {"reglages-seats": "1", "reglages-lead": member.pk}
    assert page.post(reverse("sessions:delegation-settings", args=place), settings).status_code == 303
    named = {"repond-principal": member.pk, "repond-membership": Membership.objects.get(user=animator).pk}
    assert page.post(reverse("sessions:delegate-name", args=place), named).status_code == 303
    shown = page.get(reverse("sessions:delegation", args=place)).content.decode()
    assert "peut répondre à sa place" in shown
    revoked = reverse("sessions:delegate-revoke", args=[*place, Delegate.objects.get().pk])
    assert page.post(revoked).status_code == 303
    assert page.post(reverse("sessions:delegation-remove", args=place), {"membership": member.pk}).status_code == 303
    copied = {"title": "Suite", "starts_on": (today + timedelta(days=30)).isoformat()}
    assert page.post(reverse("sessions:programme-duplicate", args=[programme.pk]), copied).status_code == 303
    assert page.get(reverse("sessions:programme-list", args=[network.slug])).status_code == 200
    lead = Browser().as_user(member.user)
    assert lead.get(programme.get_absolute_url()).status_code == 404


def test_who_no_longer_runs_the_network_is_out_of_its_programmes_at_once() -> None:
    programme = make_programme()
    animator = Membership.objects.get(network=programme.network, role=Role.ANIMATOR)
    newcomer = make_member(programme.network)
    either = programme.circle.members.filter(pk__in=[animator.user_id, newcomer.user_id])
    assert [one.pk for one in either.all()] == [animator.user_id]
    set_role(membership=newcomer, role=Role.ANIMATOR)
    set_role(membership=animator, role=Role.MEMBER)
    assert [one.pk for one in either.all()] == [newcomer.user_id]
    agora = agora_of(make_day(programme, pattern=DayPattern.AGORA))
    assert agora.opens_to is not None
    assert agora.opens_to.has_animators


def test_who_is_expected_elsewhere_facilitates_no_open_session() -> None:
    day = make_day()
    actor = animator_of(day.programme.network)
    send_invitations(actor=actor, peer_day=day)
    session, other = of_category(day, "elected"), of_category(day, "agent")
    busy = make_member(day.programme.network).user
    other.facilitators.add(busy)
    with pytest.raises(DomainError, match="pris·e par une autre séance"):
        edit_slot(actor=actor, session=session, change=change_of(session, facilitators=frozenset({busy.pk})))
    assert not session.facilitators.filter(pk=busy.pk).exists()
