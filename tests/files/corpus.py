"""Files that are what they say, and files that lie: all built here, none is kept in the repository."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from PIL import ExifTags, Image, PngImagePlugin

from peerhub.files.formats import ODF, OOXML

# Words that must never come out of a picture again.
PLANTED = (b"zqgpszq", b"zqcommentzq", b"zqxmpzq", b"zqiccname", b"<script", b"<?php", b"PK\x03\x04")


def picture(form: str = "PNG", size: tuple[int, int] = (40, 30), mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    image = Image.linear_gradient("L").resize(size).convert(mode)
    image.save(out, form, **options)
    return out.getvalue()


def telephone_photo() -> bytes:
    """A JPEG held sideways, with a place, a maker, a comment, XMP and a colour profile."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Make] = "zqgpszq"
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef], place[ExifTags.GPS.GPSLatitude] = "N", (48.0, 51.0, 24.0)
    place[ExifTags.GPS.GPSAreaInformation] = b"ASCII\0\0\0zqgpszq"
    return picture(
        "JPEG",
        (60, 40),
        exif=exif,
        comment=b"zqcommentzq",
        xmp=b"<x:xmpmeta>zqxmpzq</x:xmpmeta>",
        icc_profile=b"zqiccname" + bytes(200),
    )


def png_with_texts() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "zqcommentzq")
    info.add_itxt("XML:com.adobe.xmp", "zqxmpzq", zip=True)
    return picture("PNG", pnginfo=info, icc_profile=b"zqiccname" + bytes(200))


def moving_gif(frames: int = 5) -> bytes:
    out = io.BytesIO()
    first, *rest = [Image.new("P", (32, 20), color) for color in range(frames)]
    first.save(out, "GIF", save_all=True, append_images=rest, comment=b"zqcommentzq")
    return out.getvalue()


