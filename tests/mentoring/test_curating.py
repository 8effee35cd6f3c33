"""The tree of competences, as those who keep it change it; what members miss in it, and what they are answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db.models import ForeignKey
from django.urls import reverse
from django.utils import timezone

from mentoring.curating_handlers import on_competence_proposal_decided, on_competence_proposed
from mentoring.curating_kinds import load_proposals
from mentoring.directory import matching_competences
from mentoring.enums import EvidenceKind, Level, ProposalState, SupportKind
from mentoring.events import CompetenceProposalDecided, CompetenceProposed
from mentoring.models import (
    Competence,
    CompetenceBridge,
    CompetenceMerge,
    CompetenceProposal,
    DeclaredCompetence,
    DirectoryEntry,
    Evidence,
    MergedDeclaration,
    Need,
    Support,
)
from mentoring.models.competences import UNDONE_WITHIN
from mentoring.queries.competences import tree
from mentoring.queries.curating import bridges_of
from mentoring.queries.tree_journal import tree_journal
from mentoring.services.curating import (
    add_competence,
    build_bridge,
    merge_competence,
    move_competence,
    remove_bridge,
    rename_competence,
    restore_competence,
    retire_competence,
    undo_merge,
)
from mentoring.services.declarations import declare_competence, withdraw_competence
from mentoring.services.directory import wrong_entries
from mentoring.services.merging import _LISTS, _SIMPLE, forget_merges
from mentoring.services.needs import save_draft
from mentoring.services.proposals import (
    MOST_WAITING,
    add_proposed,
    point_to_known,
    refuse_proposal,
)
from mentoring.services.tree import load_competences
from peerhub.moderation.queries import journal_page
from peerhub.notifications.models import Notification
from peerhub.outbox.testing import dispatch_all
from peerhub.people.enums import CircleKind
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import Circle, Membership, Network, User
from tests.builders import make_animator, make_member, make_network, make_user
from tests.concurrency import together
from tests.conftest import Browser
from tests.forums.builders import make_forum, make_post, make_topic
from tests.mentoring.actor_builders import make_organisation
from tests.mentoring.builders import entry, make_listed, propose
from tests.mentoring.test_tree import SMALL, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The tree of two families; `velo` has no competence yet."""
    file = write(tmp_path / "c.json", SMALL)
    load_competences(file)
    return file


@pytest.fixture
def curator() -> User:
    return make_animator(make_network()).user


def one(slug: str) -> Competence:
    return Competence.objects.get(slug=slug)


def journal(curator: User, about: Competence | None = None) -> list[tuple[str, str, list[tuple[str, str, str]]]]:
    """What the curator reads, the newest first: the act, on what, and what it changed."""
    return [
        (
            line.entry.verb.removeprefix("mentoring.competence"),
            line.competence.slug if line.competence else "",
            [(change.label, change.before, change.after) for change in line.changes],
        )
        for line in tree_journal(curator, about).items
    ]


