"""Documents: kept as they are, once their content agrees with their ending and holds nothing that runs."""

import codecs
import io
from collections.abc import Callable
from typing import IO

from django.utils.translation import gettext as _

from peerhub.files.errors import BadFile
from peerhub.files.formats import DOCUMENTS, ODF, OOXML, TEXTS, accepted_sentence
from peerhub.files.services.archives import inspect_office

_CHUNK = 256 * 1024
_PDF_TAIL = 2048
# A zip is read from its end: this far back, its directory may begin (a comment of 65,535 bytes after it).
_ZIP_END, _ZIP_TAIL = b"PK\x05\x06", 66_000
_MARKUP = (b"<script", b"<html", b"<!doctype", b"<svg", b"<?php", b"<body", b"<iframe")
# What a « text » begins with when it is none.
_BINARY = (
    b"%PDF",
    b"PK\x03\x04",
    b"MZ",
    b"\x7fELF",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
)
_CONTROLS = bytes(sorted(frozenset(range(32)) - {9, 10, 12, 13} | {127}))


def inspect_document(content: IO[bytes], extension: str) -> str:
    """The type of a document whose content is what its extension says. Raises `BadFile` for any other."""
    if extension not in DOCUMENTS:
        raise BadFile(_("Ce type de fichier n’est pas accepté.") + " " + accepted_sentence())
    content.seek(0)
    _CHECKS[extension](content, extension)
    return DOCUMENTS[extension]


def _check_pdf(content: IO[bytes], extension: str) -> None:
    head = content.read(1024)
    if not head.startswith(b"%PDF-"):
        raise BadFile(_("Ce fichier n’est pas un PDF, bien que son nom le dise."))
    size = content.seek(0, io.SEEK_END)
    content.seek(max(0, size - _ZIP_TAIL))
    tail = content.read()
    lowered = head.lower()
    if any(mark in lowered for mark in _MARKUP) or _ZIP_END in tail:
        raise BadFile(_("Ce PDF contient autre chose qu’un PDF : exportez-le de nouveau, puis réessayez."))
    if b"%%EOF" not in tail[-_PDF_TAIL:]:
        raise BadFile(_("Ce PDF est incomplet : exportez-le de nouveau, puis réessayez."))


def _check_text(content: IO[bytes], extension: str) -> None:
    """UTF-8, or the encoding of Windows that spreadsheets still write; nothing that a text does not hold."""
    if content.read(16).startswith(_BINARY) or not (_is_text(content, "utf-8") or _is_text(content, "cp1252")):
        raise BadFile(_("Ce fichier n’est pas un texte, bien que son nom le dise."))


def _is_text(content: IO[bytes], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    content.seek(0)
    try:
        while chunk := content.read(_CHUNK):
            if len(chunk.translate(None, _CONTROLS)) != len(chunk):
                return False
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


_CHECKS: dict[str, Callable[[IO[bytes], str], None]] = {
    "pdf": _check_pdf,
    **dict.fromkeys((*ODF, *OOXML), inspect_office),
    **dict.fromkeys(TEXTS, _check_text),
}
