"""Pictures, written again: what leaves here holds pixels and nothing else.

Whatever hides in a picture (place, camera, comments, a program after the last byte) stays behind, because the file
that is kept is made anew from its pixels.
"""

import io
from dataclasses import dataclass
from typing import IO, Any

from django.utils.translation import gettext as _
from PIL import ExifTags, Image

from peerhub.files.errors import BadFile
from peerhub.files.models import THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH

# A telephone of today makes 50 million; decoded, each takes up to four bytes of a worker's memory.
MAX_PIXELS = 52_000_000
MAX_SIDE = 2560
_READ = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
# What it is kept as: a photograph stays one, a drawing keeps its sharp edges, and rarer kinds become common ones.
_KEPT = {"JPEG": ("JPEG", "jpg"), "PNG": ("PNG", "png"), "GIF": ("PNG", "png"), "WEBP": ("WEBP", "webp")}
_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_OPTIONS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 85, "progressive": True},
    "PNG": {"optimize": False},
    "WEBP": {"quality": 82},
}
# Pillow's own table of the ways a telephone may have been held, of which `ImageOps.exif_transpose` wants a whole copy.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")

# The bound is ours, above, and it refuses where Pillow's would warn.
Image.MAX_IMAGE_PIXELS = None


@dataclass(frozen=True)
class Picture:
    content: bytes
    content_type: str
    extension: str
    width: int
    height: int
    thumbnail: bytes
    thumbnail_width: int
    thumbnail_height: int


def looks_like_image(head: bytes) -> bool:
    """Whether the first bytes (12 at least) are those of a picture that we read."""
    if head[:4] == b"RIFF":
        return head[8:12] == b"WEBP"
    return head.startswith(_SIGNATURES) or (head[4:8] == b"ftyp" and head[8:12] in {b"avif", b"avis"})


def redraw(content: IO[bytes]) -> Picture:
    """The picture, upright, without metadata, MAX_SIDE at most; of a moving one, its first frame. Raises `BadFile`."""
    try:
        with Image.open(content, formats=_READ) as opened:
            _require_bearable(opened)
            opened.draft("RGB", (MAX_SIDE, MAX_SIDE))  # a JPEG is decoded at the size that will do
            form, extension = _KEPT.get(opened.format or "", ("WEBP", "webp"))
            pixels = _bare(opened)
        kept = _encode(pixels.convert("RGB") if form == "JPEG" else pixels, form)
        small = pixels.copy()
        small.thumbnail((THUMBNAIL_WIDTH, THUMBNAIL_HEIGHT), Image.Resampling.LANCZOS)
        return Picture(kept, _TYPES[form], extension, *pixels.size, _encode(small, "WEBP"), *small.size)
    except BadFile:
        raise
    except Exception as error:  # decoders meet broken files with errors of every class
        raise BadFile(_("Cette image est abîmée ou incomplète : elle n’a pas pu être lue.")) from error


def _require_bearable(opened: Image.Image) -> None:
    """Before anything is decoded: a file of a few bytes may announce a picture of a gigabyte."""
    width, height = opened.size
    if width < 1 or height < 1 or width * height > MAX_PIXELS:
        raise BadFile(
            _("Cette image est trop grande : %(width)s × %(height)s pixels. Réduisez-la, puis réessayez.")
            % {"width": width, "height": height}
        )


def _bare(image: Image.Image) -> Image.Image:
    """Small enough and upright, of three or four channels, carrying nothing of where it comes from."""
    image.load()
    turn = _TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    if image.mode.startswith(("I", "F")):  # sixteen bits, of scanners
        image = image.convert("F").point(lambda value: value * (1 / 256)).convert("L")
    has_alpha = image.mode in {"RGBA", "LA", "PA", "RGBa", "La"} or "transparency" in image.info
    image = image.convert("RGBA" if has_alpha else "RGB")
    image.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    if turn is not None:
        image = image.transpose(turn)
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    return bare


def _encode(image: Image.Image, form: str) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **_OPTIONS[form])
    return out.getvalue()
