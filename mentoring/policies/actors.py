"""Who keeps what an organisation offers in a network. Pure: callers give what they loaded."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from mentoring.models import Support
from peerhub.people.models import Membership
from peerhub.people.verdicts import Allowed, Denied, Verdict


@dataclass(frozen=True)
class Standing:
    """What a person is to an organisation in a network. Whoever left it, or the network, keeps nothing."""

    membership: Membership | None
    keeps: bool = False
    is_kept: bool = False  # by anybody

    @property
    def animates(self) -> bool:
        return self.membership is not None and self.membership.is_animator

    @property
    def follows(self) -> bool:
        """Sees what is over or withdrawn too."""
        return self.keeps or self.animates


def can_see_support(standing: Standing, support: Support) -> Verdict:
    """Of somebody in its circle; the twin of `queries.actors.seen_by`. What is over is nobody's but its keepers'."""
    if support.is_current or standing.follows:
        return Allowed()
    return Denied(_("Cet appui n’est plus proposé."), hide=True)


def can_write_support(standing: Standing) -> Verdict:
    """Offer, change and renew: the organisation's keepers; who animates, as long as it has none."""
    member = standing.membership
    if member is None or not member.is_active:
        return Denied(_("Rejoignez ce réseau pour y proposer un appui."), hide=True)
    if member.is_silenced:
        return Denied(_("Vous lisez ce réseau sans pouvoir y écrire pour l’instant."))
    if standing.keeps or (standing.animates and not standing.is_kept):
        return Allowed()
    if standing.animates:
        return Denied(_("Cette organisation tient ce qu’elle propose : vous pouvez le retirer, pas le changer."))
    return Denied(_("Ce que propose une organisation est tenu par celles et ceux qu’elle a désignés."))


def can_withdraw_support(standing: Standing) -> Verdict:
    if standing.keeps or standing.animates:
        return Allowed()
    return Denied(_("Ce que propose une organisation est retiré par qui le tient, ou par l’animation."))


def can_name_keepers(standing: Standing) -> Verdict:
    """Name, or name no longer. The first one is named by who animates: a hat is declared by its wearer."""
    member = standing.membership
    if member is None or not member.is_active:
        return Denied(_("Rejoignez ce réseau pour y proposer un appui."), hide=True)
    if standing.keeps or standing.animates:
        return Allowed()
    return Denied(_("Demandez à l’animation du réseau de vous confier ce que propose votre organisation."))


@dataclass(frozen=True)
class ActorAbilities:
    """What the pages of an organisation and of its supports offer to one person."""

    write: Verdict
    withdraw: bool
    name: bool

    @classmethod
    def of(cls, standing: Standing) -> "ActorAbilities":
        return cls(
            write=can_write_support(standing),
            withdraw=bool(can_withdraw_support(standing)),
            name=bool(can_name_keepers(standing)),
        )