def test_what_happens_to_the_tree_leaves_a_trail(small: Path, curator: User) -> None:
    made = add_competence(curator=curator, parent=one("velo"), name_fr="Vélorues", name_en="Cycle streets")
    words = {"name_fr": "Tracer une vélorue", "name_en": "Cycle streets"}
    for _twice in range(2):
        rename_competence(curator=curator, competence=made, **words, synonyms_fr=["rue cyclable"])
        build_bridge(curator=curator, needed=made, offered=one("fuites"), weight=20)
        move_competence(curator=curator, competence=made, parent=one("eau"))
    bridge = build_bridge(curator=curator, needed=made, offered=one("fuites"), weight=30)
    for _twice in range(2):
        remove_bridge(curator=curator, needed=made, bridge_id=bridge.pk)
    retire_competence(curator=curator, competence=made)
    for _twice in range(2):
        restore_competence(curator=curator, competence=made)
    merge_competence(curator=curator, competence=made, into=one("captages"))
    there = made.slug
    told = [
        ("_merged", there, [("Réunie à", "", "Protéger un captage")]),
        ("_restored", there, []),
        ("_retired", there, []),
        ("_unbridged", there, [("Y répond aussi", "", "Réduire les fuites"), ("Aide à", "30\u202f%", "")]),
        ("_bridged", there, [("Y répond aussi", "", "Réduire les fuites"), ("Aide à", "20\u202f%", "30\u202f%")]),
        ("_moved", there, [("Famille", "Vélo", "Eau")]),
        ("_bridged", there, [("Y répond aussi", "", "Réduire les fuites"), ("Aide à", "", "20\u202f%")]),
        (
            "_renamed",
            there,
            [("Nom en français", "Vélorues", "Tracer une vélorue"), ("Synonymes en français", "", "rue cyclable")],
        ),
        (
            "_added",
            there,
            [("Nom en français", "", "Vélorues"), ("Nom en anglais", "", "Cycle streets"), ("Famille", "", "Vélo")],
        ),
        ("s_loaded", "", [("Ajoutées", "", "Eau, Vélo, Protéger un captage, Réduire les fuites")]),
    ]
    assert journal(curator) == told
    assert journal(curator, one("captages")) == told[:1]
    assert {line.entry.actor for line in tree_journal(curator).items} == {curator, None}


def test_answers_to_proposals_are_in_the_trail_of_their_network_alone(small: Path, curator: User) -> None:
    network = make_network()
    animator, author = make_animator(network), make_member(network).user
    refused = refuse_proposal(curator=animator.user, proposal=propose(author, network), answer="Trop précis.")
    (line, _loaded) = tree_journal(animator.user).items
    assert (line.proposal, [change.after for change in line.changes]) == (refused, ["non retenue"])
    assert [entry[0] for entry in journal(curator)] == ["s_loaded"]
    (told,) = journal_page(animator.user, animator).items
    assert (told.label, told.entry.about) == ("a répondu à une compétence proposée", author)
    assert "précis" not in str(told.entry.facts)


def test_who_keeps_the_tree(small: Path, curator: User) -> None:
    administrator = make_user()
    User.objects.filter(pk=administrator.pk).update(is_staff=True)
    administrator.refresh_from_db()
    for user in (curator, administrator):
        assert retire_competence(curator=user, competence=one("fuites")).is_retired
        assert not restore_competence(curator=user, competence=one("fuites")).is_retired
    for user in (make_user(), make_member(make_network()).user):
        with pytest.raises(Refused):
            retire_competence(curator=user, competence=one("fuites"))


def test_what_is_added_is_declared_found_by_its_synonyms_and_survives_the_next_edition(
    small: Path, curator: User
) -> None:
    made = add_competence(
        curator=curator,
        parent=one("velo"),
        name_fr="Tracer une vélorue",
        name_en="Design a cycle street",
        synonyms_fr=["rue cyclable", "Rue  cyclable", "tracer une vélorue"],
    )
    family = add_competence(curator=curator, parent=None, name_fr="Forêts", name_en="Forests")
    assert (made.slug, made.path, made.synonyms_fr) == (
        "tracer-une-velorue",
        [one("velo").pk, made.pk],
        ["rue cyclable"],
    )
    assert (family.position, family.path) == (62, [family.pk])
    member = make_listed(make_network())
    declare_competence(user=member.user, competence=made, level=Level.PRACTISED, can_help=True)
    assert entry(member).helps == sorted(made.path)
    assert [found.slug for found in matching_competences("rue cyclable", tree())] == [made.slug]
    load_competences(small, force=True)
    assert [found.slug for found in tree()] == ["eau", "captages", "fuites", "velo", made.slug, "forets"]
    assert wrong_entries() == []


def test_a_name_is_taken_once_and_a_slug_too(small: Path, curator: User) -> None:
    with pytest.raises(DomainError, match="existe déjà"):
        add_competence(curator=curator, parent=one("eau"), name_fr="réduire les  FUITES", name_en="Leaks")
    with pytest.raises(DomainError, match="dans les deux langues"):
        add_competence(curator=curator, parent=one("eau"), name_fr="Nom", name_en=" ")
    retire_competence(curator=curator, competence=one("fuites"))
    again = add_competence(curator=curator, parent=one("eau"), name_fr="Fuites", name_en="Leaks")
    assert again.slug == "fuites-2"
    with pytest.raises(DomainError, match="Choisissez une famille"):
        add_competence(curator=curator, parent=one("captages"), name_fr="Sources", name_en="Springs")


