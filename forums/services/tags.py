"""The curated list of a network's tags, and which topics they are put on."""

from collections.abc import Iterable
from functools import partial

from django.db import connection, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from forums.models import Tag, TagSynonym, Topic
from forums.policies import can_curate, can_edit_tags
from forums.queries.standing import looks_after
from forums.tag_names import forget_tag_names
from peerhub.people.errors import DomainError, Refused, require
from peerhub.people.folding import fold
from peerhub.people.models import Membership, Network, User
from peerhub.people.queries import membership_for

TAGS_PER_TOPIC = 5
NAME_MAX_LENGTH = 60


class UnknownTags(DomainError):
    """Words that are not in the list of the network; `names` are they."""

    def __init__(self, names: list[str]) -> None:
        sentence = _(
            "Ces mots ne sont pas dans la liste du réseau : %(names)s. Choisissez parmi ceux qui sont proposés."
        )
        super().__init__(sentence % {"names": ", ".join(f"« {name} »" for name in names)})
        self.names = names


def tag_slug(name: str) -> str:
    """« Marchés publics » -> "marches-publics": how words are compared, and their address. Empty for no word at all."""
    return slugify(fold(name).replace("'", " "))[:60].strip("-")


def split_names(words: str) -> list[str]:
    """« cantine, Marchés publics ; eau » -> the names, once each."""
    names = (part.strip() for part in words.replace(";", ",").split(","))
    return list({tag_slug(name): name for name in names if tag_slug(name)}.values())


@transaction.atomic
def set_tags(*, topic: Topic, names: Iterable[str], user: User) -> list[Tag]:
    """Put these tags on a topic, in place of those it has. A name is a tag's name, slug or synonym, in any case and
    accents. An animator's new word joins the network's list; anybody else's is refused (`UnknownTags`), and so is
    every new word on a confidential topic: the whole network would read it in the list.

    The topic's author, who curates the theme, and nobody else may (`Refused`).
    """
    membership = membership_for(user, topic.network)
    curates = can_curate(membership, looks_after=looks_after(user, topic.forum_id))
    if topic.author_id != user.pk:
        require(curates)
    if membership is None:
        raise Refused(_("Rejoignez ce réseau pour participer à ses discussions."))
    wanted = {tag_slug(name): name.strip()[:NAME_MAX_LENGTH] for name in names if tag_slug(name)}
    if len(wanted) > TAGS_PER_TOPIC:
        raise DomainError(_("Cinq mots-clés au plus : gardez ceux par lesquels on cherchera cette discussion."))
    _hold(topic.network)
    found = _known(topic.network, wanted)
    unknown = {slug: name for slug, name in wanted.items() if slug not in found}
    if unknown and (topic.circle.is_confidential or not can_edit_tags(membership)):
        raise UnknownTags(list(unknown.values()))
    for slug, name in unknown.items():
        found[slug] = _make(topic.network, name)
    tags = list({tag.pk: tag for tag in (found[slug] for slug in wanted)}.values())
    topic.tags.set(tags)
    return tags


def _known(network: Network, wanted: Iterable[str]) -> dict[str, Tag]:
    slugs = list(wanted)
    synonyms = TagSynonym.objects.filter(network=network, slug__in=slugs).select_related("tag")
    found = {synonym.slug: synonym.tag for synonym in synonyms}
    return found | {tag.slug: tag for tag in Tag.objects.filter(network=network, slug__in=slugs)}


def _hold(network: Network) -> None:
    """The list of a network changes in one place at a time: two merges that cross would lose both tags."""
    Network.objects.select_for_update(no_key=True).get(pk=network.pk)
    transaction.on_commit(partial(forget_tag_names, network.pk))


def _make(network: Network, name: str, description: str = "") -> Tag:
    slug, name = tag_slug(name), name.strip()
    if not slug:
        raise DomainError(_("Écrivez un mot, avec des lettres ou des chiffres."))
    _require_free(network, slug, name)
    return Tag.objects.create(network=network, slug=slug, name=name, description=description.strip())


