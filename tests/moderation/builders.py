"""Small worlds of moderation, through the services that production calls."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from peerhub.moderation.enums import CaseKind, Decision, HeldReason, Reason, Sanction
from peerhub.moderation.models import Case
from peerhub.moderation.services.cases import decide, open_case
from peerhub.moderation.services.reports import report
from peerhub.people.enums import CircleKind
from peerhub.people.models import Circle, Membership, Network, User
from peerhub.people.services.circles import create_circle
from tests.builders import make_animator, make_member, make_network
from tests.moderation.notes import KEY, Note, make_note


@dataclass
class Stage:
    """A network with two animators, an author and a reader."""

    network: Network
    animator: Membership
    other: Membership
    author: Membership
    reader: Membership

    @property
    def circle(self) -> Circle:
        return Circle.objects.of_network(self.network, CircleKind.NETWORK)

    def confidential(self, *members: User) -> Circle:
        return create_circle(
            network=self.network, kind=CircleKind.CUSTOM, name="Entre nous", members=members, confidential=True
        )

    def note(self, text: str = "Une note.", *, circle: Circle | None = None) -> Note:
        return make_note(circle or self.circle, self.author.user, text)

    def reported(self, note: Note | None = None, *, by: User | None = None, words: str = "Regardez cela.") -> Case:
        note = note or self.note()
        made = report(
            reporter=by or self.reader.user, target_key=KEY, target_id=note.pk, reason=Reason.CHARTER, words=words
        )
        return made.case

    def held(self, note: Note | None = None) -> Case:
        note = note or self.note()
        return open_case(
            kind=CaseKind.HELD,
            target_key=KEY,
            target_id=note.pk,
            network_id=note.network_id,
            circle_id=note.circle_id,
            author_id=note.author_id,
            written_at=note.written_at,
            reasons=[HeldReason.NEWCOMER],
        )

    def decided(
        self,
        case: Case | None = None,
        decision: Decision = Decision.HIDE,
        sanction: Sanction = Sanction.NONE,
        days: int = 0,
    ) -> Case:
        return decide(
            moderator=self.animator.user,
            case=case or self.reported(),
            decision=decision,
            reason="Ce n’est pas l’endroit.",
            sanction=sanction,
            until=timezone.now() + timedelta(days=days) if days else None,
        )


def make_stage() -> Stage:
    network = make_network()
    return Stage(network, make_animator(network), make_animator(network), make_member(network), make_member(network))
