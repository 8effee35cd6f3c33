"""What a conversation of two or three is about, for the page of the conversation: told to whoever may see it."""

from collections.abc import Collection, Mapping

from django.contrib.auth.models import AnonymousUser
from django.db.models import Value
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from forums.origins import Origin, register_origin
from mentoring.models import Introduction, Mentorship, NeedTask, Solicitation
from mentoring.policies.needs import is_waiting
from mentoring.queries.need_tasks import days_waited
from peerhub.people.models import Circle, User


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
    return {
        topic: Origin(labels[page], reverse(f"mentoring:{page}", args=[pk]), prepares=False)
        for topic, page, pk in found
    }


@register_origin
def origins_of_words_of_animators(user: User | AnonymousUser, topic_ids: Collection[int]) -> Mapping[int, Origin]:
    """Why somebody who animates writes: their author is led to the need, the animators to the desk. One query."""
    seen = NeedTask.objects.filter(topic__in=topic_ids, circle__in=Circle.objects.visible_to(user))
    return {task.topic_id: _of_need(user, task) for task in seen.select_related("need", "network") if task.topic_id}


def _of_need(user: User | AnonymousUser, task: NeedTask) -> Origin:
    days, is_own = days_waited(task), task.need.author_id == user.pk
    if not is_waiting(task):
        why = _("Votre besoin, qui attendait") if is_own else _("Un besoin qui attendait")
    elif is_own:
        why = ngettext("Votre besoin attend depuis %(n)s jour", "Votre besoin attend depuis %(n)s jours", days)
    else:
        why = ngettext("Un besoin qui attend depuis %(n)s jour", "Un besoin qui attend depuis %(n)s jours", days)
    desk = reverse("mentoring:need-tasks", args=[task.network.slug])
    # Said from the first word on: who takes over reads what was said before.
    note = _("Une autre personne qui anime le réseau peut prendre la suite : elle lit alors ce qui s’est dit ici.")
    return Origin(why % {"n": days}, task.need.get_absolute_url() if is_own else desk, prepares=False, note=note)
