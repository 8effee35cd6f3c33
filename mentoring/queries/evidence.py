"""What the platform knows of what people did, as far as the viewer may see it."""

from collections import defaultdict
from collections.abc import Collection

from django.contrib.auth.models import AnonymousUser

from mentoring.matching.evidence import Item
from mentoring.models import Evidence
from mentoring.queries.among import among
from peerhub.people.models import User

# Of one person and competence: the newest of them say all.
MOST = 40
Counted = dict[int, dict[int, tuple[Item, ...]]]


def evidence_for(viewer: User | AnonymousUser, user_ids: Collection[int], competence_ids: Collection[int]) -> Counted:
    """By person, then competence (ids): the newest evidence that the viewer may see: one query."""
    rows = Evidence.objects.visible_to(viewer).filter(among("user", user_ids), among("competence", competence_ids))
    found: defaultdict[int, defaultdict[int, list[Item]]] = defaultdict(lambda: defaultdict(list))
    for user, competence, kind, happened_at in rows.order_by("-happened_at").values_list(
        "user", "competence", "kind", "happened_at"
    ):
        if len(found[user][competence]) < MOST:
            found[user][competence].append(Item(kind, happened_at))
    return {user: {key: tuple(items) for key, items in by_one.items()} for user, by_one in found.items()}


def evidence_of(viewer: User | AnonymousUser, user_id: int) -> list[Evidence]:
    """Of one person, the newest first, each with what opens it (`session`, `post.topic`): for their page. Nothing of
    who lets the directory show none of their competences."""
    rows = Evidence.objects.visible_to(viewer).filter(user=user_id)
    rows = rows.exclude(user__directory_choices__shows_competences=False)
    return list(
        rows.select_related("competence", "session__network", "session__circle", "post__topic").order_by(
            "competence", "-happened_at", "pk"
        )[: MOST * 5]
    )


def own_evidence(user: User) -> list[Evidence]:
    """All of one's own, what one hid included: for the page where one hides it."""
    rows = Evidence.objects.filter(user=user).select_related("competence", "session", "post__topic")
    return list(rows.order_by("competence", "-happened_at", "pk")[: MOST * 5])
