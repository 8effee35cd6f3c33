"""What is taken, by extension; and the sentences that say so."""

from django.conf import settings
from django.utils.translation import gettext as _

# What a picture may come as. It is written again as JPEG, PNG or WebP, whatever its name said.
IMAGE_EXTENSIONS = ("jpg", "jpeg", "png", "webp", "gif", "avif")
ODF = {
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
}
_OOXML = "application/vnd.openxmlformats-officedocument"
OOXML = {
    "docx": f"{_OOXML}.wordprocessingml.document",
    "xlsx": f"{_OOXML}.spreadsheetml.sheet",
    "pptx": f"{_OOXML}.presentationml.presentation",
}
TEXTS = {"txt": "text/plain", "csv": "text/csv", "md": "text/markdown"}
DOCUMENTS = {"pdf": "application/pdf", **ODF, **OOXML, **TEXTS}
# For the file picker of browsers.
ACCEPT = ",".join(f".{extension}" for extension in (*IMAGE_EXTENSIONS, *DOCUMENTS))
# In the middle of a name (« facture.exe.pdf »), these would be shown as the end of it where endings are hidden.
MISLEADING = frozenset(
    {"exe", "com", "bat", "cmd", "scr", "msi", "js", "jse", "vbs", "vbe", "ps1", "jar", "sh", "php", "html", "htm"}
    | {"svg", "hta", "lnk", "app", "apk", "dll", "iso", "zip", "docm", "xlsm", "pptm"}
)


def max_bytes(extension: str) -> int:
    is_image = extension in IMAGE_EXTENSIONS
    return (settings.FILE_IMAGE_MEGABYTES if is_image else settings.FILE_DOCUMENT_MEGABYTES) * 1_000_000


def accepted_sentence() -> str:
    return _(
        "Formats acceptés : images (JPEG, PNG, WebP, GIF, AVIF), PDF, documents LibreOffice (odt, ods, odp) et Office "
        "(docx, xlsx, pptx), textes (txt, csv, md)."
    )


def limits_sentence() -> str:
    """« Images : 10 Mo au plus. Documents : 25 Mo au plus. »"""
    return _("Images : %(images)s Mo au plus. Documents : %(documents)s Mo au plus.") % {
        "images": settings.FILE_IMAGE_MEGABYTES,
        "documents": settings.FILE_DOCUMENT_MEGABYTES,
    }
