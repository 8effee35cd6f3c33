"""Minutes: written by several at once without losing a word, published, opened again. The row of the minutes is held
by whoever changes them, and nothing else: a line typed does not keep those waiting who claim a seat."""

import base64
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peerhub.live.publish import publish_on_commit
from peerhub.outbox.services import emit
from peerhub.outbox.sweeping import sweep
from peerhub.people.errors import DomainError, Refused, require
from peerhub.people.models import User
from peerhub.text.markdown import TextError
from sessions.events import MinutesPublished
from sessions.minutes.document import MinutesDocument, MissingPast, TooLong, client_of, writer_of
from sessions.minutes.template import as_kept, html_of, markdown_of
from sessions.minutes.updates import BadUpdate
from sessions.models import TEXTS, Minutes, MinutesUpdate, PeerSession
from sessions.policies.minutes import (
    can_publish_minutes,
    can_reopen_minutes,
    can_write_minutes,
)
from sessions.policies.standing import Standing
from sessions.queries.minutes import GoneBase, document_at, sections_of, texts_of
from sessions.queries.standing import standing_for

# Beyond this a frame says that something changed, and the pages fetch it.
MAX_FRAME_BYTES = 16_000
MERGED_AFTER = timedelta(days=30)
OTHER_WORDS = gettext_lazy("Cet envoi a déjà été reçu, avec un autre texte : rechargez la page.")


class BadMinutes(DomainError):
    """What was sent cannot be kept (422); nothing changed."""


class OutdatedMinutes(DomainError):
    """What was sent continues a text that is not there, or not any more (409); nothing changed."""


@transaction.atomic
def add_update(*, author: User, session: PeerSession, update: bytes, token: UUID) -> MinutesUpdate:
    """Merge what a browser sent. The same token with the same bytes is the same change, whatever happened since.
    Raises `Refused`, `BadMinutes` or `OutdatedMinutes`."""
    minutes, known = _opened(*_hold(session.pk, author), token)
    if known is not None:
        if bytes(known.update) != update:
            raise OutdatedMinutes(OTHER_WORDS)
        return known
    document = _document(minutes)
    _merge(document, update, author)
    return _keep(minutes, document, author, update, token)


@transaction.atomic
def save_texts(*, author: User, session: PeerSession, texts: Mapping[str, str], number: int, token: UUID) -> Minutes:
    """Bring in the sections as somebody wrote them over the change `number`: what differs from then is merged with
    what others wrote meanwhile. Sections that are not named stay. The same token with the same words is the same
    change. Raises as `add_update` does."""
    minutes, known = _opened(*_hold(session.pk, author), token)
    try:
        own = document_at(minutes, number, client=client_of(author.pk))
    except GoneBase as error:
        raise OutdatedMinutes(_("Ce compte rendu a trop changé depuis votre page : recopiez-y vos mots.")) from error
    if known is not None:
        own.replay([bytes(known.update)])
    update = own.rewrite({key: text for key, text in texts.items() if key in own.texts})
    if update and known is not None:
        raise OutdatedMinutes(OTHER_WORDS)
    if not update:
        return minutes
    document = _document(minutes)
    _merge(document, update, author)
    _keep(minutes, document, author, update, token)
    return minutes


@transaction.atomic
def publish_minutes(*, actor: User, session: PeerSession) -> Minutes:
    """Freeze the text and tell those registered. Publishing what is published changes nothing."""
    minutes, current, standing = _hold(session.pk, actor)
    if minutes is not None and minutes.published_at is not None and standing.facilitates:
        return minutes
    require(can_publish_minutes(current, minutes, standing))
    assert minutes is not None  # noqa: S101 - the policy wants a body
    sections = sections_of(current, minutes)
    try:
        minutes.body_html = html_of(sections, texts_of(sections, minutes))
    except TextError as error:
        raise BadMinutes(str(error)) from error
    minutes.published_at, minutes.published_by = timezone.now(), actor
    _note(minutes, actor)
    minutes.save(update_fields=["number", "body_html", "published_at", "published_by", "updated_at"])
    emit(MinutesPublished(minutes_id=minutes.pk, number=minutes.number))
    publish_on_commit(f"minutes.{current.pk}", "minutes.published", seq=minutes.number)
    return minutes


