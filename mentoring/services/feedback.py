"""What one says privately of the other at the end: nobody reads it, later suggestions take it into account."""

from django.db import transaction
from django.utils.translation import gettext as _

from mentoring.models import Feedback
from mentoring.policies.accompaniment import Helped
from mentoring.services.around import hold_around
from peerhub.people.errors import Refused, require
from peerhub.people.models import User


@transaction.atomic
def give_feedback(
    *, author: User, helped: Helped, about_id: int, usefulness: int, would_again: bool, comment: str = ""
) -> Feedback:
    """Said again, it replaces what was said before. Neither the other nor anybody is told. Raises `Refused`."""
    found = hold_around(helped, author)
    require(found.give_feedback)
    about = found.other(about_id)
    if about is None:
        raise Refused(_("Vous n’avez pas été accompagné·e par cette personne."))
    feedback, _made = Feedback.objects.update_or_create(
        mentorship=found.mentorship,
        solicitation=found.solicitation,
        author=author,
        about=about,
        defaults={"usefulness": usefulness, "would_again": would_again, "comment": comment.strip()[:1000]},
    )
    return feedback