def test_a_new_name_keeps_the_address_and_stays_after_the_next_edition(small: Path, curator: User) -> None:
    rename_competence(
        curator=curator,
        competence=one("fuites"),
        name_fr="Traquer les fuites",
        name_en="Hunt leaks",
        synonyms_fr=["eau"],
    )
    load_competences(small, force=True)
    assert (one("fuites").name_fr, one("fuites").words) == ("Traquer les fuites", "traquer les fuites\nhunt leaks\neau")


def test_moving_keeps_paths_and_entries_right(small: Path, curator: User) -> None:
    member, other = make_listed(make_network()), make_listed(make_network())
    for user in (member.user, other.user):
        declare_competence(user=user, competence=one("captages"), level=Level.PRACTISED, can_help=user == member.user)
    moved = move_competence(curator=curator, competence=one("captages"), parent=one("velo"))
    assert moved.path == [one("velo").pk, moved.pk]
    assert entry(member).helps == entry(other).competences == sorted(moved.path)
    assert entry(member).help_branches == entry(other).branches == 1 << one("velo").position
    assert wrong_entries() == []
    with pytest.raises(DomainError, match="famille ne se déplace pas"):
        move_competence(curator=curator, competence=one("eau"), parent=one("velo"))
    load_competences(small, force=True)
    assert one("captages").path == moved.path


def test_every_way_to_point_to_a_competence_is_handed_over() -> None:
    """Whoever adds a key to `Competence` says in `services.merging` what becomes of it."""
    known = {(model, field) for model, field in _SIMPLE}
    apart = {
        (DeclaredCompetence, "competence"),
        (Evidence, "competence"),
        (CompetenceBridge, "needed"),
        (CompetenceBridge, "offered"),
        (Competence, "parent"),  # a merged one has no child
        (CompetenceMerge, "one"),  # what it was, to undo it
        (CompetenceMerge, "into"),
    }
    lists = {relation.through for relation, _owner in _LISTS}
    found: set[tuple[Any, str]] = set()
    for model in apps.get_models(include_auto_created=True):
        found |= {
            (model, field.name)
            for field in model._meta.get_fields()
            if isinstance(field, ForeignKey) and field.related_model is Competence and model not in lists
        }
    assert found == known | apart


@dataclass
class Scene:
    """Everything that can point to two competences, `captages` and `fuites`."""

    curator: User
    network: Network
    both: Membership  # declared both
    only: Membership  # declared the first
    need: Need
    support: Support
    hidden_at: datetime


@pytest.fixture
def scene(small: Path, curator: User) -> Scene:
    network = make_network()
    both, only = make_listed(network), make_listed(network)
    captages, fuites = one("captages"), one("fuites")
    declare_competence(
        user=both.user, competence=captages, level=Level.EXPERIENCED, can_help=True, evidence="Trois puits"
    )
    declare_competence(user=both.user, competence=fuites, level=Level.NOTIONS, can_help=False)
    declare_competence(user=only.user, competence=captages, level=Level.NOTIONS, can_help=False)
    need = save_draft(author=only.user, network=network, token=uuid4(), fields={"title": "x", "competence": captages})
    circle = Circle.objects.of_network(network, CircleKind.NETWORK)
    support = Support.objects.create(
        network=network, circle=circle, organisation=make_organisation(), kind=SupportKind.TECHNICAL, summary="x"
    )
    support.competences.set([captages, fuites])
    build_bridge(curator=curator, needed=captages, offered=fuites, weight=60)
    build_bridge(curator=curator, needed=captages, offered=one("velo"), weight=80)
    build_bridge(curator=curator, needed=fuites, offered=one("velo"), weight=20)
    build_bridge(curator=curator, needed=one("velo"), offered=captages, weight=10)
    post = make_post(make_topic(make_forum(network), only.user), both.user)
    hidden = timezone.now()
    for about, when in ((captages, hidden), (fuites, None)):
        Evidence.objects.create(
            user=both.user, competence=about, kind=EvidenceKind.ANSWER, post=post, happened_at=hidden, hidden_at=when
        )
    return Scene(curator, network, both, only, need, support, hidden)


