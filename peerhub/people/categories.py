"""The actor categories that a new deployment starts with; afterwards they are data."""

from typing import NamedTuple

from peerhub.people.models import ActorCategory


class Category(NamedTuple):
    slug: str
    label_fr: str
    label_en: str
    plural_fr: str
    plural_en: str
    color_light: str
    color_dark: str


DEFAULTS = (
    Category("elected", "élu·e", "elected official", "élu·es", "elected officials", "#3a47a8", "#a9b4ff"),
    Category("agent", "agent·e", "agent", "agent·es", "agents", "#0b6d78", "#6fd3de"),
    Category("association", "association", "association", "associations", "associations", "#a14a07", "#f3aa6c"),
    Category("business", "acteur économique", "business", "acteurs économiques", "businesses", "#86307a", "#e79adb"),
    Category("research", "recherche", "research", "recherche", "research", "#576312", "#c3d06a"),
    Category(
        "state",
        "service de l’État",
        "state service",
        "services de l’État",
        "state services",
        "#4a5568",
        "#b6c2d4",
    ),
    Category("resident", "habitant·e", "resident", "habitant·es", "residents", "#a82b55", "#f598b7"),
)


def ensure_categories() -> None:
    """Create the missing defaults; never touch one that was edited."""
    for position, category in enumerate(DEFAULTS, start=1):
        ActorCategory.objects.get_or_create(slug=category.slug, defaults={**category._asdict(), "position": position})
