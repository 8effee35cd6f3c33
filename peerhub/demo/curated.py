"""What the animation did in the demo: a discussion closed, one merged into another, one read before publication with a
text that waits, and a case that is open.

By the services that production calls; what they announce is taken back, as for all that is past.
"""

import random
from datetime import datetime, timedelta
from uuid import UUID

from forums.enums import TopicKind
from forums.models import HeldText, Post, Topic
from forums.services.curating import set_approval, set_lock
from forums.services.holding import Held
from forums.services.moving import merge_topic
from forums.services.posts import create_post
from forums.services.topics import create_topic
from peerhub.demo.cast import Cast
from peerhub.demo.dates import PARIS
from peerhub.demo.discussions import Played
from peerhub.demo.saying import token
from peerhub.moderation.enums import Reason
from peerhub.moderation.models import Case, CaseMessage
from peerhub.moderation.services.conversation import write_to_author
from peerhub.moderation.services.reports import report
from peerhub.outbox.models import OutboxEvent
from peerhub.people.models import User

# The beginning of the title of each discussion that something happened to.
CLOSED, JOINED, HEATED = "Remboursement des déplacements", "Légumerie intercommunale", "Sécheresse"
VENDOR = 3  # the number of the message in JOINED by somebody who sells what it recommends


def curate(cast: Cast, played: list[Played], now: datetime, dice: random.Random) -> None:
    people = User.objects.in_bulk([person.user_id for person in cast.accounts.values()])
    animator, agent, association = (people[cast.accounts[key].user_id] for key in ("animator", "agent", "association"))
    topics = {name: _topic(played, name) for name in (CLOSED, JOINED, HEATED)}
    last = OutboxEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    reason = "La journée est passée : pour la suite, écrivez à la coordination."
    set_lock(actor=animator, topic=topics[CLOSED], is_locked=True, reason=reason)
    _merge(animator, agent, topics[JOINED], token(dice))
    _report(animator, agent, topics[JOINED], now)
    _hold(animator, association, topics[HEATED], now, token(dice))
    OutboxEvent.objects.filter(pk__gt=last).delete()


def _topic(played: list[Played], name: str) -> Topic:
    return next(one.topic for one in played if one.topic.title.startswith(name))


def _merge(animator: User, author: User, into: Topic, once: UUID) -> None:
    """The same question again, a day after the last answer."""
    into.refresh_from_db(fields=["last_post_at"])
    double = create_topic(
        author=author,
        forum=into.forum,
        kind=TopicKind.QUESTION,
        title="Légumerie : à partir de quel volume ouvrir ?",
        body="Trois communes, une cuisine centrale, et un bâtiment libre. En dessous de combien de tonnes par an "
        "faut-il renoncer ? Je cherche des chiffres **constatés**, pas ceux d’une étude.",
        token=once,
    )
    at = into.last_post_at.astimezone(PARIS) + timedelta(days=1)
    Topic.objects.filter(pk=double.pk).update(created_at=at, last_post_at=at)
    Post.objects.filter(topic=double).update(created_at=at)
    merge_topic(
        actor=animator, topic=double, into=into, reason="La même question, où plusieurs réseaux ont déjà répondu."
    )


def _report(animator: User, reporter: User, topic: Topic, now: datetime) -> None:
    post = Post.objects.get(topic=topic, number=VENDOR)
    words = "Des prix précis, par quelqu’un qui vend ce matériel : est-ce à sa place ?"
    told = report(
        reporter=reporter, target_key="forums.post", target_id=post.pk, reason=Reason.ADVERTISING, words=words
    )
    message = write_to_author(
        moderator=animator,
        case=told.case,
        body="Bonjour, votre message est utile et nous souhaitons le garder. Pouvez-vous y ajouter que vous vendez ce "
        "matériel ? Chacun·e lira alors vos chiffres en le sachant.",
    )
    Case.objects.filter(pk=told.case_id).update(opened_at=now - timedelta(hours=26))
    CaseMessage.objects.filter(pk=message.pk).update(created_at=now - timedelta(hours=22))


def _hold(animator: User, author: User, topic: Topic, now: datetime, once: UUID) -> None:
    set_approval(actor=animator, topic=topic, is_held=True)
    body = (
        "Nous avons relevé le débit chaque semaine, au pont et au moulin, pendant deux étés. Les tours d’eau ont été "
        "tenus, sauf la dernière semaine d’août. Je joins volontiers nos carnets à qui les veut."
    )
    try:
        create_post(author=author, topic=topic, body=body, token=once)
    except Held as waiting:
        HeldText.objects.filter(pk=waiting.held.pk).update(created_at=now - timedelta(hours=3))
        Case.objects.filter(target_key="forums.held", target_id=waiting.held.pk).update(
            opened_at=now - timedelta(hours=3)
        )
