"""What animators do with the themes of a network: opening, placing, closing them, and choosing who reads them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from forums.enums import TopicPolicy
from forums.models import Forum, ForumAnimator, HeldText, Topic
from forums.policies import can_curate, can_open_themes
from forums.queries.standing import looks_after
from forums.queries.themes import DEPTH
from forums.services.forums import create_forum, require_place
from forums.services.opening import open_held_to, open_to
from forums.services.tags import tag_slug
from forums.services.topics import NEUTRAL_SLUG
from peerhub.live.publish import recheck_group_on_commit
from peerhub.people.enums import CircleKind
from peerhub.people.errors import DomainError, Refused, require
from peerhub.people.models import Circle, CircleMember, Membership, Network, User
from peerhub.people.queries import membership_for
from peerhub.people.services.choosing import CircleChoice, circle_of, is_within

# The start of the address of a confidential theme.
NEUTRAL_THEME = "theme"


@dataclass(frozen=True)
class ThemeTexts:
    """What a theme says of itself, and where it stands."""

    title: str
    introduction: str = ""
    parent: Forum | None = None
    topic_policy: str = TopicPolicy.MEMBERS


@transaction.atomic
def open_theme(*, animator: Membership, texts: ThemeTexts, choice: CircleChoice, named: Iterable[User] = ()) -> Forum:
    """A new theme, the last of its place. The animator of a network may open one for people that the animator is not
    of, and then does not see it. The address of a confidential one says nothing of it."""
    require(can_open_themes(animator))
    network = animator.network
    _lock_themes(network)
    circle = circle_of(network=network, choice=choice)
    forum = create_forum(
        network=network,
        circle=circle,
        slug=_free_slug(network, texts.title, circle),
        title=texts.title,
        introduction=texts.introduction,
        position=_siblings(network, texts.parent).count() + 1,
        parent=texts.parent,
        topic_policy=texts.topic_policy,
    )
    _name(forum, named)
    return forum


@transaction.atomic
def edit_theme(
    *,
    user: User,
    forum: Forum,
    texts: ThemeTexts,
    named: Iterable[User] = (),
    choice: CircleChoice | None = None,
) -> Forum:
    """Change what a theme says of itself, where it stands, who is named for it, and with `choice` who reads it: all of
    it, or nothing. Its address stays, but for one that becomes confidential.

    Who may not read it afterwards changes it for the last time. Raises `DomainError` as `_open` does, for a place that
    is none, and for who would be named outside of the circle.
    """
    locked = _lock(user, forum)
    if choice is not None:
        _open(locked, choice)
    _place(locked, texts.parent)
    locked.title, locked.introduction = texts.title.strip(), texts.introduction.strip()
    locked.topic_policy = TopicPolicy(texts.topic_policy)
    locked.save(update_fields=["parent", "position", "title", "introduction", "topic_policy"])
    _name(locked, named)
    return locked


def _place(locked: Forum, parent: Forum | None) -> None:
    if parent is not None and parent.pk != locked.parent_id:
        under = _under(locked)
        if parent.pk in {locked.pk, *under}:
            raise DomainError(_("Un thème ne se range ni sous lui-même, ni sous l’un des siens."))
        require_place(parent, locked.network, below=max(under.values(), default=0))
    if (parent.pk if parent else None) != locked.parent_id:
        locked.position = _siblings(locked.network, parent).count() + 1
    locked.parent = parent


def _open(locked: Forum, choice: CircleChoice) -> None:
    """Open a theme, with all its topics, to fewer people, at once; to other ones only while it has no topic: what
    was written was written under another promise (`DomainError`)."""
    circle = circle_of(network=locked.network, choice=choice)
    if circle.pk == locked.circle_id:
        return
    topics = Topic.objects.filter(forum=locked)
    if not is_within(circle, locked.circle) and topics.exists():
        raise DomainError(
            _(
                "Ce thème a déjà des discussions, écrites pour un cercle plus étroit ou différent : il ne peut pas "
                "être ouvert à d’autres. Ouvrez plutôt un nouveau thème."
            )
        )
    locked.slug = _address_for(locked, circle)
    Forum.objects.filter(pk=locked.pk).update(circle=circle, slug=locked.slug)
    locked.circle = circle
    open_held_to(list(HeldText.objects.filter(forum=locked).values_list("pk", flat=True)), circle)
    neutral = {"slug": NEUTRAL_SLUG} if circle.is_confidential else {}
    topics.update(circle=circle, **neutral)
    keys = list(topics.values_list("pk", flat=True))
    open_to(keys, circle)
    for pk in keys:
        recheck_group_on_commit(f"topic.{pk}")
    inside = CircleMember.objects.filter(circle=circle).values("user")
    ForumAnimator.objects.filter(forum=locked).exclude(user__in=inside).delete()


@transaction.atomic
def shift_theme(*, user: User, forum: Forum, up: bool) -> None:
    """Before the one above it, or after the one below it, among the themes of its place that the person sees."""
    locked = _lock(user, forum)
    siblings = list(_siblings(locked.network, locked.parent).order_by("position", "title", "pk"))
    seen = set(Forum.objects.visible_to(user).filter(network=locked.network).values_list("pk", flat=True))
    at = [one.pk for one in siblings].index(locked.pk)
    side = siblings[:at][::-1] if up else siblings[at + 1 :]
    other = next((one for one in side if one.pk in seen), None)
    if other is None:
        return
    siblings.pop(at)
    siblings.insert([one.pk for one in siblings].index(other.pk) + (0 if up else 1), locked)
    for position, one in enumerate(siblings, start=1):
        one.position = position
    Forum.objects.bulk_update(siblings, ["position"])


@transaction.atomic
def set_archived(*, user: User, forum: Forum, archived: bool) -> None:
    """An archived theme is read as before; no topic is opened in it."""
    locked = _lock(user, forum)
    Forum.objects.filter(pk=locked.pk).update(is_archived=archived)


@transaction.atomic
def open_starter_themes(*, animator: Membership) -> list[Forum]:
    """Three themes to begin with, open to the network. Nothing where there is a theme already: twice is once."""
    require(can_open_themes(animator))
    network = animator.network
    Network.objects.select_for_update(no_key=True).get(pk=network.pk)
    if Forum.objects.themed().filter(network=network).exists():
        return []
    circle = Circle.objects.of_network(network, CircleKind.NETWORK)
    starters = (
        (_("Questions entre pairs"), _("Posez votre question : quelqu’un l’a sans doute déjà résolue."), False),
        (_("Ce que nous avons fait"), _("Racontez une action : le contexte, ce qui a marché, et le reste."), False),
        (_("La vie du réseau"), _("Les annonces de l’animation : rencontres, appels, nouvelles."), True),
    )
    return [
        create_forum(
            network=network,
            circle=circle,
            slug=_free_slug(network, title, circle),
            title=title,
            introduction=introduction,
            position=position,
            topic_policy=TopicPolicy.ANIMATORS if is_reserved else TopicPolicy.MEMBERS,
        )
        for position, (title, introduction, is_reserved) in enumerate(starters, start=1)
    ]


def _lock_themes(network: Network) -> None:
    """The tree of a network changes in one place at a time: two moves that cross would make a ring."""
    themes = Forum.objects.select_for_update(of=("self",), no_key=True).filter(network=network)
    list(themes.order_by("pk").values_list("pk"))


def _lock(user: User, forum: Forum) -> Forum:
    """The theme with its network, if the person may (still) change it."""
    _lock_themes(forum.network)
    themes = Forum.objects.themed().visible_to(user).select_related("network", "circle", "parent")
    locked = themes.filter(pk=forum.pk).first()
    if locked is None:
        raise Refused(_("Ce thème ne vous est plus ouvert."))
    membership = membership_for(user, locked.network)
    require(can_curate(membership, looks_after=looks_after(user, locked.pk)))
    return locked


def _siblings(network: Network, parent: Forum | None) -> QuerySet[Forum]:
    return Forum.objects.themed().filter(network=network, parent=parent)


def _under(forum: Forum) -> dict[int, int]:
    """Key of each theme under this one -> how many levels further down it is."""
    found: dict[int, int] = {}
    level, keys = 1, [forum.pk]
    while keys and level <= DEPTH:
        keys = list(Forum.objects.filter(parent__in=keys).values_list("pk", flat=True))
        found |= dict.fromkeys(keys, level)
        level += 1
    return found


def _name(forum: Forum, named: Iterable[User]) -> None:
    """These people look after the theme beside the network's animators; all of them must be in its circle."""
    wanted = {one.pk: one for one in named}
    inside = set(CircleMember.objects.filter(circle=forum.circle_id, user__in=wanted).values_list("user", flat=True))
    if forum.circle.kind == CircleKind.PUBLIC:
        members = Membership.objects.active().filter(network=forum.network_id, user__in=wanted)
        inside = set(members.values_list("user", flat=True))
    outside = [one.full_name for pk, one in wanted.items() if pk not in inside]
    if outside:
        sentence = _("Ce thème n’est pas ouvert à %(names)s : l’animer demande d’être dans son cercle.")
        raise DomainError(sentence % {"names": ", ".join(outside)})
    ForumAnimator.objects.filter(forum=forum).exclude(user__in=wanted).delete()
    rows = [ForumAnimator(forum=forum, user_id=pk) for pk in wanted]
    ForumAnimator.objects.bulk_create(rows, ignore_conflicts=True)


def _free_slug(network: Network, title: str, circle: Circle) -> str:
    """An address that no theme of the network has: addresses stand in logs, so a confidential one says nothing."""
    base = NEUTRAL_THEME if circle.is_confidential else (tag_slug(title)[:50].strip("-") or NEUTRAL_THEME)
    taken = set(Forum.objects.filter(network=network, slug__startswith=base).values_list("slug", flat=True))
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def _address_for(forum: Forum, circle: Circle) -> str:
    if circle.is_confidential and not forum.circle.is_confidential:
        return _free_slug(forum.network, forum.title, circle)
    return forum.slug