def test_a_merge_hands_everything_over_and_leads_to_the_other(scene: Scene, small: Path, browser: Browser) -> None:
    curator, network, both, only, need, support = (
        scene.curator, scene.network, scene.both, scene.only, scene.need, scene.support
    )  # fmt: skip
    captages, fuites = one("captages"), one("fuites")

    assert merge_competence(curator=curator, competence=captages, into=fuites) == fuites

    merged, other = one("captages"), one("fuites")
    assert (merged.is_retired, merged.merged_into) == (True, other)
    assert (other.synonyms_fr, other.synonyms_en) == (["Protéger un captage", "nappe", "puits"], ["Protect a spring"])
    declared = {row.user_id: row for row in DeclaredCompetence.objects.all()}
    mine = declared[both.user_id]
    assert (mine.competence, mine.level, mine.can_help, mine.evidence) == (other, "experienced", True, "Trois puits")
    assert declared[only.user_id].competence == other
    need.refresh_from_db()
    assert (need.competence, list(support.competences.all())) == (other, [other])
    assert set(CompetenceBridge.objects.values_list("needed__slug", "offered__slug", "weight")) == {
        ("fuites", "velo", 80),
        ("velo", "fuites", 10),
    }
    (proof,) = Evidence.objects.all()
    assert (proof.competence, proof.hidden_at) == (other, scene.hidden_at)
    assert entry(both).helps == sorted(other.path)
    assert wrong_entries() == []
    assert [found.slug for found in matching_competences("nappe", tree())] == ["fuites"]

    browser.as_user(only.user)
    for name, arguments in (("competence", [network.slug, "captages"]), ("my-competence", ["captages"])):
        leads_to = reverse(f"mentoring:{name}", args=[*arguments[:-1], "fuites"])
        response = browser.get(reverse(f"mentoring:{name}", args=arguments))
        assert (response.status_code, response.headers["Location"]) == (303, leads_to)
    found = browser.get(reverse("mentoring:directory", args=[network.slug]), {"competence": "captages"})
    assert (found.context["search"].competence, found.context["total"]) == (other, 2)
    with pytest.raises(DomainError, match="a été réunie"):
        restore_competence(curator=curator, competence=merged)
    with pytest.raises(DomainError, match="n’est plus proposée"):
        merge_competence(curator=curator, competence=fuites, into=merged)
    with pytest.raises(DomainError, match="Choisissez une compétence précise"):
        declare_competence(user=only.user, competence=captages, level=Level.NOTIONS, can_help=False)  # as it was read
    load_competences(small, force=True)
    assert one("captages").merged_into == other


def stands() -> dict[str, list[Any]]:
    """All that a merge touches, with its keys."""
    tables: list[tuple[Any, tuple[str, ...]]] = [
        (Competence, ("slug", "synonyms_fr", "synonyms_en", "words", "path", "is_retired", "merged_into")),
        (DeclaredCompetence, ("user", "competence", "level", "can_help", "evidence", "created_at")),
        (Evidence, ("user", "competence", "post", "hidden_at")),
        (CompetenceBridge, ("needed", "offered", "weight")),
        (Need, ("competence",)),
        (Support.competences.through, ("support", "competence")),
        (DirectoryEntry, ("competences", "helps", "branches")),
    ]
    return {model.__name__: list(model.objects.order_by("pk").values_list("pk", *names)) for model, names in tables}


def merge_of(slug: str) -> int:
    return CompetenceMerge.objects.get(one__slug=slug).pk


