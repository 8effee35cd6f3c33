"""The components of the interface as template tags: `{% load ui %}`.

An argument that a component does not know is a template error. docs/ui.md lists them with their signatures.
"""

from peerhub.ui.components import acts, entry, identity, parts, places, shapes, shell, surfaces
from peerhub.ui.components.base import register
from peerhub.ui.components.identity import avatar, circle_badge, hat, icon

__all__ = [
    "acts",
    "avatar",
    "circle_badge",
    "entry",
    "hat",
    "icon",
    "identity",
    "parts",
    "places",
    "register",
    "shapes",
    "shell",
    "surfaces",
]
