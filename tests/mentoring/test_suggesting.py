"""Who is proposed for a need: from what its author may see, and nobody who must not be."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from forums.services.answers import accept_answer
from mentoring.enums import EvidenceKind, Level, MentorshipState, NeedAudience, SolicitationState, SuggestionState
from mentoring.models import (
    Absence,
    Competence,
    CompetenceBridge,
    Evidence,
    HierarchicalLink,
    KeptApart,
    MentoringProfile,
    Mentorship,
    Need,
    NeedSuggestion,
    Solicitation,
)
from mentoring.queries.evidence import evidence_for
from mentoring.queries.links import may_be_paired
from mentoring.queries.suggestions import best_for, suggestions_for
from mentoring.services.conversations import private_circle
from mentoring.services.evidence import refresh_evidence
from mentoring.services.suggesting import dismiss_peer, mark_asked, next_peer, search_again, suggest_peers
from mentoring.services.traits import refresh_traits
from peerhub.people.errors import Refused
from peerhub.people.models import Membership, Network, Organisation, User
from peerhub.people.services.circles import category_circle
from tests.builders import make_category, make_network
from tests.forums.builders import make_forum, make_post, make_topic
from tests.mentoring.builders import competence, declare, make_listed, make_place
from tests.mentoring.need_builders import SLUG, make_need, make_peer, put_in_organisation

pytestmark = pytest.mark.django_db
TITLE = "Ouvrir un tiers-lieu : comment avez-vous fait ?"


def proposed(need: Need) -> list[str]:
    author = need.author
    return [one.entry.user.given_name for one in suggestions_for(author, Need.objects.get(pk=need.pk))]


def test_who_did_it_on_a_territory_alike_comes_first_and_it_is_said_why() -> None:
    network = make_network()
    me = make_listed(network, category="elected", territory=make_place("Feurs", "Loire", 8000))
    make_peer(network, "Lointaine", territory=make_place("Lyon", "Rhône", 500_000))
    make_peer(network, "Jumelle", category="elected", territory=make_place("Boën", "Loire", 7000))
    declare(make_listed(network, "Débutant", "D").user, SLUG, can_help=True, level=Level.NOTIONS)
    make_listed(network, "Étranger", "au sujet")
    refresh_traits()
    need = make_need(me.user, network)
    assert proposed(need) == ["Jumelle", "Lointaine", "Débutant"]
    first = need.suggestions.order_by("rank")[0]
    assert [reason["code"] for reason in first.reasons] == [
        "experienced",
        "same_category",
        "same_stratum",
        "room",
        "same_departement",
    ]


def test_a_bridge_leads_from_a_need_to_an_offer() -> None:
    network = make_network()
    me = make_listed(network)
    make_peer(network, "Voisine", slug="tresorerie")
    need = make_need(me.user, network)
    assert proposed(need) == []
    CompetenceBridge.objects.create(needed=competence(SLUG), offered=competence("tresorerie"), weight=60)
    suggest_peers(need=need)
    assert proposed(need) == ["Voisine"]


def test_words_alone_are_understood() -> None:
    network = make_network()
    me = make_listed(network)
    make_peer(network, "Zoé", slug="cantine-bio-locale")
    need = make_need(me.user, network, competence=None, title="Notre cantine, sans perdre les parents")
    assert proposed(need) == ["Zoé"]
    assert proposed(make_need(me.user, network, competence=None, title="Quelque chose")) == []


def _same_organisation(me: Membership, peer: Membership) -> None:
    put_in_organisation(Organisation.objects.create(name="Mairie"), me, peer)


def _declared_link(me: Membership, peer: Membership) -> None:
    HierarchicalLink.objects.create(senior=peer.user, junior=me.user, declared_by=me.user)


def _kept_apart(me: Membership, peer: Membership) -> None:
    KeptApart.objects.create(user=peer.user, other=me.user, asked_by=peer.user)


def _not_suggested(me: Membership, peer: Membership) -> None:
    MentoringProfile.objects.create(user=peer.user, is_suggested=False)


def _not_now(me: Membership, peer: Membership) -> None:
    MentoringProfile.objects.create(user=peer.user, not_now_until=timezone.localdate())


def _away(me: Membership, peer: Membership) -> None:
    today = timezone.localdate()
    Absence.objects.create(user=peer.user, starts_on=today, ends_on=today)


def _speaks_english(me: Membership, peer: Membership) -> None:
    MentoringProfile.objects.create(user=peer.user, languages=["en"])


def _full(me: Membership, peer: Membership) -> None:
    MentoringProfile.objects.create(user=peer.user, people_at_a_time=1)
    today = timezone.localdate()
    Mentorship.objects.create(
        network=peer.network,
        circle=private_circle(network=peer.network, people=[peer.user]),
        mentor=peer.user,
        starts_on=today,
        ends_on=today + timedelta(days=90),
        state=MentorshipState.ACTIVE,
    )


REASONS_NOT_TO = [
    _same_organisation, _declared_link, _kept_apart, _not_suggested, _not_now, _away, _speaks_english, _full,
]  # fmt: skip


@pytest.mark.parametrize("happens", REASONS_NOT_TO, ids=lambda happens: happens.__name__)
def test_who_must_not_be_proposed_is_not_before_and_not_after(happens: Any) -> None:
    network = make_network()
    me, peer = make_listed(network), make_peer(network, "Zoé")
    before = make_need(me.user, network)
    assert proposed(before) == ["Zoé"]
    happens(me, peer)
    assert proposed(before) == []
    after = make_need(me.user, network)
    assert not NeedSuggestion.objects.filter(need=after).exists()
    is_bond = happens in REASONS_NOT_TO[:3]
    assert may_be_paired(me.user_id, peer.user_id, network) is not is_bond
    assert may_be_paired(peer.user_id, me.user_id, network) is not is_bond


def test_a_link_that_ended_links_no_more() -> None:
    network = make_network()
    me, peer = make_listed(network), make_peer(network, "Zoé")
    HierarchicalLink.objects.create(senior=peer.user, junior=me.user, declared_by=me.user, ended_at=timezone.now())
    assert proposed(make_need(me.user, network)) == ["Zoé"]


def test_who_is_set_aside_or_asked_is_not_proposed_again() -> None:
    network = make_network()
    me = make_listed(network)
    for name in ("Ana", "Bob", "Cid", "Dan", "Eve", "Fay"):
        make_peer(network, name)
    need = make_need(me.user, network)
    first = proposed(need)
    assert len(first) == 5
    rows = {one.peer.given_name: one.peer_id for one in need.suggestions.select_related("peer")}
    assert [dismiss_peer(author=me.user, need=need, peer_id=rows[first[0]]) for _twice in range(2)] == [True, False]
    second = proposed(need)
    assert sorted([*second, first[0]]) == ["Ana", "Bob", "Cid", "Dan", "Eve", "Fay"]
    assert mark_asked(need_id=need.pk, peer_id=rows[first[1]])
    search_again(author=me.user, need=need)
    assert first[1] not in proposed(need)
    assert next_peer(need=need) == need.suggestions.get(state=SuggestionState.PROPOSED, rank=1).peer_id
    with pytest.raises(Refused):
        dismiss_peer(author=make_listed(network).user, need=need, peer_id=rows[first[2]])


def test_the_same_few_are_not_proposed_to_everybody() -> None:
    network = make_network()
    for number in range(8):
        make_peer(network, f"Pair{number}")
    for _number in range(8):
        make_need(make_listed(network).user, network)
    counts = [NeedSuggestion.objects.filter(peer=row).count() for row in _peers(network)]
    assert sum(counts) == 40
    assert max(counts) - min(counts) <= 3


def _peers(network: Network) -> list[int]:
    rows = Membership.objects.filter(network=network, user__given_name__startswith="Pair")
    return list(rows.values_list("user", flat=True))


def test_who_has_asks_waiting_comes_later_then_rests() -> None:
    network = make_network()
    me, busy = make_listed(network), make_peer(network, "Ana")
    make_peer(network, "Bob")
    for number in (1, 2, 3):
        _ask(busy.user, network)
        expected = ["Bob", "Ana"] if number < 3 else ["Bob"]
        assert proposed(make_need(me.user, network)) == expected


def _ask(peer: User, network: Network) -> None:
    asker = make_listed(network).user
    need, now = make_need(asker, network), timezone.now()
    Solicitation.objects.create(
        need=need,
        network=network,
        asker=asker,
        peer=peer,
        circle=need.circle,
        question="?",
        state=SolicitationState.SENT,
        sent_at=now,
        remind_at=now,
        due_at=now + timedelta(days=7),
        token=need.token,
    )


def _answer(network: Network, circle: Any, author: User, asker: User) -> None:
    """A kept answer about the subject, in a theme of this circle."""
    forum = make_forum(network, circle=circle, slug=f"theme-{circle.pk}-{author.pk}")
    topic = make_topic(forum, asker, kind="question", title=TITLE)
    post = make_post(topic, author, body="Nous avons commencé par la cuisine.")
    accept_answer(user=asker, post=post)


def test_evidence_counts_only_what_the_viewer_may_see() -> None:
    network = make_network()
    peer = make_peer(network, "Zoé", category="elected")
    inside, outside = make_listed(network, category="elected"), make_listed(network, category="agent")
    elected = category_circle(network=network, category=make_category("elected"))
    _answer(network, elected, peer.user, inside.user)
    refresh_evidence(peer.user_id)
    assert Evidence.objects.count() == 1
    codes = {
        name: [one["code"] for one in make_need(viewer.user, network).suggestions.get(peer=peer.user).reasons]
        for name, viewer in (("inside", inside), ("outside", outside))
    }
    assert ("answers" in codes["inside"], "answers" in codes["outside"]) == (True, False)


def test_what_is_hidden_or_closed_since_is_counted_no_more() -> None:
    network = make_network()
    peer, me = make_peer(network, "Zoé"), make_listed(network)
    circle = network.circles.get(kind="network")
    _answer(network, circle, peer.user, me.user)
    refresh_evidence(peer.user_id)
    need = make_need(me.user, network)
    wanted = [competence(SLUG).pk]

    def told() -> bool:
        return "answers" in [reason.code for reason in suggestions_for(me.user, need)[0].reasons]

    assert told()
    Evidence.objects.update(hidden_at=timezone.now())
    assert not told()
    refresh_evidence(peer.user_id)
    assert Evidence.objects.get().hidden_at is not None
    # The same words are those of another competence from now on.
    Competence.objects.filter(slug="achats-responsables").update(words=competence(SLUG).words)
    Competence.objects.filter(slug=SLUG).update(is_retired=True)
    refresh_evidence(peer.user_id)
    moved = Evidence.objects.select_related("competence").get()
    assert (moved.competence.slug, moved.hidden_at is None) == ("achats-responsables", False)
    Competence.objects.filter(slug="achats-responsables").update(is_retired=True)
    Competence.objects.filter(slug=SLUG).update(is_retired=False)
    refresh_evidence(peer.user_id)
    Evidence.objects.update(hidden_at=None)
    topic = Evidence.objects.select_related("post__topic").get().post.topic  # type: ignore[union-attr]
    topic.circle = private_circle(network=network, people=[peer.user])
    topic.save(update_fields=["circle"])
    assert not told()
    assert evidence_for(me.user, [peer.user_id], wanted) == {}
    assert list(evidence_for(peer.user, [peer.user_id], wanted)) == [peer.user_id]


def test_evidence_follows_what_was_done_and_goes_with_it() -> None:
    network = make_network()
    peer, me = make_peer(network, "Zoé"), make_listed(network)
    _answer(network, network.circles.get(kind="network"), peer.user, me.user)
    assert [refresh_evidence(peer.user_id) for _twice in range(2)] == [1, 0]
    row = Evidence.objects.get()
    assert (row.kind, row.competence.slug) == (EvidenceKind.ANSWER, SLUG)
    assert row.post is not None
    row.post.topic.accepted_post = None
    row.post.topic.save(update_fields=["accepted_post"])
    assert not Evidence.objects.visible_to(me.user).exists()
    assert refresh_evidence(peer.user_id) == 1
    assert not Evidence.objects.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_seeking_peers_takes_the_same_queries_for_any_number(number: int, django_assert_num_queries: Any) -> None:
    network = make_network()
    me = make_listed(network, territory=make_place())
    for place in range(number):
        make_peer(network, f"Pair{place}", territory=make_place())
    need = Need.objects.select_related("network", "author", "competence", "territory__traits").get(
        pk=make_need(me.user, network, audience=NeedAudience.NETWORK).pk
    )
    with django_assert_num_queries(SEEKING):
        assert len(best_for(need, limit=5)) == number


# The tree and its bridges; links (hats, declared, delegates) and who is kept apart, who not again; the author's entry
# and languages; candidates who offer help, who proved it, who is near it; of those the entries, what they declared,
# their evidence, load (profile, absences, mentorships, asks), answers, how often they were shown, and feedback.
SEEKING = 22
