"""Atom documents (RFC 4287) of posts. About a confidential circle an entry says that something was written, only."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Self

from django.conf import settings
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from forums.queries.atom import Entry
from peerhub.text.plain import excerpt

MIMETYPE = "application/atom+xml; charset=utf-8"
_EMPTY_SINCE = datetime(2026, 1, 1, tzinfo=UTC)


class StableFeed(Atom1Feed):
    """Without entries, it was never updated: the same document each time, that a reader need not load again."""

    @classmethod
    def of(cls, *, title: str, page: str, name: str, address: str = "") -> Self:
        """`page` is the path of the page that shows the same; `name` makes the feed's id, whatever its address becomes;
        `address` is its own path, "" where that is a secret."""
        site = settings.PUBLIC_URL
        return cls(
            title=title,
            link=site + page,
            description="",
            language=get_language(),
            author_name="PeerHub",
            feed_url=site + address if address else None,
            feed_guid=uuid.uuid5(uuid.NAMESPACE_URL, f"{site}/{name}").urn,
        )

    def latest_post_date(self) -> datetime:
        return max((item["updateddate"] for item in self.items), default=_EMPTY_SINCE)

    def content(self) -> bytes:
        return str(self.writeString("utf-8")).encode()


def atom_feed(entries: Sequence[Entry], *, title: str, page: str, name: str, address: str = "") -> bytes:
    """Of posts; the rest as `StableFeed.of` takes it."""
    site, feed = settings.PUBLIC_URL, StableFeed.of(title=title, page=page, name=name, address=address)
    for entry in entries:
        link = f"{site}/messages/{entry.post_id}/"
        feed.add_item(
            title=_title(entry),
            link=link,
            unique_id=link,
            description=excerpt(entry.text, 80, 600),
            author_name=entry.author or None,
            pubdate=entry.written_at,
            updateddate=entry.updated_at,
            categories=[entry.forum_title] if entry.forum_title else [],
        )
    return feed.content()


def _title(entry: Entry) -> str:
    if entry.is_confidential:
        return _("Un nouveau message dans un espace confidentiel")
    return _("Réponse : %(title)s") % {"title": entry.title} if entry.is_reply else entry.title
