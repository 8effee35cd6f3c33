"""Opening topics."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from forums.enums import TopicKind
from forums.events import TopicCreated
from forums.models import Forum, Post, Topic
from forums.policies import can_announce, can_create_topic
from forums.services.drafts import forget_draft
from forums.services.experience import ReportFields, compose_report, keep_report, with_rest
from forums.services.files import join_files
from forums.services.following import follow
from forums.services.forums import sessions_forum
from forums.services.holding import Held, hold, reasons_to_hold
from forums.services.opening import open_to
from forums.services.reading import mark_read
from forums.services.tags import set_tags
from forums.services.writing import UsedToken, Written, require_naming, require_same, write_out
from peerhub.live.publish import recheck_group_on_commit
from peerhub.outbox.services import emit
from peerhub.people.errors import Refused, require
from peerhub.people.folding import fold
from peerhub.people.models import Affiliation, Circle, Membership, Network, Territory, User
from peerhub.people.queries import membership_for
from peerhub.text.markdown import one_line

NEUTRAL_SLUG = "sujet"


def create_topic(
    *,
    author: User,
    forum: Forum,
    kind: str,
    title: str,
    body: str,
    token: UUID,
    territory: Territory | None = None,
    report: ReportFields | None = None,
    tags: Sequence[str] = (),
) -> Topic:
    """Open a topic with its first post. The same token again returns the same topic: a double click is one topic.

    With `report` the opening post is written from its fields; what `body` says beyond them joins them. Raises `Refused`
    when the author may not, `UnknownTags` for words that are not tags of the network, `BadText` for a text that cannot
    be published; and `Held`, with the text kept, when it waits for the animators.
    """
    circle = forum.circle
    if report:
        report = with_rest(report, body)
        body = compose_report(report)
    written = write_out(body, circle=circle, author=author)
    about = NewTopic(TopicKind(kind), one_line(title), territory, report, tuple(tags))
    with transaction.atomic():
        locked, membership = lock_for_topic(forum.pk, author)
        if known := _known(author, token, written):
            return known
        require(can_create_topic(author, locked, membership))
        require_naming(written, membership)
        if kind == TopicKind.ANNOUNCEMENT:
            require(can_announce(membership))
        reasons = reasons_to_hold(
            author=author, membership=membership, network_id=locked.network_id, written=written, title=about.title
        )
        if not reasons:
            hat = membership.affiliation if membership else None
            return write_topic(locked, about, author=author, hat=hat, written=written, circle=circle, token=token)
        held = hold(
            author=author,
            membership=membership,
            forum_id=locked.pk,
            network_id=locked.network_id,
            circle_id=circle.pk,
            token=token,
            body=written.body,
            fields=about.kept(),
            reasons=reasons,
        )
        forget_draft(user_id=author.pk, key=f"new-topic-{locked.pk}")
    raise Held(held)


@dataclass(frozen=True)
class NewTopic:
    """What is said of a topic that is about to be opened, beside its text."""

    kind: TopicKind
    title: str
    territory: Territory | None = None
    report: ReportFields | None = None
    tags: tuple[str, ...] = ()

    def kept(self) -> dict[str, Any]:
        """As a text that waits keeps it (`HeldText.fields`)."""
        return {
            "kind": self.kind.value,
            "title": self.title,
            "territory": self.territory.pk if self.territory else None,
            "report": asdict(self.report) if self.report else None,
            "tags": list(self.tags),
        }

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> "NewTopic":
        return cls(
            kind=TopicKind(fields["kind"]),
            title=fields["title"],
            territory=Territory.objects.filter(pk=fields["territory"]).first() if fields["territory"] else None,
            report=ReportFields.of(fields["report"]) if fields["report"] else None,
            tags=tuple(fields["tags"]),
        )


def lock_for_topic(forum_id: int, author: User) -> tuple[Forum, Membership | None]:
    """The theme, locked, if its circle is still open to the author: two submits of one form at one time are one, since
    the second waits here until the first has committed, then finds its topic."""
    themes = Forum.objects.select_for_update(of=("self",), no_key=True).visible_to(author)
    locked = themes.filter(pk=forum_id).first()
    if locked is None:
        raise Refused(_("Ce thème ne vous est plus ouvert."))
    return locked, membership_for(author, locked.network)


def write_topic(
    forum: Forum,
    about: NewTopic,
    *,
    author: User,
    hat: Affiliation | None,
    written: Written,
    circle: Circle,
    token: UUID,
) -> Topic:
    """The topic with its first post, in the transaction that locked `forum`; whoever calls has judged."""
    topic = _open(
        forum=forum,
        circle=circle,
        kind=about.kind,
        title=about.title,
        author=author,
        hat=hat,
        token=token,
        territory=about.territory,
    )
    if about.tags:
        set_tags(topic=topic, names=about.tags, user=author)
    if about.report and about.kind == TopicKind.REPORT:
        keep_report(topic=topic, fields=about.report)
    opening = _write_opening(topic, written)
    join_files(post=opening, written=written, owner=author, circle=circle)
    forget_draft(user_id=author.pk, key=f"new-topic-{forum.pk}")
    emit(TopicCreated(topic_id=topic.pk))
    return topic


@transaction.atomic
def create_session_thread(*, network: Network, circle: Circle, title: str, author: User) -> Topic:
    """The empty discussion of a session, seen by the session's circle alone; nobody is told of its creation."""
    membership = Membership.objects.with_hat().filter(user=author, network=network).first()
    hat = membership.affiliation if membership else None
    forum = sessions_forum(network)
    kind = TopicKind.DISCUSSION
    return _open(forum=forum, circle=circle, kind=kind, title=one_line(title), author=author, hat=hat, token=uuid4())


