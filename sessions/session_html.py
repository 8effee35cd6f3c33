"""Who comes to a session as joined strings: dozens of people on one page."""

from functools import lru_cache

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from peerhub.ui.components.identity import avatar
from sessions.queries.session_pages import CategoryOfParticipants, Participant


def people_html(group: CategoryOfParticipants) -> SafeString:
    """The people of one category, as items of a list."""
    return format_html_join("", "{}", ((_person_html(person, group.slug),) for person in group.people))


@lru_cache(maxsize=4096)
def _person_html(person: Participant, category: str) -> SafeString:
    """Written from these words alone: a changed name or hat is another entry, and nothing can be stale."""
    return format_html(
        '<li class="person">{}<span class="person__text"><span class="person__name">{}</span>{}</span></li>',
        avatar(person.initials, category=category, size="small"),
        person.name,
        format_html('<span class="small">{}</span>', person.about) if person.about else SafeString(),
    )