def test_a_merge_is_undone_and_leaves_no_trace_but_in_the_trail(scene: Scene) -> None:
    """On the other a further merge stands: they are undone one after the other."""
    curator, before = scene.curator, stands()
    merge_competence(curator=curator, competence=one("captages"), into=one("fuites"))
    between = stands()
    merge_competence(curator=curator, competence=one("fuites"), into=one("velo"))
    with pytest.raises(DomainError, match="« Réduire les fuites » a depuis été réunie à « Vélo »"):
        undo_merge(curator=curator, merge_id=merge_of("captages"))
    with pytest.raises(Refused):
        undo_merge(curator=scene.only.user, merge_id=merge_of("fuites"))
    assert undo_merge(curator=curator, merge_id=merge_of("fuites")) == one("fuites")
    assert stands() == between
    assert undo_merge(curator=curator, merge_id=merge_of("captages")) == one("captages")
    assert stands() == before
    assert not one("captages").is_retired
    assert (wrong_entries(), MergedDeclaration.objects.count()) == ([], 0)
    assert journal(curator, one("captages"))[0] == ("_unmerged", "captages", [("Réunie à", "Réduire les fuites", "")])


def test_what_came_since_a_merge_stays_and_what_went_does_not_come_back(scene: Scene) -> None:
    curator, newcomer, third = scene.curator, make_listed(scene.network), make_listed(scene.network)
    for slug in ("captages", "fuites"):
        declare_competence(user=third.user, competence=one(slug), level=Level.NOTIONS, can_help=False)
    merge_competence(curator=curator, competence=one("captages"), into=one("fuites"))
    fuites = one("fuites")
    declare_competence(user=newcomer.user, competence=fuites, level=Level.PRACTISED, can_help=True)
    declare_competence(user=third.user, competence=fuites, level=Level.EXPERIENCED, can_help=True)  # said anew
    withdraw_competence(user=scene.both.user, competence=fuites)
    scene.support.competences.clear()
    Evidence.objects.all().delete()
    since = ["une borne"]
    synonyms = [*(word for word in fuites.synonyms_fr if word != "nappe"), *since]
    rename_competence(
        curator=curator, competence=fuites, name_fr=fuites.name_fr, name_en=fuites.name_en, synonyms_fr=synonyms
    )
    build_bridge(curator=curator, needed=fuites, offered=one("velo"), weight=90)
    undo_merge(curator=curator, merge_id=merge_of("captages"))
    assert set(DeclaredCompetence.objects.values_list("user", "competence__slug", "level")) == {
        (newcomer.user_id, "fuites", "practised"),
        (scene.only.user_id, "captages", "notions"),
        (third.user_id, "captages", "notions"),
        (third.user_id, "fuites", "experienced"),
    }
    assert (one("fuites").synonyms_fr, one("captages").synonyms_fr) == (since, ["nappe", "puits"])
    assert set(CompetenceBridge.objects.values_list("needed__slug", "offered__slug", "weight")) == {
        ("captages", "fuites", 60),
        ("captages", "velo", 80),
        ("fuites", "velo", 90),
        ("velo", "captages", 10),
    }
    assert (scene.support.competences.count(), Evidence.objects.count()) == (0, 0)
    assert wrong_entries() == []


def test_a_merge_is_undone_within_its_time_while_there_is_room(small: Path, curator: User) -> None:
    merge_competence(curator=curator, competence=one("captages"), into=one("fuites"))
    again = add_competence(curator=curator, parent=one("velo"), name_fr="Protéger un captage", name_en="Springs")
    merge = CompetenceMerge.objects.get()
    with pytest.raises(DomainError, match="existe déjà"):
        undo_merge(curator=curator, merge_id=merge.pk)
    retire_competence(curator=curator, competence=again)
    assert forget_merges(merge.until - timedelta(seconds=1)) == 0
    CompetenceMerge.objects.update(made_at=timezone.now() - UNDONE_WITHIN)
    with pytest.raises(DomainError, match="ne se défait plus"):
        undo_merge(curator=curator, merge_id=merge.pk)
    assert forget_merges() == 1
    assert one("captages").merged_into == one("fuites")


