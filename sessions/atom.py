"""Atom documents (RFC 4287) of sessions that everyone may see."""

from collections.abc import Iterable

from django.conf import settings

from forums.atom import StableFeed
from peerhub.text.plain import excerpt
from sessions import when
from sessions.models import PeerSession


def sessions_atom(sessions: Iterable[PeerSession], *, title: str, page: str, address: str) -> bytes:
    """`page` is the path of the page that shows the same, `address` the feed's own. Hours are those of the place."""
    feed = StableFeed.of(title=title, page=page, name=address.removeprefix("/"), address=address)
    for session in sessions:
        span = when.span(session.starts_at, session.ends_at, session.time_zone)
        feed.add_item(
            title=session.title,
            link=settings.PUBLIC_URL + session.get_absolute_url(),
            unique_id=session.uid.urn,
            description=" · ".join(filter(None, [span, session.place, excerpt(session.description_text, 80, 600)])),
            pubdate=session.created_at,
            updateddate=session.updated_at,
            categories=[session.get_format_display()],
        )
    return feed.content()