def huge_png(width: int = 60_000, height: int = 60_000) -> bytes:
    """A file of a hundred bytes that announces 3.6 billion pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack("!L", len(data)) + kind + data + struct.pack("!L", zlib.crc32(kind + data))

    header = struct.pack("!LLBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(30))) + chunk(b"IEND", b"")
    )


def pdf(inside: bytes = b"", after: bytes = b"") -> bytes:
    return b"%PDF-1.7\n" + inside + b"\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n" + after


def zipped(members: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def odf(extension: str = "odt", **more: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", ODF[extension], zipfile.ZIP_STORED)
        archive.writestr("content.xml", "<office:document-content/>")
        for name, content in more.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}


def ooxml(extension: str = "docx", more: Mapping[str, bytes] | None = None, types: str = "") -> bytes:
    declared = types or f'<Override ContentType="{OOXML[extension]}.main+xml"/>'
    return zipped({"[Content_Types].xml": declared.encode(), _PARTS[extension]: b"<w/>", **(more or {})})


def bomb_of_ratio() -> bytes:
    return ooxml(more={"word/media/zero.bin": bytes(40_000_000)})


def bomb_of_bombs() -> bytes:
    inner = zipped({"zero": bytes(900_000)})
    middle = zipped({f"{number}.xlsx": inner for number in range(5)}, zipfile.ZIP_STORED)
    return ooxml(more={"word/embeddings/a.xlsx": middle})


def bomb_of_members() -> bytes:
    return ooxml(more={f"word/media/{number}.xml": b"" for number in range(3_200)})


def bomb_of_total() -> bytes:
    """Each member is bearable, all together are not."""
    piece = bytes(900_000)
    return ooxml(more={f"word/media/{number}.xml": piece for number in range(240)})


def lying_header() -> bytes:
    """The directory says 10 bytes where a million come out."""
    content = bytearray(ooxml(more={"word/media/a.bin": bytes(1_000_000)}))
    place = content.rfind(b"word/media/a.bin") - 46
    assert content[place : place + 4] == b"PK\x01\x02"
    struct.pack_into("<L", content, place + 24, 10)
    return bytes(content)


def overlapping() -> bytes:
    """Two members that share their bytes, as the archives that unpack without end do."""
    content = bytearray(ooxml(more={"word/a.xml": b"a" * 500, "word/b.xml": b"a" * 500}))
    a, b = (content.rfind(name) - 46 for name in (b"word/a.xml", b"word/b.xml"))
    content[b + 42 : b + 46] = content[a + 42 : a + 46]
    return bytes(content)


def link_inside() -> bytes:
    out = io.BytesIO(ooxml())
    with zipfile.ZipFile(out, "a") as archive:
        link = zipfile.ZipInfo("word/link.xml")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return out.getvalue()


def encrypted_flag() -> bytes:
    content = bytearray(ooxml())
    place = content.find(b"PK\x01\x02")
    content[place + 8] |= 1
    return bytes(content)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
SCRIPT_ZIP = zipped({"index.html": HTML})

# name, content: what is taken.
GOOD: dict[str, tuple[str, bytes]] = {
    "jpeg": ("photo.jpg", picture("JPEG")),
    "jpeg, sideways, with all that telephones add": ("IMG_0042.JPG", telephone_photo()),
    "jpeg, cmyk": ("affiche.jpeg", picture("JPEG", mode="CMYK")),
    "png": ("plan.png", picture("PNG")),
    "png, transparent": ("logo.png", picture("PNG", mode="RGBA")),
    "png, of a palette": ("logo.png", picture("PNG", mode="P")),
    "png, black and white": ("scan.png", picture("PNG", mode="1")),
    "png, 16 bits": ("scan.png", picture("PNG", mode="I;16")),
    "png with texts": ("plan.png", png_with_texts()),
    "webp": ("plan.webp", picture("WEBP")),
    "gif, moving": ("demo.gif", moving_gif()),
    "avif": ("photo.avif", picture("AVIF")),
    "a picture under the name of another": ("photo.png", picture("JPEG")),
    "a picture under the name of a document": ("photo.pdf", picture("JPEG")),
    "pdf": ("Budget.pdf", pdf()),
    "odt": ("note.odt", odf("odt")),
    "ods": ("note.ods", odf("ods")),
    "odp": ("note.odp", odf("odp")),
    "docx": ("note.docx", ooxml("docx")),
    "xlsx": ("note.xlsx", ooxml("xlsx")),
    "pptx": ("note.pptx", ooxml("pptx")),
    "docx with a sheet inside": ("note.docx", ooxml(more={"word/embeddings/a.xlsx": ooxml("xlsx")})),
    "txt": ("note.txt", "Élu·e, accent, €\r\n\tfin".encode()),
    "txt of Windows": ("note.txt", "Réunion à 14 h, 30 €".encode("cp1252")),
    "csv": ("liste.csv", b"nom;ville\nAwa;Orsenne\n"),
    "md": ("note.md", b"# Titre\n\n<script>alert(1)</script>\n"),
    # Polyglots that lose their second life when the picture is written again.
    "gif and javascript": ("a.gif", moving_gif(1)[:6] + moving_gif(1)[6:] + b"/*<script>*/=1;alert(1)"),
    "jpeg and php": ("a.jpg", picture("JPEG") + b"<?php system($_GET[0]); ?>"),
    "jpeg with php in its comment": ("a.jpg", picture("JPEG", comment=b"<?php system($_GET[0]); ?>")),
    "png and zip": ("a.png", picture("PNG") + SCRIPT_ZIP),
    "png and html": ("a.png", picture("PNG") + HTML),
}

# name, content, and a piece of the sentence: what is refused.
_EMPTY, _FORMAT = "Ce fichier est vide.", "Formats acceptés : images (JPEG"
_NOT_IMAGE, _BROKEN_IMAGE, _BIG = "n’est pas une image", "abîmée ou incomplète", "trop grande"
_PDF_MORE, _NOT_PDF, _PDF_CUT = "contient autre chose qu’un PDF", "n’est pas un PDF", "Ce PDF est incomplet"
_BOMB, _BROKEN, _MACROS, _PROGRAM = (
    "prend une taille démesurée",
    "abîmé ou protégé",
    "contient des macros",
    "un programme ou une",
)
_NOT_TEXT, _NOT_OFFICE = "n’est pas un texte", "n’est pas un document"
BAD: dict[str, tuple[str, bytes, str]] = {
    "nothing": ("photo.jpg", b"", _EMPTY),
    "nothing, as text": ("note.txt", b"", _EMPTY),
    "svg with a script": ("logo.svg", SVG, _FORMAT),
    "svg under the name of a png": ("logo.png", SVG, _NOT_IMAGE),
    "svg, gzipped": ("logo.svgz", zlib.compress(SVG), _FORMAT),
    "html": ("page.html", HTML, _FORMAT),
    "html under the name of a jpeg": ("page.jpg", HTML, _NOT_IMAGE),
    "a program": ("setup.exe", b"MZ\x90\0" + bytes(100), _FORMAT),
    "a program under the name of a pdf": ("facture.pdf", b"MZ\x90\0" + bytes(100), _NOT_PDF),
    "a program behind two endings": ("facture.pdf.exe", pdf(), _FORMAT),
    "a program under the name of a text": ("lisez-moi.txt", b"MZ\x90\0" + bytes(100), _NOT_TEXT),
    "a program of Linux as a sheet": ("liste.csv", b"\x7fELF" + bytes(100), _NOT_TEXT),
    "no ending": ("fichier", b"abc", _FORMAT),
    "an archive": ("tout.zip", SCRIPT_ZIP, _FORMAT),
    "an archive under the name of a docx": ("tout.docx", SCRIPT_ZIP, _PROGRAM),
    "another archive under the name of a docx": ("tout.docx", zipped({"a.txt": b"a"}), _NOT_OFFICE),
    "an archive as text": ("tout.txt", SCRIPT_ZIP, _NOT_TEXT),
    "bmp": ("a.bmp", picture("BMP"), _FORMAT),
    "tiff under the name of a png": ("a.png", picture("TIFF"), _NOT_IMAGE),
    "eps": ("a.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n", _FORMAT),
    "a huge picture in a small file": ("a.png", huge_png(), _BIG),
    "a long picture": ("a.png", huge_png(2_000_000_000, 1), _BIG),
    "jpeg, cut": ("a.jpg", picture("JPEG", (400, 300))[:900], _BROKEN_IMAGE),
    "png, cut": ("a.png", picture("PNG", (400, 300))[:200], _BROKEN_IMAGE),
    "webp, cut": ("a.webp", picture("WEBP", (400, 300))[:100], _BROKEN_IMAGE),
    "avif, cut": ("a.avif", picture("AVIF", (400, 300))[:200], _BROKEN_IMAGE),
    "gif, its head alone": ("a.gif", b"GIF89a", _BROKEN_IMAGE),
    "pdf after html": ("a.pdf", HTML + pdf(), _NOT_PDF),
    "pdf with html at its head": ("a.pdf", pdf(inside=HTML), _PDF_MORE),
    "pdf and zip": ("a.pdf", pdf(after=SCRIPT_ZIP), _PDF_MORE),
    "pdf, cut": ("a.pdf", pdf()[:30], _PDF_CUT),
    "zip before a pdf": ("a.pdf", SCRIPT_ZIP + pdf(), _NOT_PDF),
    "html before an odt": ("a.odt", HTML + odf(), _BROKEN),
    "odt under the name of an ods": ("a.ods", odf("odt"), _NOT_OFFICE),
    "odt whose mark is not first": (
        "a.odt", zipped({"content.xml": b"<a/>", "mimetype": ODF["odt"].encode()}, zipfile.ZIP_STORED), _NOT_OFFICE,
    ),
    "odt with macros": ("a.odt", odf(Basic__Standard__Module1=b"Sub Main"), _MACROS),
    "docx with macros": ("a.docx", ooxml(more={"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}), _MACROS),
    "docm under the name of a docx": (
        "a.docx", ooxml(types="application/vnd.ms-word.document.macroEnabled.main+xml"), _MACROS,
    ),
    "docm": ("a.docm", ooxml(), _FORMAT),
    "old doc": ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), _FORMAT),
    "xlsx under the name of a docx": ("a.docx", ooxml("xlsx"), _NOT_OFFICE),
    "docx with a program": ("a.docx", ooxml(more={"word/embeddings/setup.exe": b"a"}), _PROGRAM),
    "docx with a program under another name": ("a.docx", ooxml(more={"word/media/a.png": b"MZ\x90"}), _PROGRAM),
    "docx with an archive": ("a.docx", ooxml(more={"word/media/a.zip": b"a"}), _PROGRAM),
    "docx whose member climbs": ("a.docx", ooxml(more={"../../etc/cron.d/a.xml": b"a"}), _BROKEN),
    "docx whose member is absolute": ("a.docx", ooxml(more={"/etc/a.xml": b"a"}), _BROKEN),
    "docx whose member has a drive": ("a.docx", ooxml(more={"C:/a.xml": b"a"}), _BROKEN),
    "docx with a link": ("a.docx", link_inside(), _BROKEN),
    "docx, encrypted": ("a.docx", encrypted_flag(), _BROKEN),
    "docx, cut": ("a.docx", ooxml()[:200], _BROKEN),
    "docx without types": ("a.docx", zipped({"word/document.xml": b"<w/>"}), _NOT_OFFICE),
    "bomb of ratio": ("a.docx", bomb_of_ratio(), _BOMB),
    "bomb of bombs": ("a.docx", bomb_of_bombs(), _BOMB),
    "bomb of members": ("a.docx", bomb_of_members(), _BOMB),
    "bomb of total": ("a.docx", bomb_of_total(), _BOMB),
    "a member that lies about its size": ("a.docx", lying_header(), _BROKEN),
    "members that overlap": ("a.docx", overlapping(), _BOMB),
    "text with a nul": ("a.txt", b"abc\0def", _NOT_TEXT),
    "random bytes as text": ("a.txt", b"\x81\x8d\x8f\x90", _NOT_TEXT),
}  # fmt: skip
