"""Evidence, kept in step with what people did: sessions facilitated, answers kept, reports, ideas that were tried."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from forums.enums import ReactionKind, TopicKind
from forums.models import Post, Reaction, Topic
from mentoring.enums import EvidenceKind
from mentoring.models import Evidence
from mentoring.naming import named_in
from mentoring.queries.competences import tree
from peerhub.outbox.sweeping import sweep
from peerhub.people.enums import CircleKind
from peerhub.people.models import User
from sessions.enums import SessionState
from sessions.models import PeerSession

# A person who did more than that has proved it.
MOST = 300
# A sweep that slept for a day misses nothing.
LOOKED_BACK = timedelta(days=3)


class Source(NamedTuple):
    """What was done, and the words that say which competences it bears on."""

    kind: EvidenceKind
    happened_at: datetime
    words: str
    session_id: int | None = None
    post_id: int | None = None
    reaction_id: int | None = None


@transaction.atomic
def refresh_evidence(user_id: int) -> int:
    """Make the evidence of one person say what is true, and keep what they hid; returns how many rows were wrong.

    Mentorships are not touched: `record_mentorship` writes those. Everything is read as it is: who may see it is asked
    by whoever shows it.
    """
    if not User.objects.select_for_update(no_key=True).filter(pk=user_id).exists():
        return 0
    leaves = tree()
    wanted = {
        (source.kind.value, competence, source.session_id, source.post_id, source.reaction_id): source.happened_at
        for source in _sources(user_id)
        for competence in named_in(source.words, leaves)
    }
    known = {
        (one.kind, one.competence_id, one.session_id, one.post_id, one.reaction_id): one
        for one in Evidence.objects.filter(user=user_id).exclude(kind=EvidenceKind.MENTORSHIP)
    }
    gone = [one.pk for key, one in known.items() if key not in wanted]
    # The words of the tree changed: the same thing, hidden, now bears on another competence.
    hidden = {(key[0], *key[2:]): one.hidden_at for key, one in known.items() if key not in wanted and one.hidden_at}
    Evidence.objects.filter(pk__in=gone).delete()
    fresh = [
        Evidence(
            user_id=user_id,
            kind=kind,
            competence_id=competence,
            session_id=session,
            post_id=post,
            reaction_id=reaction,
            happened_at=happened_at,
            hidden_at=hidden.get((kind, session, post, reaction)),
        )
        for (kind, competence, session, post, reaction), happened_at in wanted.items()
        if (kind, competence, session, post, reaction) not in known
    ]
    Evidence.objects.bulk_create(fresh)
    return len(gone) + len(fresh)


def _sources(user_id: int) -> Iterable[Source]:
    yield from _sessions(user_id)
    yield from _answers(user_id)
    yield from _reports(user_id)
    yield from _trials(user_id)


def _sessions(user_id: int) -> Iterable[Source]:
    """Those that took place, drafts aside, and what two people said to each other."""
    rows = PeerSession.objects.past(timezone.now()).filter(
        facilitators=user_id, state=SessionState.SCHEDULED, opens_to__isnull=True
    )
    rows = rows.exclude(circle__kind=CircleKind.CONVERSATION)
    for pk, title, ends_at in rows.values_list("pk", "title", "ends_at")[:MOST]:
        yield Source(EvidenceKind.SESSION, ends_at, title, session_id=pk)


def _answers(user_id: int) -> Iterable[Source]:
    """Kept by whoever asked, or by who animates; not by oneself for oneself."""
    rows = Topic.objects.filter(accepted_post__author=user_id).exclude(author=user_id).order_by("-pk")
    for topic in _with_tags(rows.select_related("accepted_post")[:MOST]):
        if post := topic.accepted_post:
            yield Source(EvidenceKind.ANSWER, post.created_at, _words_of(topic), post_id=post.pk)


def _reports(user_id: int) -> Iterable[Source]:
    rows = Topic.objects.filter(author=user_id, kind=TopicKind.REPORT).order_by("-pk")
    topics = _with_tags(rows[:MOST])
    openings = dict(Post.objects.filter(topic__in=topics, number=1).values_list("topic", "pk"))
    for topic in topics:
        if topic.pk in openings:
            yield Source(EvidenceKind.REPORT, topic.created_at, _words_of(topic), post_id=openings[topic.pk])


def _trials(user_id: int) -> Iterable[Source]:
    rows = Reaction.objects.filter(post__author=user_id, kind=ReactionKind.TRIED).exclude(user=user_id).order_by("-pk")
    reactions = list(rows.select_related("post")[:MOST])
    topics = {one.pk: one for one in _with_tags(Topic.objects.filter(pk__in={one.post.topic_id for one in reactions}))}
    for one in reactions:
        words = _words_of(topics[one.post.topic_id])
        yield Source(EvidenceKind.TRIED, one.created_at, words, post_id=one.post_id, reaction_id=one.pk)


def _with_tags(topics: QuerySet[Topic]) -> list[Topic]:
    return list(topics.prefetch_related("tags"))


def _words_of(topic: Topic) -> str:
    return " ".join([topic.title, *(tag.name for tag in topic.tags.all())])


def gather_sessions(now: datetime | None = None) -> int:
    """The evidence of whoever facilitated a session that ended in the last days; returns how many rows were wrong. Each
    person in a transaction of their own: what fails for one holds back nobody."""
    now = now or timezone.now()
    ended = PeerSession.objects.scheduled().filter(ends_at__gt=now - LOOKED_BACK, ends_at__lte=now)
    people = ended.filter(facilitators__isnull=False).values_list("facilitators", flat=True).distinct()
    return sweep("mentoring.evidence.gather", refresh_evidence, list(people))


def refresh_everybody() -> int:
    """The evidence of everyone who has, or should have, some; returns how many rows were wrong."""
    people = {
        *Evidence.objects.values_list("user", flat=True),
        *PeerSession.objects.filter(facilitators__isnull=False).values_list("facilitators", flat=True),
        *Topic.objects.filter(accepted_post__isnull=False).values_list("accepted_post__author", flat=True),
        *Topic.objects.filter(kind=TopicKind.REPORT).values_list("author", flat=True),
        *Reaction.objects.filter(kind=ReactionKind.TRIED).values_list("post__author", flat=True),
    }
    return sweep("mentoring.evidence.gather", refresh_evidence, sorted(people))
