"""The words of a network: put on topics, renamed, merged, deleted; one list, whatever happens at one time."""

from typing import Any

import pytest
from django import forms
from django.core.cache import cache
from django.test import Client

from forums import queries
from forums.enums import SubscriptionLevel
from forums.fields import TagsField
from forums.models import Forum, ForumAnimator, Tag, TagSubscription, TagSynonym, Topic
from forums.services.tags import (
    UnknownTags,
    create_tag,
    delete_tag,
    edit_tag,
    merge_tags,
    set_tags,
    split_names,
)
from forums.tag_names import tag_names
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import Membership
from tests.builders import make_animator, make_member, make_network
from tests.concurrency import together
from tests.conftest import Browser
from tests.forums.builders import make_confidential_forum, make_forum, make_public_forum, make_topic
from tests.pages import html

pytestmark = pytest.mark.django_db


@pytest.fixture
def animator() -> Membership:
    cache.clear()
    return make_animator(make_network())


@pytest.fixture
def topic(animator: Membership) -> Topic:
    return make_topic(make_forum(animator.network), make_member(animator.network).user)


class TagsForm(forms.Form):
    tags = TagsField()

    def __init__(self, *args: Any, network_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tags"].offer(network_id)  # type: ignore[attr-defined]


def words(network_pk: int) -> dict[str, list[str]]:
    """Each tag with its synonyms."""
    return {
        tag.slug: list(tag.synonyms.order_by("slug").values_list("slug", flat=True))
        for tag in Tag.objects.filter(network=network_pk).order_by("slug")
    }


# --- Putting tags on a topic --------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["Marchés publics", "marches publics", "MARCHÉS-PUBLICS", " Achats ", "achat"])
def test_a_word_is_known_by_name_slug_or_synonym(animator: Membership, topic: Topic, written: str) -> None:
    tag = create_tag(animator=animator, name="Marchés publics")
    edit_tag(animator=animator, tag=tag, name=tag.name, description="", synonyms=["Achats", "achat"])
    assert set_tags(topic=topic, names=[written], user=topic.author) == [tag]
    assert queries.tags_of([topic.pk]) == {topic.pk: [("marches-publics", "Marchés publics")]}


def test_an_unknown_word_is_refused_to_a_member_and_made_by_an_animator(animator: Membership, topic: Topic) -> None:
    create_tag(animator=animator, name="Eau")
    with pytest.raises(UnknownTags) as refused:
        set_tags(topic=topic, names=["eau", "Vélo", "Gare"], user=topic.author)
    assert refused.value.names == ["Vélo", "Gare"]
    assert list(topic.tags.all()) == []
    set_tags(topic=topic, names=["eau", "Vélo"], user=animator.user)
    assert sorted(topic.tags.values_list("slug", flat=True)) == ["eau", "velo"]
    set_tags(topic=topic, names=["velo"], user=topic.author)
    assert list(topic.tags.values_list("slug", flat=True)) == ["velo"]
    assert set_tags(topic=topic, names=[], user=topic.author) == []


def test_only_the_author_and_who_curates_put_tags(animator: Membership, topic: Topic) -> None:
    tag = create_tag(animator=animator, name="Eau")
    other = make_member(animator.network)
    with pytest.raises(Refused):
        set_tags(topic=topic, names=["eau"], user=other.user)
    ForumAnimator.objects.create(forum=topic.forum, user=other.user)
    assert set_tags(topic=topic, names=["eau"], user=other.user) == [tag]
    # The list of the network is not the theme's.
    with pytest.raises(UnknownTags):
        set_tags(topic=topic, names=["gare"], user=other.user)


def test_a_new_word_of_a_confidential_topic_does_not_join_the_list_that_all_read(animator: Membership) -> None:
    secret = make_topic(make_confidential_forum(animator.network, [animator.user]), animator.user, title="Entre nous")
    create_tag(animator=animator, name="Cantine")
    with pytest.raises(UnknownTags):
        set_tags(topic=secret, names=["Cantine", "Licenciement"], user=animator.user)
    assert [tag.name for tag in Tag.objects.all()] == ["Cantine"]
    assert [tag.name for tag in set_tags(topic=secret, names=["cantine"], user=animator.user)] == ["Cantine"]


def test_five_tags_at_most(animator: Membership, topic: Topic) -> None:
    with pytest.raises(DomainError, match="Cinq"):
        set_tags(topic=topic, names=list("abcdef"), user=animator.user)
    assert len(set_tags(topic=topic, names=[*"abcde", "A", " e "], user=animator.user)) == 5


def test_the_words_of_another_network_are_not_known(animator: Membership, topic: Topic) -> None:
    create_tag(animator=make_animator(make_network()), name="Eau")
    with pytest.raises(UnknownTags):
        set_tags(topic=topic, names=["eau"], user=topic.author)


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("", []),
        (" , ;", []),
        ("cantine, Marchés publics ; eau", ["cantine", "Marchés publics", "eau"]),
        ("Eau, eau, EAU", ["EAU"]),
    ],
)
def test_names_between_commas(written: str, names: list[str]) -> None:
    assert split_names(written) == names
    assert TagsField().clean(written) == names


