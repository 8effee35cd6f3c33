"""Office documents are zip archives: what is inside is counted, measured and looked at before one is kept."""

import io
import re
import shutil
import stat
import struct
import tempfile
import zipfile
import zlib
from typing import IO

from django.utils.translation import gettext as _

from peerhub.files.errors import BadFile
from peerhub.files.formats import ODF, OOXML

MAX_MEMBERS = 3_000
MAX_UNPACKED = 200_000_000
# Sheets of zeros pack a hundredfold; beyond this, a large member is a bomb.
MAX_RATIO, RATIO_FROM = 200, 1_000_000
MAX_DEPTH = 2
MAX_INNER = 30_000_000
MAX_DIRECTORY = 1_000_000
_CHUNK = 256 * 1024
_TAIL = 66_000  # the last record of an archive, and the longest comment after it
_ZIP = b"PK\x03\x04"
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27")
_MACROS = re.compile(
    r"(?:^|/)(?:vbaproject\.bin|vbadata\.xml|activex/.*|macrosheets/.*|basic/.*|scripts/.*)$", re.IGNORECASE
)
_RUNS = re.compile(
    r"\.(?:exe|dll|com|scr|bat|cmd|msi|ps1|vbs|vbe|js|jse|wsf|hta|jar|lnk|sh|py|php|html?|docm|xlsm|pptm|dotm|xltm|zip|rar|7z|gz)$",
    re.IGNORECASE,
)  # fmt: skip
_MAIN_PART = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
_BROKEN = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError)


class _Budget:
    """What may still be unpacked, of the document and of the documents inside of it."""

    def __init__(self) -> None:
        self.left = MAX_UNPACKED

    def take(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise _bomb()


def inspect_office(content: IO[bytes], extension: str) -> None:
    """Raise `BadFile` unless this is an office document of that ending, of bearable size, without programs."""
    names = _walk(content, _Budget(), depth=1)
    try:
        content.seek(0)
        with zipfile.ZipFile(content) as archive:
            is_right = _is_odf(archive, extension) if extension in ODF else _is_ooxml(archive, names, extension)
    except _BROKEN as error:
        raise _broken() from error
    if not is_right:
        raise BadFile(_("Ce fichier n’est pas un document %(kind)s, bien que son nom le dise.") % {"kind": extension})


def _walk(content: IO[bytes], budget: _Budget, depth: int) -> set[str]:
    """Look at every member, counting what really comes out; the names."""
    if depth > MAX_DEPTH:
        raise _bomb()
    try:
        content.seek(0)
        if content.read(4) != _ZIP:
            raise _broken()
        _require_small_directory(content)
        with zipfile.ZipFile(content) as archive:
            members = archive.infolist()
            _check_directory(members)
            for member in members:
                _check_member(archive, member, budget, depth)
            return {member.filename for member in members}
    except _BROKEN as error:
        raise _broken() from error
    except NotImplementedError as error:  # a compression that only rare programs write
        raise _broken() from error


def _require_small_directory(content: IO[bytes]) -> None:
    """Before it is read: a directory of half a million entries would take the memory of the process."""
    size = content.seek(0, io.SEEK_END)
    content.seek(max(0, size - _TAIL))
    tail = content.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) - end < 22 or b"PK\x06\x07" in tail:  # none, or one of archives beyond 4 GB
        raise _broken()
    (directory_size,) = struct.unpack_from("<L", tail, end + 12)
    if directory_size > MAX_DIRECTORY:
        raise _bomb()


def _check_directory(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
        raise _bomb()
    if len({member.filename for member in members}) != len(members):
        raise _broken()
    end = 0
    for member in sorted(members, key=lambda one: one.header_offset):
        if member.header_offset < end:  # members that share their bytes: a small file that is endless
            raise _bomb()
        end = member.header_offset + member.compress_size
    if any(_is_odd_name(member.filename) or member.flag_bits & 1 or _is_link(member) for member in members):
        raise _broken()
    if any(_MACROS.search(member.filename) for member in members):
        raise BadFile(_("Ce document contient des macros : enregistrez-le sans elles, puis réessayez."))
    if any(_RUNS.search(member.filename) for member in members):
        raise _programs()


def _check_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: _Budget, depth: int) -> None:
    if member.file_size > RATIO_FROM and member.file_size > MAX_RATIO * max(1, member.compress_size):
        raise _bomb()
    with archive.open(member) as opened:
        head = opened.read(16)
        budget.take(len(head))
        if head.startswith(_PROGRAMS):
            raise _programs()
        while chunk := opened.read(_CHUNK):
            budget.take(len(chunk))
    if head.startswith(_ZIP):  # a sheet inside of a text; copied, because an archive is read back and forth
        if member.file_size > MAX_INNER:
            raise _bomb()
        with archive.open(member) as inner, tempfile.TemporaryFile() as copy:
            shutil.copyfileobj(inner, copy)
            _walk(copy, budget, depth + 1)


def _is_odd_name(name: str) -> bool:
    parts = name.split("/")
    return name.startswith("/") or "\\" in name or ".." in parts or ":" in parts[0] or any(ord(c) < 32 for c in name)


def _is_link(member: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(member.external_attr >> 16)


def _is_odf(archive: zipfile.ZipFile, extension: str) -> bool:
    """The standard's own mark: the first member is `mimetype`, not packed, and says the kind."""
    first = min(archive.infolist(), key=lambda one: one.header_offset)
    if first.filename != "mimetype" or first.compress_type != zipfile.ZIP_STORED or first.file_size > 100:
        return False
    return archive.read(first).strip() == ODF[extension].encode()


def _is_ooxml(archive: zipfile.ZipFile, names: set[str], extension: str) -> bool:
    if not {"[Content_Types].xml", _MAIN_PART[extension]} <= names:
        return False
    types = archive.read("[Content_Types].xml")
    if b"macroenabled" in types.lower():
        raise BadFile(_("Ce document contient des macros : enregistrez-le sans elles, puis réessayez."))
    return OOXML[extension].encode() in types


def _bomb() -> BadFile:
    return BadFile(_("Ce document prend une taille démesurée quand on l’ouvre : il n’est pas accepté."))


def _broken() -> BadFile:
    return BadFile(_("Ce document est abîmé ou protégé par un mot de passe : il n’a pas pu être lu."))


def _programs() -> BadFile:
    return BadFile(_("Ce document contient un programme ou une archive : retirez-le, puis réessayez."))