def _require_free(network: Network, slug: str, name: str, tag: Tag | None = None) -> None:
    """No tag and no synonym of the network has this word, `tag` and its own synonyms aside."""
    taken = Tag.objects.filter(network=network, slug=slug).exclude(pk=tag.pk if tag else 0)
    words = TagSynonym.objects.filter(network=network, slug=slug).exclude(tag=tag)
    if taken.exists() or words.exists():
        raise DomainError(_("« %(name)s » est déjà dans la liste.") % {"name": name})


@transaction.atomic
def create_tag(*, animator: Membership, name: str, description: str = "") -> Tag:
    """A new tag of the network. Raises `DomainError` when the word is there already, as a tag or a synonym."""
    require(can_edit_tags(animator))
    _hold(animator.network)
    return _make(animator.network, name, description)


@transaction.atomic
def edit_tag(*, animator: Membership, tag: Tag, name: str, description: str, synonyms: Iterable[str]) -> Tag:
    """Rename a tag, and set its other words. The address of before stays one of them."""
    require(can_edit_tags(animator))
    _hold(animator.network)
    tag = _of(animator.network, tag)
    slug, name = tag_slug(name), name.strip()
    if not slug:
        raise DomainError(_("Écrivez un mot, avec des lettres ou des chiffres."))
    _require_free(animator.network, slug, name, tag)
    words = {tag_slug(word): word.strip()[:NAME_MAX_LENGTH] for word in synonyms if tag_slug(word)}
    if slug != tag.slug:
        words.setdefault(tag.slug, tag.name)
    words.pop(slug, None)
    for synonym, written in words.items():
        if synonym != tag.slug:
            _require_free(animator.network, synonym, written, tag)
    tag.synonyms.all().delete()
    tag.name, tag.slug, tag.description = name, slug, description.strip()
    tag.save(update_fields=["name", "slug", "description"])
    rows = [TagSynonym(network=animator.network, tag=tag, slug=one, name=word) for one, word in words.items()]
    TagSynonym.objects.bulk_create(rows)
    return tag


_MOVE_TOPICS = """
INSERT INTO forums_topic_tags (topic_id, tag_id)
SELECT topic_id, %(kept)s FROM forums_topic_tags WHERE tag_id = %(gone)s
ON CONFLICT (topic_id, tag_id) DO NOTHING
"""
# A person's own choice on the tag that stays comes before the one on the tag that goes.
_MOVE_SUBSCRIPTIONS = """
INSERT INTO forums_tagsubscription (user_id, tag_id, level)
SELECT user_id, %(kept)s, level FROM forums_tagsubscription WHERE tag_id = %(gone)s
ON CONFLICT (tag_id, user_id) DO NOTHING
"""


@transaction.atomic
def merge_tags(*, animator: Membership, tag: Tag, into: Tag) -> Tag:
    """`tag` lives on as a synonym of `into`, with its own synonyms; topics and followers move. Twice is once for who
    repeats a merge that was done: the tag is not there any more (`DomainError`)."""
    require(can_edit_tags(animator))
    _hold(animator.network)
    gone, kept = _of(animator.network, tag), _of(animator.network, into)
    if gone.pk == kept.pk:
        raise DomainError(_("Choisissez un autre mot-clé : on ne fusionne pas un mot avec lui-même."))
    pair = {"gone": gone.pk, "kept": kept.pk}
    with connection.cursor() as cursor:
        cursor.execute(_MOVE_TOPICS, pair)
        cursor.execute(_MOVE_SUBSCRIPTIONS, pair)
    gone.synonyms.update(tag=kept)
    slug, name = gone.slug, gone.name
    gone.delete()
    TagSynonym.objects.create(network=animator.network, tag=kept, slug=slug, name=name)
    return kept


@transaction.atomic
def delete_tag(*, animator: Membership, tag: Tag) -> None:
    """Take a word off the list and off every topic. The topics stay."""
    require(can_edit_tags(animator))
    _hold(animator.network)
    Tag.objects.filter(pk=tag.pk, network=animator.network).delete()


def _of(network: Network, tag: Tag) -> Tag:
    """The tag's row, locked; refused when it was deleted or merged meanwhile."""
    locked = Tag.objects.select_for_update().filter(pk=tag.pk, network=network).first()
    if locked is None:
        raise DomainError(_("Ce mot-clé a été fusionné ou supprimé entre-temps."))
    return locked