@transaction.atomic
def reopen_minutes(*, actor: User, session: PeerSession) -> Minutes:
    """Write on; that it was done, when and by whom stays. Reopening what is open changes nothing."""
    minutes, current, standing = _hold(session.pk, actor)
    if minutes is not None and minutes.published_at is None and standing.facilitates:
        return minutes
    require(can_reopen_minutes(minutes, standing))
    assert minutes is not None  # noqa: S101 - the policy wants published ones
    minutes.published_at = minutes.published_by = None
    minutes.body_html = ""
    _note(minutes, actor)
    minutes.save(update_fields=["number", "body_html", "published_at", "published_by", "updated_at"])
    publish_on_commit(f"minutes.{current.pk}", "minutes.reopened", seq=minutes.number)
    return minutes


def merge_old(now: datetime | None = None) -> int:
    """Of minutes published for a month, keep one change that stands for all, signed by nobody. Returns how many were
    merged."""
    before = (now or timezone.now()) - MERGED_AFTER
    signed = MinutesUpdate.objects.filter(minutes=OuterRef("pk"), author__isnull=False).exclude(update=b"")
    due = Minutes.objects.filter(Exists(signed), published_at__lt=before).order_by("pk").values_list("pk", flat=True)
    return sweep("sessions.minutes.merge", _merge_one, due[:200])


@transaction.atomic
def _merge_one(pk: int) -> bool:
    minutes = Minutes.objects.select_for_update(of=("self",)).get(pk=pk)
    last = minutes.updates.exclude(update=b"").order_by("-number").first()
    if minutes.published_at is None or last is None:
        return False
    minutes.updates.exclude(update=b"").exclude(pk=last.pk).delete()
    last.update, last.author, last.token = bytes(minutes.state), None, uuid4()
    last.save(update_fields=["update", "author", "token"])
    return True


def _hold(session_pk: int, person: User) -> tuple[Minutes | None, PeerSession, Standing]:
    """The minutes, held, if there are any; then the session as the person sees it now; raises `Refused`."""
    minutes = Minutes.objects.select_for_update(of=("self",)).filter(session=session_pk).first()
    seen = PeerSession.objects.visible_to(person).select_related("network", "circle").defer(*TEXTS)
    session = seen.filter(pk=session_pk).first()
    if session is None:
        raise Refused(_("Cette séance ne vous est pas ouverte."))
    return minutes, session, standing_for(person, session)


def _opened(
    minutes: Minutes | None, session: PeerSession, standing: Standing, token: UUID
) -> tuple[Minutes, MinutesUpdate | None]:
    """Those that may be written to, made and held with their sections when these are the first words; or those that
    hold what came with this token already."""
    if minutes is None:
        require(can_write_minutes(session, minutes, standing))
        Minutes.objects.get_or_create(session=session, defaults={"sections": as_kept(sections_of(session, None))})
        minutes = Minutes.objects.select_for_update(of=("self",)).get(session=session)
    known = minutes.updates.filter(token=token).first()
    if known is None:
        require(can_write_minutes(session, minutes, standing))
    return minutes, known


def _document(minutes: Minutes) -> MinutesDocument:
    return MinutesDocument([one["key"] for one in minutes.sections], bytes(minutes.state))


def _merge(document: MinutesDocument, update: bytes, author: User) -> None:
    try:
        document.merge(update, writer=writer_of(author.pk))
    except TooLong as error:
        raise BadMinutes(_("Ce compte rendu devient trop long : raccourcissez ce passage.")) from error
    except MissingPast as error:
        raise OutdatedMinutes(_("Cette page n’est plus à jour : rechargez-la.")) from error
    except BadUpdate as error:
        raise BadMinutes(_("Cet ajout n’a pas pu être lu : rien n’a changé.")) from error


def _keep(minutes: Minutes, document: MinutesDocument, author: User, update: bytes, token: UUID) -> MinutesUpdate:
    minutes.number += 1
    minutes.state = document.state
    minutes.body = markdown_of(sections_of(minutes.session, minutes), document.texts)
    minutes.updated_at = timezone.now()
    minutes.save(update_fields=["number", "state", "body", "updated_at"])
    kept = MinutesUpdate.objects.create(
        minutes=minutes, number=minutes.number, update=update, token=token, author=author
    )
    data = {"by": author.full_name}
    if len(update) <= MAX_FRAME_BYTES:
        data["update"] = base64.b64encode(update).decode()
    publish_on_commit(f"minutes.{minutes.session_id}", "minutes.updated", seq=minutes.number, data=data)
    return kept


def _note(minutes: Minutes, actor: User) -> None:
    """That they were published, or opened again: a change without content, the one after the other."""
    minutes.number += 1
    minutes.updated_at = timezone.now()
    MinutesUpdate.objects.create(minutes=minutes, number=minutes.number, update=b"", token=uuid4(), author=actor)
