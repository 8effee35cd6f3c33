"""The marks of a directory entry: small facts of a person that are counted together, one bit for each.

One narrow number instead of many columns: all of them are counted in one pass.
"""

from mentoring.enums import SupportKind
from peerhub.people.enums import Language

# Offers help with something, and may be asked today: neither away, nor full, nor « not now ».
AVAILABLE = 1
LANGUAGES = {language.value: 2 << number for number, language in enumerate(Language)}
# What the person's organisation brings to the whole network.
SUPPORTS = {kind.value: 1 << (8 + number) for number, kind in enumerate(SupportKind)}


def values_in(marks: int, known: dict[str, int]) -> list[str]:
    """Those of `known` whose bit is set."""
    return [value for value, bit in known.items() if marks & bit]
