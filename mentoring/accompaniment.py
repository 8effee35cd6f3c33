"""What stands around a mentorship, or an ask that was accepted, for one of its people.

`{% include "mentoring/_accompaniment.html" %}` draws what `accompaniment_of(viewer, …)` answers as `around`.
"""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.urls import reverse

from mentoring.accompaniment_forms import PRIVATE, SHARED, CheckInForm, FeedbackForm, NoteForm, ThanksForm
from mentoring.models import CheckIn, Feedback, Mentorship, MentorshipNote, Thanks
from mentoring.policies.accompaniment import Around, Helped, around
from mentoring.queries import accompaniment as queries
from mentoring.queries.check_ins import own_check_ins
from mentoring.services.notes import draft_key
from peerhub.people.models import User


@dataclass(frozen=True)
class OtherPerson:
    """One whom the viewer accompanied, or was accompanied by; a form is None where it is not, or no more, the time."""

    user: User
    given: Thanks | None
    received: list[Thanks]
    said: Feedback | None
    thanks_form: ThanksForm | None
    feedback_form: FeedbackForm | None


@dataclass(frozen=True)
class Accompaniment:
    """All of it as one person reads it. `notes_form` is None for an ask, which has no notes."""

    action: str
    around: Around
    others: list[OtherPerson]
    notes: list[MentorshipNote]
    note_form: NoteForm | None = None
    note: MentorshipNote | None = None
    draft_key: str = ""
    answered: list[CheckIn] = field(default_factory=list)
    check_in: CheckIn | None = None
    check_in_form: CheckInForm | None = None


def accompaniment_of(
    viewer: User, helped: Helped, *, note: MentorshipNote | None = None, typed: dict[str, Any] | None = None
) -> Accompaniment:
    """Four queries for a mentorship, two for an ask. `note` is being written anew; `typed` are forms that were refused,
    by their names: "note", "check_in", "thanks-<user>", "feedback-<user>"."""
    found, typed = around(viewer, helped), typed or {}
    others = _others(viewer, found, typed)
    if not isinstance(helped, Mentorship):
        return Accompaniment(reverse("mentoring:thanks", args=[helped.pk]), found, others, notes=[])
    own = own_check_ins(viewer, helped)
    asked = next((one for one in own if not one.answer), None) if helped.is_running else None
    return Accompaniment(
        action=reverse("mentoring:accompaniment", args=[helped.pk]),
        around=found,
        others=others,
        notes=queries.notes_for(viewer, helped),
        note_form=typed.get("note") or NoteForm(initial=_initial_note(note)),
        note=note,
        draft_key=draft_key(helped, note),
        answered=[one for one in own if one.answer],
        check_in=asked,
        check_in_form=typed.get("check_in") or CheckInForm() if asked else None,
    )


def _initial_note(note: MentorshipNote | None) -> dict[str, Any]:
    if note is None:
        return {"token": uuid4()}
    return {"token": note.token, "body": note.body, "readers": SHARED if note.is_shared else PRIVATE}


def _others(viewer: User, found: Around, typed: dict[str, Any]) -> list[OtherPerson]:
    """Nothing is read where it is time for nothing."""
    if not found.thank:
        return []
    thanks = queries.thanks_for(viewer, found)
    said = queries.own_feedback(viewer, found) if found.give_feedback else {}
    given = {one.recipient_id: one for one in thanks if one.author_id == viewer.pk}
    return [
        OtherPerson(
            user=other,
            given=given.get(other.pk),
            received=[one for one in thanks if one.author_id == other.pk],
            said=said.get(other.pk),
            thanks_form=None
            if other.pk in given
            else typed.get(f"thanks-{other.pk}") or ThanksForm(initial={"token": uuid4()}, prefix=f"thanks-{other.pk}"),
            feedback_form=typed.get(f"feedback-{other.pk}")
            or FeedbackForm(initial=FeedbackForm.initial_of(said.get(other.pk)), prefix=f"feedback-{other.pk}")
            if found.give_feedback
            else None,
        )
        for other in found.others
    ]
