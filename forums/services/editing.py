"""Changing what was written, taking it away, and bringing it back. Numbers of posts never move."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forums.enums import RemovalKind
from forums.events import PostEdited, PostRemoved
from forums.models import Post, PostRevision, Topic
from forums.models.topics import TITLE_MAX_LENGTH
from forums.policies import can_edit_post, can_remove_post, can_restore_post
from forums.queries.standing import looks_after
from forums.services.answers import let_go_of_answer
from forums.services.counters import recount_topic
from forums.services.drafts import forget_draft
from forums.services.experience import ReportFields, update_report
from forums.services.files import rejoin_files, restore_files_of, withdraw_files_of
from forums.services.holding import require_unheld
from forums.services.telling import tell_head, tell_posts
from forums.services.topics import topic_slug
from forums.services.writing import BadText, Written, clean_reason, require_naming, write_out
from peerhub.moderation.services.trail import record
from peerhub.outbox.services import emit
from peerhub.people.errors import DomainError, Refused, require
from peerhub.people.models import Membership, User
from peerhub.people.queries import membership_for
from peerhub.text.markdown import one_line

# What an author corrects so soon after writing bears no mark; its history is kept all the same.
QUIET = timedelta(minutes=2)
_WHY = gettext_lazy("Dites pourquoi : la personne qui a écrit ce message le lira.")


class EditConflict(DomainError):
    """Somebody changed the post since the person began to edit it: `current` is what it says now."""

    def __init__(self, current: Post, version: int) -> None:
        super().__init__(_("Ce message a été modifié pendant que vous écriviez. Votre texte est gardé ici."))
        self.current = current
        self.version = version


def edit_post(
    *,
    actor: User,
    post: Post,
    body: str,
    version: int,
    title: str = "",
    reason: str = "",
    report: ReportFields | None = None,
) -> Post:
    """Replace what a post says; for an opening post the title of its topic as well (an empty one leaves it), and of an
    experience report the fields that `body` was written from.

    `version` is the number of edits that the actor knew of. Who changes somebody else's post says why; that trace is
    shown. Raises `EditConflict`, `Refused`, `BadText` (for what would have waited for the animators, too), or
    `DomainError` without a reason.
    """
    written = write_out(body, circle=post.topic.circle, author=actor)
    with transaction.atomic():
        locked, membership, is_curator = _lock(actor, post)
        require(can_edit_post(actor, locked, membership, looks_after=is_curator))
        require_naming(written, membership, before=locked.body)
        reason = clean_reason(reason, missing="" if locked.author_id == actor.pk else _WHY)
        known = PostRevision.objects.filter(post=locked).count()
        if known != version:
            raise EditConflict(locked, known)
        old_title, new_title = locked.topic.title, _title(title, locked)
        if (locked.body, old_title) == (written.body, new_title):
            return locked
        require_unheld(
            author=actor,
            topic=locked.topic,
            membership=membership,
            text=f"{new_title if locked.number == 1 else ''} {written.plain}",
            links=written.links,
            before=f"{old_title if locked.number == 1 else ''} {locked.body}",
        )
        PostRevision.objects.create(
            post=locked,
            number=known + 1,
            title=old_title if locked.number == 1 else "",
            body=locked.body,
            editor=actor,
            reason=reason,
        )
        _rewrite(locked, actor, written, new_title)
        if report and locked.number == 1:
            update_report(topic=locked.topic, fields=report)
        forget_draft(user_id=actor.pk, key=f"edit-{locked.pk}")
        tell_posts(locked.topic_id, [locked.pk])
        if new_title != old_title:
            tell_head(locked.topic_id)
        emit(PostEdited(post_id=locked.pk, revision=known + 1))
        if locked.author_id != actor.pk:
            _note(locked, actor, "forums.post_edited", reason)
    return locked


def remove_post(*, actor: User, post: Post, reason: str = "", kind: RemovalKind | None = None) -> None:
    """Take a post away: its stub stays in its place. Twice is once.

    `kind` is AUTHOR for one's own, MODERATION (with a reason, told to the author) for whoever looks after the topic;
    None: which of the two it is. Raises `Refused`, or `DomainError` without a reason.
    """
    with transaction.atomic():
        locked, membership, is_curator = _lock(actor, post)
        if locked.is_removed:
            return
        require(can_remove_post(actor, locked, membership, looks_after=is_curator))
        kind = kind or (RemovalKind.AUTHOR if locked.author_id == actor.pk else RemovalKind.MODERATION)
        if kind == RemovalKind.AUTHOR and locked.author_id != actor.pk:
            raise Refused(_("On ne retire ainsi que ses propres messages."))
        reason = clean_reason(reason, missing=_WHY if kind == RemovalKind.MODERATION else "")
        _set(
            locked,
            is_removed=True,
            removal_kind=kind,
            removal_reason=reason,
            removed_by=actor,
            removed_at=timezone.now(),
        )
        withdraw_files_of([locked.pk])
        recount_topic(locked.topic_id)
        was_accepted = let_go_of_answer(locked.topic_id, [locked.pk])
        _tell(locked)
        emit(PostRemoved(post_id=locked.pk))
        if kind == RemovalKind.MODERATION:
            _note(locked, actor, "forums.post_removed", reason, was_accepted=was_accepted)


def restore_post(*, actor: User, post: Post, reason: str = "") -> None:
    """Bring a removed post back, with its files and what readers told of it. Twice is once.

    Raises `Refused`: `policies.can_restore_post` says who may.
    """
    with transaction.atomic():
        locked, membership, is_curator = _lock(actor, post)
        if not locked.is_removed:
            return
        require(can_restore_post(actor, locked, membership, looks_after=is_curator))
        was_moderated = locked.removal_kind == RemovalKind.MODERATION
        _set(locked, is_removed=False, removal_kind="", removal_reason="", removed_by=None, removed_at=None)
        restore_files_of([locked.pk])
        recount_topic(locked.topic_id)
        _tell(locked)
        if was_moderated:
            _note(locked, actor, "forums.post_restored", reason)


def _lock(actor: User, post: Post) -> tuple[Post, Membership | None, bool]:
    """The post with its topic, both locked (the topic first, as for a reply), and what the actor is there."""
    topics = Topic.objects.visible_to(actor).select_for_update(of=("self",), no_key=True)
    topic = topics.select_related("circle", "network").defer("title_vector").filter(pk=post.topic_id).first()
    if topic is None:
        raise Refused(_("Cette discussion ne vous est plus ouverte."))
    rows = Post.objects.select_for_update(no_key=True).defer("body_vector").filter(pk=post.pk, topic=topic)
    locked = rows.first()
    if locked is None:
        raise Refused(_("Ce message n’est plus dans cette discussion."))
    locked.topic = topic
    return locked, membership_for(actor, topic.network), looks_after(actor, topic.forum_id)


def _rewrite(post: Post, actor: User, written: Written, title: str) -> None:
    is_quiet = post.author_id == actor.pk and not post.edited_at and timezone.now() - post.created_at < QUIET
    _set(post, edited_at=None if is_quiet else timezone.now(), **written.fields)
    rejoin_files(post=post, written=written, owner=actor, circle=post.topic.circle)
    if title != post.topic.title:
        slug = topic_slug(title, post.topic.circle)
        Topic.objects.filter(pk=post.topic_id).update(title=title, slug=slug)
        post.topic.title, post.topic.slug = title, slug


def _title(title: str, post: Post) -> str:
    """The title of the topic after the edit."""
    title = one_line(title)
    if post.number != 1 or not title:
        return post.topic.title
    if len(title) > TITLE_MAX_LENGTH:
        raise BadText(_("Ce titre est trop long : %(limit)s caractères au plus.") % {"limit": TITLE_MAX_LENGTH})
    return title


def _tell(post: Post) -> None:
    """The post, and the head of its topic: the categories that answered, and the kept answer, may be others."""
    tell_posts(post.topic_id, [post.pk])
    tell_head(post.topic_id)


def _set(post: Post, **fields: Any) -> None:
    for name, field in fields.items():
        setattr(post, name, field)
    post.save(update_fields=list(fields))


def _note(post: Post, actor: User, verb: str, reason: str, **facts: Any) -> None:
    record(
        network_id=post.topic.network_id,
        actor=actor,
        verb=verb,
        target_key="forums.post",
        target_id=post.pk,
        circle_id=post.topic.circle_id,
        about_id=post.author_id,
        reason=reason,
        **facts,
    )
