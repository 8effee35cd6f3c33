"""Notes of a mentorship: for oneself alone, or shared with its people."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from forums.services.drafts import forget_draft
from mentoring.models import Mentorship, MentorshipNote
from mentoring.policies.mentorships import can_follow
from mentoring.services.around import require_voice
from mentoring.services.mentorships import hold_mentorship
from peerhub.people.errors import DomainError, Refused, require
from peerhub.people.models import User
from peerhub.text.markdown import RENDER_VERSION, render

LONGEST = 20_000
MOST = 300


def draft_key(mentorship: Mentorship, note: MentorshipNote | None = None) -> str:
    """Where what a person writes is kept meanwhile."""
    return f"mentorat-{mentorship.pk}-note-{note.pk}" if note else f"mentorat-{mentorship.pk}-note"


@transaction.atomic
def write_note(*, author: User, mentorship: Mentorship, body: str, is_shared: bool, token: UUID) -> MentorshipNote:
    """The same token is the same note. Raises `Refused`, or `DomainError` for what cannot be kept."""
    current = hold_mentorship(mentorship.pk, author)
    require(can_follow(author, current))
    if is_shared:
        require_voice(author, current.network)
    if before := MentorshipNote.objects.filter(token=token).first():
        if (before.author_id, before.mentorship_id) != (author.pk, current.pk):
            raise Refused(_("Cette note ne vous est pas ouverte."))
        return before
    if MentorshipNote.objects.filter(mentorship=current, author=author).count() >= MOST:
        raise DomainError(_("Vous avez déjà %(number)s notes ici.") % {"number": MOST})
    note = MentorshipNote(mentorship=current, author=author, is_shared=is_shared, token=token)
    _write(note, body)
    note.save()
    forget_draft(user_id=author.pk, key=draft_key(current))
    return note


@transaction.atomic
def rewrite_note(*, author: User, pk: int, body: str, is_shared: bool) -> MentorshipNote:
    """Its author alone changes a note, and whether it is shared. Raises `Refused`, `DomainError`."""
    note = _hold_own(author, pk)
    if is_shared:
        require_voice(author, note.mentorship.network)
    note.is_shared, note.updated_at = is_shared, timezone.now()
    _write(note, body)
    note.save()
    forget_draft(user_id=author.pk, key=draft_key(note.mentorship, note))
    return note


@transaction.atomic
def drop_note(*, author: User, pk: int) -> None:
    """For good. Raises `Refused`."""
    note = _hold_own(author, pk)
    forget_draft(user_id=author.pk, key=draft_key(note.mentorship, note))
    note.delete()


def _hold_own(author: User, pk: int) -> MentorshipNote:
    MentorshipNote.objects.select_for_update(no_key=True, of=("self",)).filter(pk=pk, author=author).first()
    own = MentorshipNote.objects.visible_to(author).filter(pk=pk, author=author)
    note = own.select_related("mentorship__network").first()
    if note is None:
        raise Refused(_("Cette note ne vous est pas ouverte."))
    return note


def _write(note: MentorshipNote, body: str) -> None:
    body = body.replace("\r\n", "\n").strip()
    if not body or len(body) > LONGEST:
        raise DomainError(_("Une note a entre 1 et %(number)s caractères.") % {"number": LONGEST})
    note.body, note.body_html, note.render_version = body, render(body).html, RENDER_VERSION
