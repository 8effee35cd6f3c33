"""A word of thanks between two people, shown to their network when both wish it."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mentoring.enums import EvidenceKind
from mentoring.events import ThanksGiven, ThanksPublished
from mentoring.models import Evidence, Mentorship, Thanks
from mentoring.policies.accompaniment import Helped
from mentoring.services.around import hold_around, require_voice
from peerhub.outbox.services import emit
from peerhub.people.enums import CircleKind
from peerhub.people.errors import DomainError, Refused, require
from peerhub.people.models import Circle, User


@transaction.atomic
def thank(*, author: User, helped: Helped, recipient_id: int, body: str, may_be_public: bool, token: UUID) -> Thanks:
    """In the circle of those whom it concerns. One word for each person: another one takes the place of a word that was
    taken back. The same token is the same word. Raises `Refused`, `DomainError`."""
    found = hold_around(helped, author)
    require(found.thank)
    require_voice(author, found.network)
    recipient = found.other(recipient_id)
    if recipient is None:
        raise Refused(_("Vous ne pouvez pas remercier cette personne ici."))
    if before := Thanks.objects.filter(token=token).first():
        if (before.author_id, before.recipient_id) != (author.pk, recipient.pk):
            raise Refused(_("Ce mot ne vous est pas ouvert."))
        return before
    said = {"mentorship": found.mentorship, "solicitation": found.solicitation, "author": author}
    if Thanks.objects.filter(**said, recipient=recipient).exists():
        raise DomainError(_("Vous avez déjà remercié cette personne : retirez ce mot pour en écrire un autre."))
    body = " ".join(body.split())
    if not body:
        raise DomainError(_("Écrivez un mot."))
    thanks = Thanks.objects.create(
        **said, recipient=recipient, circle=found.circle, body=body[:500], may_be_public=may_be_public, token=token
    )
    emit(ThanksGiven(thanks_id=thanks.pk))
    return thanks


@transaction.atomic
def publish_thanks(*, recipient: User, pk: int) -> Thanks:
    """Whoever is thanked shows to the network a word whose author offered it. Raises `Refused`."""
    thanks = _hold(pk)
    if thanks.recipient_id != recipient.pk or not thanks.may_be_public:
        raise Refused(_("Ce mot ne peut pas être montré."))
    network = thanks.circle.network
    if network is not None:
        require_voice(recipient, network)
    if thanks.published_at is None:
        thanks.circle = Circle.objects.get(network=network, kind=CircleKind.NETWORK)
        thanks.published_at = timezone.now()
        thanks.save(update_fields=["circle", "published_at"])
        _place_evidence_of(thanks)
        emit(ThanksPublished(thanks_id=thanks.pk))
    return thanks


@transaction.atomic
def hide_thanks(*, user: User, pk: int) -> Thanks:
    """Either of the two takes it back from the network at any time; its author then no longer offers it. Raises
    `Refused`."""
    thanks = _hold(pk)
    if user.pk not in {thanks.author_id, thanks.recipient_id}:
        raise Refused(_("Ce mot ne vous est pas ouvert."))
    thanks.published_at = None
    if user.pk == thanks.author_id:
        thanks.may_be_public = False
    thanks.circle = _own_circle(thanks)
    thanks.save(update_fields=["circle", "published_at", "may_be_public"])
    _place_evidence_of(thanks)
    return thanks


@transaction.atomic
def drop_thanks(*, author: User, pk: int) -> None:
    """Its author takes back their word. Raises `Refused`."""
    thanks = _hold(pk)
    if thanks.author_id != author.pk:
        raise Refused(_("Ce mot ne vous est pas ouvert."))
    thanks.delete()
    _place_evidence_of(thanks)


@transaction.atomic
def place_evidence(mentorship_id: int) -> None:
    """That a mentorship came to its end is seen by its people, and by their network while a word for its mentor is."""
    mentorship = Mentorship.objects.select_for_update(no_key=True).select_related("network").get(pk=mentorship_id)
    is_public = Thanks.objects.filter(
        mentorship=mentorship, recipient=mentorship.mentor_id, published_at__isnull=False
    ).exists()
    network_circle = Circle.objects.of_network(mentorship.network, CircleKind.NETWORK)
    circle_id = network_circle.pk if is_public else mentorship.circle_id
    Evidence.objects.filter(mentorship=mentorship, kind=EvidenceKind.MENTORSHIP).update(circle=circle_id)


def _hold(pk: int) -> Thanks:
    Thanks.objects.select_for_update(no_key=True).only("pk").filter(pk=pk).first()
    held = Thanks.objects.select_related("circle__network", "mentorship__circle", "solicitation__circle")
    thanks = held.filter(pk=pk).first()
    if thanks is None:
        raise Refused(_("Ce mot n’est plus là."))
    return thanks


def _own_circle(thanks: Thanks) -> Circle:
    """Of the people of what it is about; where that is gone, it stays with whom it was shown to."""
    helped = thanks.mentorship or thanks.solicitation
    return helped.circle if helped is not None and helped.circle is not None else thanks.circle


def _place_evidence_of(thanks: Thanks) -> None:
    if thanks.mentorship_id is not None:
        place_evidence(thanks.mentorship_id)