def test_families_are_emptied_before_they_go(small: Path, curator: User) -> None:
    with pytest.raises(DomainError, match="Déplacez d’abord"):
        retire_competence(curator=curator, competence=one("eau"))
    with pytest.raises(DomainError, match="Déplacez d’abord"):
        merge_competence(curator=curator, competence=one("eau"), into=one("velo"))
    with pytest.raises(DomainError, match="pas une famille"):
        merge_competence(curator=curator, competence=one("captages"), into=one("eau"))
    with pytest.raises(DomainError, match="une autre compétence"):
        merge_competence(curator=curator, competence=one("captages"), into=one("captages"))
    retire_competence(curator=curator, competence=one("velo"))
    assert [found.slug for found in tree()] == ["eau", "captages", "fuites"]


def test_bridges_are_built_changed_and_removed(small: Path, curator: User) -> None:
    bridge = build_bridge(curator=curator, needed=one("captages"), offered=one("fuites"), weight=40)
    assert build_bridge(curator=curator, needed=one("captages"), offered=one("fuites"), weight=70).pk == bridge.pk
    bridge.refresh_from_db()
    assert bridge.weight == 70
    assert not remove_bridge(curator=curator, needed=one("fuites"), bridge_id=bridge.pk)
    assert remove_bridge(curator=curator, needed=one("captages"), bridge_id=bridge.pk)
    for offered, weight in ((one("captages"), 50), (one("fuites"), 0)):
        with pytest.raises(DomainError):
            build_bridge(curator=curator, needed=one("captages"), offered=offered, weight=weight)


def test_the_file_says_what_helps_with_what_until_somebody_here_does(curator: User) -> None:
    load_competences()
    needed = one("solaire-citoyen")
    bridges = {bridge.offered.slug: bridge for bridge in bridges_of(needed)}
    assert {slug: bridge.weight for slug, bridge in bridges.items()} == {"financement-citoyen": 60, "creer-scic": 40}
    remove_bridge(curator=curator, needed=needed, bridge_id=bridges["creer-scic"].pk)
    load_competences(force=True)
    assert [bridge.offered.slug for bridge in bridges_of(needed)] == ["financement-citoyen"]
    assert [bridge.offered.slug for bridge in bridges_of(one("achats-alimentaires"))] == ["achats-responsables"]


def test_an_upgrade_brings_what_is_new_and_leaves_what_was_changed_here(tmp_path: Path, curator: User) -> None:
    water, cycling = SMALL
    sheds = {"slug": "abris", "fr": "Abris", "en": "Sheds"}
    load_competences(write(tmp_path / "before.json", [water, {**cycling, "children": [sheds]}]))
    rename_competence(curator=curator, competence=one("fuites"), name_fr="Traquer les fuites", name_en="Hunt leaks")
    move_competence(curator=curator, competence=one("captages"), parent=one("velo"))
    retire_competence(curator=curator, competence=one("abris"))
    made = add_competence(curator=curator, parent=one("eau"), name_fr="Eau de pluie", name_en="Rain")
    declare_competence(user=make_listed(make_network()).user, competence=made, level=Level.NOTIONS, can_help=False)
    untouched = Competence.objects.filter(is_local=True).order_by("pk").values()
    kept = list(untouched.all())
    after = [
        {"slug": "eau", "fr": "Eau", "en": "Water", "synonyms_fr": ["hydraulique"], "children": [
            {"slug": "fuites", "fr": "Réduire les fuites", "en": "Cut leaks", "synonyms_fr": ["réseau"]},
            {"slug": "pluie", "fr": "Eau  de pluie", "en": "Rainwater"},
            {"slug": "sobriete", "fr": "Sobriété en eau", "en": "Using less water", "answered_by": {"fuites": 30}},
        ]},
    ]  # fmt: skip
    upgrade = write(tmp_path / "after.json", after)
    assert [load_competences(upgrade) for _twice in range(2)] == [2, 0]  # the family's synonym, and what is new
    assert list(untouched.all()) == kept
    assert (one("eau").synonyms_fr, one("sobriete").path) == (["hydraulique"], [one("eau").pk, one("sobriete").pk])
    assert [bridge.offered.slug for bridge in bridges_of(one("sobriete"))] == ["fuites"]
    # The family left the list, and stays for what was moved into it.
    offered = {found.slug for found in tree()}
    assert offered == {"eau", "fuites", made.slug, "sobriete", "velo", "captages"}
    assert journal(curator)[0] == ("s_loaded", "", [("Ajoutées", "", "Sobriété en eau"), ("Changées", "", "Eau")])
    assert wrong_entries() == []


