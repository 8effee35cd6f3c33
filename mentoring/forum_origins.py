"""What a conversation of two or three is about, for the page of the conversation: told to whoever may see it."""

from collections.abc import Collection, Mapping

from django.contrib.auth.models import AnonymousUser
from django.db.models import Value
from django.urls import reverse
from django.utils.translation import gettext as _

from forums.origins import Origin, register_origin
from mentoring.models import Introduction, Mentorship, Solicitation
from peerhub.people.models import User


@register_origin
def origins_of_conversations(user: User | AnonymousUser, topic_ids: Collection[int]) -> Mapping[int, Origin]:
    """One query. What began as an ask and became a mentorship is the mentorship."""
    labels = {"solicitation": _("La demande"), "introduction": _("La rencontre"), "mentorship": _("Le mentorat")}
    seen = (
        Solicitation.objects.visible_to(user).filter(topic__in=topic_ids),
        Introduction.objects.visible_to(user).filter(topic__in=topic_ids),
        Mentorship.objects.visible_to(user).filter(topic__in=topic_ids),
    )
    asks, meetings, mentorships = (
        rows.order_by().values_list("topic", Value(page), "pk") for rows, page in zip(seen, labels, strict=True)
    )
    found = sorted(asks.union(meetings, mentorships, all=True), key=lambda row: list(labels).index(row[1]))
    return {topic: Origin(labels[page], reverse(f"mentoring:{page}", args=[pk])) for topic, page, pk in found}
