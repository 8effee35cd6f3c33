"""Who keeps what an organisation offers, or is whom to ask about it, is told so; and its keepers, when its date comes
near. Keys make each once."""

from mentoring.events import ContactNamed, KeeperNamed, SupportRenewalAsked
from mentoring.models import OrganisationKeeper, Support
from mentoring.queries.actors import keepers_of
from peerhub.notifications.services import notify
from peerhub.outbox.registry import handles


@handles(KeeperNamed)
def on_keeper_named(event: KeeperNamed) -> None:
    keeper = OrganisationKeeper.objects.filter(pk=event.keeper_id).first()
    if keeper is None:
        return
    notify(
        kind="mentoring.keeper_named",
        recipients=[keeper.user_id],
        target_id=keeper.pk,
        dedupe_key=f"mentoring.keeper.{keeper.pk}",
        actor_id=keeper.named_by_id,
        network_id=keeper.network_id,
    )


@handles(ContactNamed)
def on_contact_named(event: ContactNamed) -> None:
    support = Support.objects.current().filter(pk=event.support_id, contacts__user=event.user_id).first()
    if support is None:
        return
    notify(
        kind="mentoring.contact_named",
        recipients=[event.user_id],
        target_id=support.pk,
        dedupe_key=f"mentoring.support.{support.pk}.contact.{event.user_id}",
        actor_id=event.actor_id,
        network_id=support.network_id,
    )


@handles(SupportRenewalAsked)
def on_support_renewal_asked(event: SupportRenewalAsked) -> None:
    support = Support.objects.current().filter(pk=event.support_id, renewal_asked_at__isnull=False).first()
    if support is None:
        return
    notify(
        kind="mentoring.support_renewal",
        recipients=keepers_of(support),
        target_id=support.pk,
        dedupe_key=f"mentoring.support.{support.pk}.{support.valid_until}",
        network_id=support.network_id,
    )
