"""Who may watch a topic's posts arrive, and who is told who else reads: those to whom the topic is open."""

from forums.models import Topic
from forums.models.topics import READABLE
from forums.stamps import stamp
from peerhub.live.registry import live_group
from peerhub.people.enums import CircleKind
from peerhub.people.models import CircleMember
from peerhub.people.queries import viewer


def last_post_number(pk: int) -> int | None:
    return Topic.objects.filter(pk=pk).values_list("last_number", flat=True).first()


def last_change(pk: int) -> str:
    return stamp(Topic.objects.filter(pk=pk).values_list("changed_at", flat=True).first())


def name_in_topic(user_id: int, pk: int) -> str | None:
    """« Claire M. » for a member of the topic's circle, '' for one who hides; None for anyone else, and where the whole
    web reads."""
    circle = Topic.objects.filter(pk=pk, state__in=READABLE).exclude(circle__kind=CircleKind.PUBLIC).values("circle")
    member = CircleMember.objects.filter(user=user_id, user__is_active=True, circle__in=circle)
    row = member.values_list("user__given_name", "user__family_name", "user__shows_presence").first()
    if row is None:
        return None
    given_name, family_name, is_shown = row
    return f"{given_name} {family_name[:1]}.".strip() if is_shown else ""


@live_group("topic", last_seq=last_post_number, last_change=last_change, presence=name_in_topic)
def can_watch(user_id: int | None, pk: int) -> bool:
    return Topic.objects.visible_to(viewer(user_id)).filter(pk=pk).exists()
