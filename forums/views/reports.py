"""An experience report as it is read: sections with a table of contents, and the facts at the side."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.safestring import SafeString
from django.utils.text import slugify

from forums.fragments import PostRow, identity_html, inhabitants
from forums.models import ExperienceReport, Topic
from forums.policies import TopicAbilities
from forums.queries.pages import report_of
from forums.queries.reactions import PageMarks
from forums.views.controls import post_controls, post_proof
from peerhub.people.enums import Stratum
from peerhub.people.folding import fold
from peerhub.text.safe import as_safe
from peerhub.ui.components.shapes import local_time

# What `compose_report` writes, and what any author may write by hand: the headings of the first level.
HEADING = re.compile(r"<h3>(.*?)</h3>")
TAG = re.compile(r"<[^>]+>")
FACTS_RULE = re.compile(r"<hr>\s*<ul>.*?</ul>\s*", re.DOTALL)


@dataclass(frozen=True)
class Section:
    anchor: str
    title: SafeString
    html: SafeString


@dataclass(frozen=True)
class ShownReport:
    row: PostRow
    who: SafeString
    written: SafeString
    preamble: SafeString
    sections: Sequence[Section]
    fields: ExperienceReport | None
    place: str
    inhabitants: str
    stratum: str
    tags: Sequence[tuple[str, str]]
    proof: str
    controls: str


def shown_report(
    topic: Topic, tags: Sequence[tuple[str, str]], row: PostRow, abilities: TopicAbilities, marks: PageMarks
) -> ShownReport:
    fields, place = report_of(topic), topic.territory
    # The facts stand at the side: they are not said twice.
    html = FACTS_RULE.sub("", row.body_html, count=1) if fields and (fields.cost or fields.contact) else row.body_html
    preamble, sections = sections_of(html)
    return ShownReport(
        row=row,
        who=identity_html(row),
        written=local_time(row.created_at, "date"),
        preamble=preamble,
        sections=sections,
        fields=fields,
        place=place.name if place else "",
        inhabitants=inhabitants(place.population) if place and place.population else "",
        stratum=str(Stratum(place.stratum).label) if place and place.stratum else "",
        tags=tags,
        proof=post_proof(row, marks),
        controls=post_controls(row, False, abilities, marks),
    )


@lru_cache(maxsize=256)
def sections_of(html: str) -> tuple[SafeString, Sequence[Section]]:
    """What stands before the first heading, and the sections; anchors are made of their titles, each once."""
    before, *rest = HEADING.split(html)
    taken: set[str] = set()
    sections = []
    for title, text in zip(rest[::2], rest[1::2], strict=True):
        words = slugify(fold(TAG.sub("", title)).replace("'", " "))[:60] or "partie"
        anchor = words if words not in taken else f"{words}-{len(taken) + 1}"
        taken.add(anchor)
        sections.append(Section(anchor, as_safe(title), as_safe(text.strip())))
    return as_safe(before.strip()), sections
