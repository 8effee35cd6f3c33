"""Names of files: as people wrote them, without what could mislead or break an address."""

import re
import unicodedata

from peerhub.files.formats import MISLEADING
from peerhub.files.models import NAME_MAX_LENGTH

# Controls, marks that turn the direction of writing or show nothing, surrogates, and what no system takes in a name.
_DROPPED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_FORBIDDEN = re.compile(r'[<>:"|?*#%\[\]`]+')
_BLANKS = re.compile(r"\s+")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


def extension_of(name: str) -> str:
    """« Budget 2026.PDF » -> "pdf"; "" without one."""
    _stem, dot, extension = _visible(name).rpartition(".")
    return extension.strip().lower() if dot and extension.strip().isalnum() else ""


def clean_name(name: str, extension: str) -> str:
    """The name as it is kept and shown: accents stay, parts of a path go, and it ends as its content does.

    At most NAME_MAX_LENGTH characters; never empty.
    """
    name = _visible(name)
    stem = name.rpartition(".")[0] if extension_of(name) else name
    stem = _FORBIDDEN.sub("-", stem)
    stem = "-".join(_joined(stem.split("."))).strip(" .-_")
    if not stem or _DEVICE.fullmatch(stem):
        stem = "fichier"
    return f"{stem[: NAME_MAX_LENGTH - len(extension) - 1].rstrip(' .')}.{extension}"


def discreet_name(name: str) -> str:
    """What stands in the addresses of a confidential circle, which logs and histories keep: nothing of the name."""
    return f"fichier.{extension_of(name)}"


def _visible(name: str) -> str:
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    shown = "".join(c if c in "\t\n\r" or unicodedata.category(c) not in _DROPPED_CATEGORIES else "" for c in name)
    return _BLANKS.sub(" ", shown).strip()


def _joined(parts: list[str]) -> list[str]:
    """The parts between dots; dots stay, but before what would pass for an ending of its own."""
    kept: list[str] = []
    for part in parts:
        if kept and part.strip().lower() not in MISLEADING:
            kept[-1] += f".{part}"
        else:
            kept.append(part)
    return kept
