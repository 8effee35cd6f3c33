"""The colours of tokens.css, computed: AA in both schemes for every pair that the components use."""

import re
from pathlib import Path

import pytest

from peerhub.people.categories import DEFAULTS, Category

TOKENS = Path("peerhub/ui/css/tokens.css").read_text()
BASE = TOKENS.split("@media (prefers-contrast")[0]
COLOURS = {
    name: {"light": light, "dark": dark}
    for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", BASE)
}
TEXT_PAIRS = [
    *[
        (ink, paper)
        for ink in ("ink", "ink-2", "brand", "warm", "sun", "danger")
        for paper in ("paper", "card", "sunk")
    ],
    ("on-brand", "brand"),
    ("on-brand", "brand-hover"),
    ("on-hero", "hero"),
    ("on-warm", "warm"),
    ("on-danger", "danger"),
    ("brand", "brand-soft"),
    ("warm", "warm-soft"),
    ("sun", "sun-soft"),
    ("danger", "danger-soft"),
    ("ink", "brand-soft"),
    ("ink", "warm-soft"),
    ("ink", "sun-soft"),
    ("ink", "danger-soft"),
    ("ink-2", "warm-soft"),
    ("ink-2", "sun-soft"),
    ("ink-2", "brand-soft"),
]
SHAPE_PAIRS = [("edge", "card"), ("edge", "paper"), ("edge", "sunk"), ("brand", "paper"), ("brand", "card")]


def channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def luminance(rgb: tuple[float, float, float]) -> float:
    red, green, blue = map(linear, rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def oklab(rgb: tuple[float, float, float]) -> tuple[float, float, float]:
    red, green, blue = map(linear, rgb)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def mixed(one: str, other: str, share: float) -> tuple[float, float, float]:
    """What color-mix(in oklab, one share, other) gives, as sRGB between 0 and 1."""
    pairs = zip(oklab(channels(one)), oklab(channels(other)), strict=True)
    lightness, a, b = (x * share + y * (1 - share) for x, y in pairs)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    mix = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    red, green, blue = (
        min(1.0, max(0.0, 12.92 * v if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055)) for v in mix
    )
    return red, green, blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_reads_on_its_ground(text: str, ground: str, scheme: str) -> None:
    assert contrast(channels(COLOURS[text][scheme]), channels(COLOURS[ground][scheme])) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), SHAPE_PAIRS)
def test_edges_of_controls_are_seen(shape: str, ground: str, scheme: str) -> None:
    assert contrast(channels(COLOURS[shape][scheme]), channels(COLOURS[ground][scheme])) >= 3


@pytest.mark.parametrize("ground", ["paper", "card", "sunk"])
@pytest.mark.parametrize("category", DEFAULTS, ids=lambda category: category.slug)
def test_category_colours_read_as_text_and_in_avatars(category: Category, ground: str) -> None:
    for scheme, colour in (("light", category.color_light), ("dark", category.color_dark)):
        assert contrast(channels(colour), channels(COLOURS[ground][scheme])) >= 4.5
        assert contrast(channels(colour), mixed(colour, COLOURS["card"][scheme], 0.13)) >= 4.5