def test_the_field_offers_the_list_of_its_network(animator: Membership) -> None:
    create_tag(animator=animator, name="Marchés <b>publics</b>")
    written = TagsForm(initial={"tags": ["eau", "vélo"]}, network_id=animator.network_id)["tags"].as_widget()
    assert 'value="eau, vélo"' in written
    assert '<option value="Marchés &lt;b&gt;publics&lt;/b&gt;"></option>' in written
    assert 'list="id_tags-mots"' in written


# --- The list -----------------------------------------------------------------------------------------------------


def test_a_word_is_there_once(animator: Membership) -> None:
    tag = create_tag(animator=animator, name="Eau")
    for name in ("eau", "EAU ", "Eaù"):
        with pytest.raises(DomainError, match="déjà"):
            create_tag(animator=animator, name=name)
    edit_tag(animator=animator, tag=tag, name="Eau", description="", synonyms=["Rivière"])
    with pytest.raises(DomainError, match="déjà"):
        create_tag(animator=animator, name="riviere")
    other = create_tag(animator=animator, name="Pluie")
    for synonyms in (["eau"], ["riviere"]):
        with pytest.raises(DomainError, match="déjà"):
            edit_tag(animator=animator, tag=other, name="Pluie", description="", synonyms=synonyms)
    assert words(animator.network_id) == {"eau": ["riviere"], "pluie": []}


def test_a_renamed_tag_keeps_its_old_address(animator: Membership, topic: Topic) -> None:
    tag = create_tag(animator=animator, name="Velo")
    set_tags(topic=topic, names=["velo"], user=topic.author)
    edit_tag(animator=animator, tag=tag, name="Mobilités douces", description="À pied aussi", synonyms=[])
    assert words(animator.network_id) == {"mobilites-douces": ["velo"]}
    client = Browser().as_user(animator.user)
    slug = animator.network.slug
    moved = client.get(f"/r/{slug}/mots-cles/velo/")
    assert (moved.status_code, moved.headers["Location"]) == (301, f"/r/{slug}/mots-cles/mobilites-douces/")
    page = html(client.get(f"/r/{slug}/mots-cles/mobilites-douces/"))
    assert (topic.title in page, "À pied aussi" in page) == (True, True)
    # A name that differs by its accents alone is the same word.
    edit_tag(animator=animator, tag=tag, name="Mobilités Doucès", description="", synonyms=["velo"])
    assert words(animator.network_id) == {"mobilites-douces": ["velo"]}


def test_a_merged_tag_lives_on_as_a_synonym_with_its_topics_and_followers(animator: Membership, topic: Topic) -> None:
    gone, kept = (create_tag(animator=animator, name=name) for name in ("Cantines", "Restauration scolaire"))
    edit_tag(animator=animator, tag=gone, name=gone.name, description="", synonyms=["Self"])
    both = make_topic(topic.forum, topic.author, title="Les deux à la fois")
    set_tags(topic=topic, names=["cantines"], user=topic.author)
    set_tags(topic=both, names=["cantines", "restauration scolaire"], user=topic.author)
    one, two = make_member(animator.network).user, make_member(animator.network).user
    for user, tag, level in (
        (one, gone, SubscriptionLevel.ALL),
        (two, gone, SubscriptionLevel.ALL),
        (two, kept, SubscriptionLevel.MUTED),
    ):
        TagSubscription.objects.create(user=user, tag=tag, level=level)
    assert merge_tags(animator=animator, tag=gone, into=kept) == kept
    assert words(animator.network_id) == {"restauration-scolaire": ["cantines", "self"]}
    assert sorted(kept.topics.values_list("pk", flat=True)) == [topic.pk, both.pk]
    levels = dict(TagSubscription.objects.values_list("user", "level"))
    assert levels == {one.pk: SubscriptionLevel.ALL, two.pk: SubscriptionLevel.MUTED}
    with pytest.raises(DomainError, match="entre-temps"):
        merge_tags(animator=animator, tag=gone, into=kept)
    with pytest.raises(DomainError, match="lui-même"):
        merge_tags(animator=animator, tag=kept, into=kept)
    assert set_tags(topic=topic, names=["self"], user=topic.author) == [kept]


def test_a_deleted_tag_leaves_its_topics(animator: Membership, topic: Topic) -> None:
    tag = create_tag(animator=animator, name="Eau")
    set_tags(topic=topic, names=["eau"], user=topic.author)
    delete_tag(animator=animator, tag=tag)
    assert (queries.tags_of([topic.pk]), Topic.objects.count()) == ({}, 1)
    assert tag_names(animator.network_id) == []


def test_only_the_animators_of_the_network_keep_the_list(animator: Membership) -> None:
    tag = create_tag(animator=animator, name="Eau")
    member, elsewhere = make_member(animator.network), make_animator(make_network())
    for act in (
        lambda: create_tag(animator=member, name="Gare"),
        lambda: edit_tag(animator=member, tag=tag, name="Gare", description="", synonyms=[]),
        lambda: merge_tags(animator=member, tag=tag, into=tag),
        lambda: delete_tag(animator=member, tag=tag),
    ):
        with pytest.raises(Refused):
            act()
    with pytest.raises(DomainError):
        edit_tag(animator=elsewhere, tag=tag, name="Gare", description="", synonyms=[])
    delete_tag(animator=elsewhere, tag=tag)
    assert words(animator.network_id) == {"eau": []}