@transaction.atomic
def move_thread(*, topic: Topic, circle: Circle) -> None:
    """Open a session's thread to another circle (the session's circle changed); who is no longer in it is out."""
    Topic.objects.filter(pk=topic.pk).update(circle=circle, slug=topic_slug(topic.title, circle))
    open_to([topic.pk], circle)
    recheck_group_on_commit(f"topic.{topic.pk}")


@transaction.atomic
def discard_empty_threads(*, topic_ids: Collection[int]) -> int:
    """Delete those threads, of sessions that are no more, in which nothing was ever written; how many."""
    held = Topic.objects.select_for_update(of=("self",)).filter(pk__in=topic_ids).order_by("pk").values_list("pk")
    empty = Topic.objects.filter(pk__in=[pk for (pk,) in held], posts=None, held_texts=None)
    forums = dict(empty.values_list("pk", "forum"))
    for forum, count in Counter(forums.values()).items():
        Forum.objects.filter(pk=forum).update(topic_count=F("topic_count") - count)
    Topic.objects.filter(pk__in=forums).delete()
    return len(forums)


def topic_slug(title: str, circle: Circle) -> str:
    """« Cantines : qui l’a fait ? » -> "cantines-qui-l-a-fait"; never empty.

    Addresses stand in logs and histories: that of a confidential topic says nothing.
    """
    if circle.is_confidential:
        return NEUTRAL_SLUG
    return slugify(fold(title).replace("'", " "))[:80].strip("-") or NEUTRAL_SLUG


def _open(
    *,
    forum: Forum,
    circle: Circle,
    kind: str,
    title: str,
    author: User,
    hat: Affiliation | None,
    token: UUID,
    territory: Territory | None = None,
) -> Topic:
    now = timezone.now()
    Forum.objects.filter(pk=forum.pk).update(topic_count=F("topic_count") + 1)
    return Topic.objects.create(
        forum=forum,
        network_id=forum.network_id,
        circle=circle,
        kind=TopicKind(kind),
        title=title,
        slug=topic_slug(title, circle),
        author=author,
        author_affiliation=hat,
        territory=territory,
        last_author=author,
        last_post_at=now,
        created_at=now,
        token=token,
    )


def _write_opening(topic: Topic, written: Written) -> Post:
    post = Post.objects.create(
        topic=topic,
        number=1,
        author_id=topic.author_id,
        affiliation_id=topic.author_affiliation_id,
        token=topic.token,
        created_at=topic.created_at,
        **written.fields,
    )
    topic.post_count = topic.last_number = 1
    topic.save(update_fields=["post_count", "last_number"])
    mark_read(user_id=topic.author_id, topic_id=topic.pk, number=1)
    follow(user_id=topic.author_id, topic_id=topic.pk)
    return post


def _known(author: User, token: UUID, written: Written) -> Topic | None:
    topic = Topic.objects.filter(token=token).first()
    if topic and topic.author_id != author.pk:
        raise UsedToken
    if topic and (opening := Post.objects.filter(token=token).first()):
        require_same(opening, written)
    return topic
