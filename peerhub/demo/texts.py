"""The invented texts of `content/`, read into typed values."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

CONTENT = Path(__file__).resolve().parent / "content"


@dataclass(frozen=True)
class CircleText:
    """Whom something is open to: `kind` is public, network or category."""

    kind: str
    category: str | None
    is_confidential: bool


@dataclass(frozen=True)
class PostText:
    category: str
    body: str
    hours: float  # after the previous post of its topic
    is_answer: bool
    voice: str  # the same voice in one topic is the same person; "" is someone new
    gender: str  # "f", "m", or "" when the text does not show it
    title: str  # the job that the text takes for granted, or ""


@dataclass(frozen=True)
class TopicText:
    title: str
    kind: str
    days_ago: float
    is_pinned: bool
    posts: tuple[PostText, ...]


@dataclass(frozen=True)
class ThemeText:
    network: str
    slug: str
    title: str
    introduction: str
    circle: CircleText
    topics: tuple[TopicText, ...]


@dataclass(frozen=True)
class SessionText:
    network: str
    title: str
    format: str
    circle: CircleText
    description: str
    days: int  # from today; negative is past
    hour: int
    minute: int
    duration_minutes: int
    capacity: int | None
    place: str
    link: str
    fill: float  # share of the seats that are taken
    moment: str  # "soon" and "tomorrow" overrule `days` and the hour of the day
    max_per_delegation: int | None
    preparation: tuple[tuple[str, str], ...]  # category and words of who writes in the thread of the session


@dataclass(frozen=True)
class DelegationText:
    slug: str
    name: str
    population: int
    territory_kind: str
    composition: dict[str, int]


def read(name: str) -> Any:
    return json.loads((CONTENT / name).read_text(encoding="utf-8"))


@cache
def networks() -> tuple[dict[str, Any], ...]:
    return tuple(read("themes.json")["networks"])


@cache
def themes() -> tuple[ThemeText, ...]:
    return tuple(
        ThemeText(
            network=row["network"],
            slug=row["slug"],
            title=row["title"],
            introduction=row["intro"],
            circle=_circle(row["circle"]),
            topics=tuple(_topic(topic) for topic in read(row["topics_file"])["topics"]),
        )
        for row in read("themes.json")["themes"]
    )


@cache
def delegations() -> tuple[DelegationText, ...]:
    return tuple(
        DelegationText(row["slug"], row["name"], row["population"], row["territory_kind"], row["composition"])
        for row in read("delegations.json")["delegations"]
    )


@cache
def sessions() -> tuple[SessionText, ...]:
    """The sessions, those of the days between peers among them."""
    file = read("sessions.json")
    found = [_session(row) for row in file["sessions"]]
    for day in file["peer_days"]:
        shared = {"network": day["network"], "starts_in_days": day["starts_in_days"]}
        found += [_session({**group, **shared, "fill": 0.8}) for group in day["groups"]]
        agora = {"circle": {"kind": "network", "category": None, "confidential": False}, "mode": "place", "fill": 0.5}
        found.append(_session({**agora, **day["agora"], **shared, "place": "Halle de l’ancienne manufacture"}))
    return tuple(found)


def _circle(row: dict[str, Any]) -> CircleText:
    return CircleText(row["kind"], row["category"], row["confidential"])


def _topic(row: dict[str, Any]) -> TopicText:
    return TopicText(
        title=row["title"],
        kind=row["kind"],
        days_ago=row["days_ago"],
        is_pinned=row.get("pinned", False),
        posts=tuple(
            PostText(
                category=post["author_category"],
                body=post["body"],
                hours=post["hours_after_previous"],
                is_answer=post.get("answer", False),
                voice=post.get("voice") or "",
                gender=post.get("gender") or "",
                title=post.get("title") or "",
            )
            for post in row["posts"]
        ),
    )


def _session(row: dict[str, Any]) -> SessionText:
    hour, minute = (int(part) for part in row["starts_at"].split(":"))
    return SessionText(
        network=row["network"],
        title=row["title"],
        format={"field_day": "field"}.get(row["format"], row["format"]),
        circle=_circle(row["circle"]),
        description=row["description"],
        days=row["starts_in_days"],
        hour=hour,
        minute=minute,
        duration_minutes=row["duration_minutes"],
        capacity=row["capacity"],
        place=row.get("place") or "",
        link=row.get("link") or "",
        fill=row["fill"],
        moment=row.get("moment", ""),
        max_per_delegation=row.get("max_per_delegation"),
        preparation=tuple((post["author_category"], post["body"]) for post in row.get("prep", [])),
    )
