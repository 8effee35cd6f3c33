"""What becomes of a text that waits: published as if it were written now, refused, or taken back by its author.

The verbs of the moderation room (forums/moderation_targets.py): that room judges who may, and tells the author.
Locks: the topic or theme first, then the text, as where one is held.
"""

from contextlib import suppress

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from forums.enums import HeldState, TopicKind
from forums.models import Forum, HeldText, Post, Topic, topic_url
from forums.policies import can_announce, is_open
from forums.services.drafts import BadDraft, DraftConflict, save_draft
from forums.services.holding import HELD_KEY
from forums.services.posts import lock_for_reply, write_reply
from forums.services.tags import UnknownTags
from forums.services.topics import NewTopic, lock_for_topic, write_topic
from forums.services.writing import Written, clean_reason, write_out
from peerhub.moderation.enums import CaseState, Decision
from peerhub.moderation.models import Case
from peerhub.moderation.policies import NO_LONGER_OPEN
from peerhub.moderation.services.cases import decide, withdraw_cases
from peerhub.people.errors import DomainError, Refused, require
from peerhub.people.models import User


@transaction.atomic
def publish_held(*, actor: User, held_id: int) -> None:
    """Make the post or topic, of its author, with the hat of then, numbered and told as of now. Twice is once.

    Raises `DomainError` when the author took it back, or does not read there any more, or the discussion is closed.
    """
    before = HeldText.objects.filter(pk=held_id).select_related("author").first()
    if before is None:
        raise DomainError(_("Son auteur·rice a repris ce texte."))
    verb = _publish_topic if before.topic_id is None else _publish_reply
    verb(before, actor)


@transaction.atomic
def refuse_held(*, actor: User, held_id: int) -> None:
    """It is never published; its author keeps the text, and reads why in the case. Twice is once."""
    held = _lock(held_id)
    if held.state == HeldState.WAITING:
        _decide(held, actor, HeldState.REFUSED)


@transaction.atomic
def reconsider_held(*, actor: User, held_id: int) -> None:
    """A refusal was overturned: the text is published after all."""
    again = HeldText.objects.filter(pk=held_id, state=HeldState.REFUSED)
    if again.update(state=HeldState.WAITING, decided_by=None, decided_at=None):
        publish_held(actor=actor, held_id=held_id)


def judge_held(*, actor: User, held_id: int, is_published: bool, reason: str = "") -> None:
    """Decide about a text as moderation does, for who looks after its theme too: its author is told, and may ask for
    another look. A refusal says why. Raises `Refused`, and `DomainError` when it was decided meanwhile."""
    case = Case.objects.filter(target_key=HELD_KEY, target_id=held_id, state=CaseState.OPEN).first()
    if case is None:
        raise DomainError(NO_LONGER_OPEN)
    reason = clean_reason(reason) or (_("Relu, et publié.") if is_published else "")
    decision = Decision.PUBLISH if is_published else Decision.REFUSE
    decide(moderator=actor, case=case, decision=decision, reason=reason)


@transaction.atomic
def withdraw_held(*, author: User, held: HeldText) -> HeldText:
    """Take back one's own text while it waits, to write it otherwise: it is a draft again, and no case any more."""
    locked = _lock(held.pk)
    if locked.author_id != author.pk or locked.state != HeldState.WAITING:
        raise Refused(_("Ce texte n’attend plus : l’animation a déjà décidé."))
    withdraw_cases(target_key=HELD_KEY, target_ids=[locked.pk])
    HeldText.objects.filter(pk=locked.pk).delete()
    _keep_as_draft(author, held)
    return held


def _publish_reply(before: HeldText, actor: User) -> None:
    topic, membership = lock_for_reply(before.topic_id or 0, before.author)
    held = _lock(before.pk)
    if not _waits(held) or Post.objects.filter(token=held.token).exists():
        return
    if held.topic_id != topic.pk:
        raise DomainError(_("Cette discussion vient d’être fusionnée : recommencez."))
    if membership is None:
        raise DomainError(_("Son auteur·rice n’est plus membre du réseau."))
    require(is_open(topic))
    written = write_out(held.body, circle=held.circle, author=held.author)
    write_reply(topic, author=held.author, hat=held.affiliation, written=written, circle=held.circle, token=held.token)
    _decide(held, actor, HeldState.PUBLISHED)


def _publish_topic(before: HeldText, actor: User) -> None:
    forum, membership = lock_for_topic(before.forum_id, before.author)
    held = _lock(before.pk)
    if not _waits(held) or Topic.objects.filter(token=held.token).exists():
        return
    about = NewTopic.of(held.fields)
    if membership is None:
        raise DomainError(_("Son auteur·rice n’est plus membre du réseau."))
    if about.kind == TopicKind.ANNOUNCEMENT:
        require(can_announce(membership))
    written = write_out(held.body, circle=held.circle, author=held.author)
    try:
        with transaction.atomic():
            _write(held, forum, about, written)
    except UnknownTags:
        # The list changed since.
        _write(held, forum, NewTopic(about.kind, about.title, about.territory, about.report), written)
    _decide(held, actor, HeldState.PUBLISHED)


def _write(held: HeldText, forum: Forum, about: NewTopic, written: Written) -> None:
    write_topic(
        forum,
        about,
        author=held.author,
        hat=held.affiliation,
        written=written,
        circle=held.circle,
        token=held.token,
    )


def _lock(held_id: int) -> HeldText:
    rows = HeldText.objects.select_for_update(of=("self",), no_key=True).select_related(
        "author",
        "circle",
        "affiliation__category",
        "affiliation__organisation",
        "affiliation__territory",
    )
    held = rows.filter(pk=held_id).first()
    if held is None:
        raise DomainError(_("Son auteur·rice a repris ce texte."))
    return held


def _waits(held: HeldText) -> bool:
    """Whether it is still to be decided; what was published is done."""
    if held.state == HeldState.REFUSED:
        raise DomainError(_("Ce texte a déjà été refusé."))
    return held.state == HeldState.WAITING


def _decide(held: HeldText, actor: User, state: HeldState) -> None:
    HeldText.objects.filter(pk=held.pk).update(state=state, decided_by=actor, decided_at=timezone.now())


def _keep_as_draft(author: User, held: HeldText) -> None:
    """The composer finds it again; where one is already being written there, or too many are kept, the page of the
    text shows it to be copied."""
    with suppress(DraftConflict, BadDraft):
        if held.topic is not None:
            address = topic_url(held.topic.pk, held.topic.slug)
            key, title, fields = f"topic-{held.topic.pk}", held.topic.title, {"body": held.body}
        else:
            address = f"/r/{held.network.slug}/discussions/{held.forum.slug}/nouveau/"
            key, title = f"new-topic-{held.forum_id}", held.forum.title
            fields = {"body": held.body, "title": held.fields["title"], "kind": held.fields["kind"]}
        save_draft(user=author, key=key, title=title, address=address, fields=fields, version=0)
