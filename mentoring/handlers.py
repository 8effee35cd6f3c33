"""The directory follows people. Each handler makes it say what is true, however often it is called."""

from mentoring.services.directory import refresh_entries
from peerhub.outbox.registry import handles
from peerhub.people.events import NetworkJoined, NetworkLeft, ProfileChanged


@handles(NetworkJoined)
def on_network_joined(event: NetworkJoined) -> None:
    refresh_entries("membership", event.membership_id)


@handles(NetworkLeft)
def on_network_left(event: NetworkLeft) -> None:
    refresh_entries("membership", event.membership_id)


@handles(ProfileChanged)
def on_profile_changed(event: ProfileChanged) -> None:
    refresh_entries("user", event.user_id)