def told() -> list[tuple[str, int]]:
    """Who was told of what, in order; each handler is called twice."""
    dispatch_all()
    for proposal in CompetenceProposal.objects.order_by("pk"):
        on_competence_proposed(CompetenceProposed(proposal.pk))
        on_competence_proposal_decided(CompetenceProposalDecided(proposal.pk))
    rows = Notification.objects.filter(kind__startswith="mentoring.competence").order_by("pk")
    return list(rows.values_list("kind", "recipient"))


def test_a_proposal_is_told_to_its_animators_and_its_answer_to_its_author(small: Path) -> None:
    network = make_network()
    animator, author, stranger = make_animator(network), make_member(network), make_animator(make_network())
    proposal = propose(author.user, network)
    assert propose(author.user, network, " creuser  un PUITS").pk == proposal.pk
    assert told() == [("mentoring.competence_proposed", animator.user_id)]
    fields: dict[str, Any] = {
        "parent": one("eau"),
        "name_fr": "Creuser un puits",
        "name_en": "Dig a well",
        "synonyms_fr": ["forage"],
    }
    for user in (author.user, stranger.user):
        with pytest.raises(Refused):
            add_proposed(curator=user, proposal=proposal, **fields)
    decided = add_proposed(curator=animator.user, proposal=proposal, answer="Merci !", **fields)
    assert (decided.state, decided.became, decided.decided_by) == ("added", one("creuser-un-puits"), animator.user)
    assert told()[1:] == [("mentoring.competence_proposal_decided", author.user_id)]
    (subject,) = load_proposals(author.user, list(Notification.objects.filter(recipient=author.user_id))).values()
    assert (subject.url.partition("#")[2], subject.context["answer"]) == ("mes-propositions", "Merci !")
    with pytest.raises(DomainError, match="déjà répondu"):
        refuse_proposal(curator=animator.user, proposal=proposal, answer="Non")


def test_a_proposal_is_known_already_or_refused_with_a_reason(small: Path) -> None:
    network = make_network()
    animator, author = make_animator(network).user, make_member(network).user
    known = point_to_known(curator=animator, proposal=propose(author, network), known=one("captages"))
    assert (known.state, known.became) == (ProposalState.KNOWN, one("captages"))
    refused = propose(author, network, "Sourcellerie")
    with pytest.raises(DomainError, match="pourquoi"):
        refuse_proposal(curator=animator, proposal=refused, answer=" ")
    assert refuse_proposal(curator=animator, proposal=refused, answer="Rien ne l’établit.").became is None
    for name in ("protéger  un captages", "Nappes"):
        with pytest.raises(DomainError, match="Cela existe sous le nom « Protéger un captage »"):
            propose(author, network, name)
    for number in range(MOST_WAITING):
        propose(author, network, f"Idée {number}")
    with pytest.raises(DomainError, match="attendent une réponse"):
        propose(author, network, "Une de trop")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_answer_at_once_one_does(small: Path) -> None:
    network = make_network()
    curators = [make_animator(network).user, make_animator(network).user]
    proposal = propose(make_member(network).user, network)
    results = together(
        lambda: refuse_proposal(curator=curators[0], proposal=proposal, answer="Non").state,
        lambda: point_to_known(curator=curators[1], proposal=proposal, known=one("captages")).state,
    )
    outcomes = [str(result) for result in results]
    proposal.refresh_from_db()
    assert sorted(outcomes) == sorted([proposal.state, "Quelqu’un a déjà répondu à cette proposition."])