# --- Pages --------------------------------------------------------------------------------------------------------


def test_counts_are_of_what_one_may_see(animator: Membership) -> None:
    network = animator.network
    insider = make_member(network)
    forums = [make_forum(network), make_public_forum(network), make_confidential_forum(network, [insider.user])]
    create_tag(animator=animator, name="Eau")
    for forum in forums:
        set_tags(topic=make_topic(forum, insider.user), names=["eau"], user=insider.user)
    url = f"/r/{network.slug}/mots-cles/"
    counts = {
        who: [line.topic_count for line in client.get(url).context["tags"]]
        for who, client in {
            "insider": Browser().as_user(insider.user),
            "member": Browser().as_user(make_member(network).user),
            "visitor": Browser(),
        }.items()
    }
    assert counts == {"insider": [3], "member": [2], "visitor": [1]}


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_list(animator: Membership, count: int, django_assert_num_queries: Any) -> None:
    for number in range(count):
        tag = create_tag(animator=animator, name=f"Mot {number}")
        edit_tag(animator=animator, tag=tag, name=tag.name, description="", synonyms=[f"Autre {number}"])
    client = Browser().as_user(animator.user)
    url = f"/r/{animator.network.slug}/mots-cles/"
    client.get(url)
    with django_assert_num_queries(6):
        client.get(url)


def test_an_animator_keeps_the_list_from_its_pages(animator: Membership, topic: Topic) -> None:
    client = Browser().as_user(animator.user)
    url = f"/r/{animator.network.slug}/mots-cles/"
    assert client.post(url, {"name": "Eau potable", "description": ""}).status_code == 303
    assert client.post(url, {"name": "eau  potable"}).status_code == 422
    assert client.post(url, {"name": "a,b"}).status_code == 422
    edited = {"name": "Eau", "description": "Tout ce qui coule", "synonyms": "rivière ; pluie"}
    assert client.post(f"{url}eau-potable/modifier/", edited).status_code == 303
    assert words(animator.network_id) == {"eau": ["eau-potable", "pluie", "riviere"]}
    assert client.post(f"{url}eau/modifier/", {"name": ""}).status_code == 422
    create_tag(animator=animator, name="Fleuve")
    fleuve = Tag.objects.get(slug="fleuve")
    assert client.post(f"{url}eau/fusionner/", {"into": 0}).status_code == 422
    assert client.post(f"{url}eau/fusionner/", {"into": fleuve.pk}).status_code == 303
    assert words(animator.network_id) == {"fleuve": ["eau", "eau-potable", "pluie", "riviere"]}
    assert client.post(f"{url}fleuve/supprimer/").status_code == 303
    assert (words(animator.network_id), TagSynonym.objects.count()) == ({}, 0)


def test_a_member_may_not_and_a_visitor_signs_in(animator: Membership) -> None:
    create_tag(animator=animator, name="Eau")
    url = f"/r/{animator.network.slug}/mots-cles/"
    member = Browser().as_user(make_member(animator.network).user)
    assert [member.post(url, {"name": "x"}).status_code, member.get(f"{url}eau/modifier/").status_code] == [403, 403]
    assert Client().post(url, {"name": "x"}).status_code == 403
    assert member.get(f"{url}absent/").status_code == 404
    assert Tag.objects.count() == 1


# --- At one time --------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_merges_that_cross_lose_no_word() -> None:
    for _round in range(5):
        animator = make_animator(make_network())
        topic = make_topic(make_forum(animator.network), animator.user)
        one, two = (create_tag(animator=animator, name=name) for name in ("Eau", "Rivière"))
        set_tags(topic=topic, names=["eau", "riviere"], user=animator.user)
        results = together(
            lambda a=animator, x=one, y=two: merge_tags(animator=a, tag=x, into=y),  # type: ignore[misc]
            lambda a=animator, x=one, y=two: merge_tags(animator=a, tag=y, into=x),  # type: ignore[misc]
        )
        assert sorted(type(result).__name__ for result in results) == ["DomainError", "Tag"]
        assert topic.tags.count() == 1
        assert words(animator.network_id) in ({"eau": ["riviere"]}, {"riviere": ["eau"]})


@pytest.mark.django_db(transaction=True)
def test_a_tag_put_on_while_it_is_merged_stays_on_the_topic() -> None:
    for _round in range(5):
        animator = make_animator(make_network())
        topic = make_topic(make_forum(animator.network), animator.user)
        one, two = (create_tag(animator=animator, name=name) for name in ("Eau", "Rivière"))
        together(
            lambda a=animator, x=one, y=two: merge_tags(animator=a, tag=x, into=y),  # type: ignore[misc]
            lambda a=animator, t=topic: set_tags(topic=t, names=["eau"], user=a.user),  # type: ignore[misc]
        )
        assert list(topic.tags.all()) == [two]
    assert Forum.objects.count() == 5
