"""What is printed of a session: the attendance sheet to sign, and a person's certificate. PDF, A4, one font that knows
every French letter."""

from collections.abc import Sequence
from io import BytesIO
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from sessions.half_days import HalfDay
from sessions.queries.around import AttendanceSheet

_FONT, _BOLD = "Vera", "VeraBd"
for _name in (_FONT, _BOLD):
    pdfmetrics.registerFont(TTFont(_name, f"{_name}.ttf"))
TITLE = ParagraphStyle("title", fontName=_BOLD, fontSize=16, leading=21, spaceAfter=3 * mm)
TEXT = ParagraphStyle("text", fontName=_FONT, fontSize=9.5, leading=13)
LARGE = ParagraphStyle("large", fontName=_FONT, fontSize=12, leading=20)
_HEAD = ParagraphStyle("head", fontName=_BOLD, fontSize=8.5, leading=11)


def attendance_pdf(sheet: AttendanceSheet, *, title: str, span: str, network: str, blank_rows: int = 3) -> bytes:
    """The list to sign, a column for each half-day; who was noted present has it written."""
    head = [_("Nom"), _("Au titre de"), *(part.words for part in sheet.parts)]
    rows = [[_cell(word, _HEAD) for word in head]]
    for person in sheet.people:
        hat = str(person.category.label) if person.category else _("Invité·e")
        signs = [_("présent·e") if part.number in person.present else "" for part in sheet.parts]
        rows.append([_cell(word, TEXT) for word in (person.name, hat, *signs)])
    rows += [[_cell("", TEXT)] * len(head)] * blank_rows
    page = landscape(A4)
    width = page[0] - 30 * mm
    names = min(60 * mm, width / 3)
    widths = [names, 45 * mm, *[(width - names - 45 * mm) / len(sheet.parts)] * len(sheet.parts)]
    table = Table(rows, colWidths=widths, rowHeights=[None, *[11 * mm] * (len(rows) - 1)], repeatRows=1)
    table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.grey), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]))
    head_lines = [Paragraph(escape(title), TITLE), Paragraph(escape(f"{network} · {span}"), TEXT), Spacer(1, 5 * mm)]
    return document([*head_lines, table], title=_("Feuille d’émargement"), page=page)


def certificate_pdf(*, name: str, title: str, span: str, network: str, parts: Sequence[HalfDay], today: str) -> bytes:
    """That a person was there, in which half-days."""
    lines = [
        Spacer(1, 40 * mm),
        Paragraph(escape(_("Attestation de participation")), TITLE),
        Spacer(1, 8 * mm),
        Paragraph(
            escape(
                _("%(network)s atteste que %(name)s a participé à « %(title)s », %(span)s.")
                % {"network": network, "name": name, "title": title, "span": span}
            ),
            LARGE,
        ),
        Spacer(1, 6 * mm),
        Paragraph(escape(_("Demi-journées suivies :")), LARGE),
        *[Paragraph("– " + escape(part.words), LARGE) for part in parts],
        Spacer(1, 12 * mm),
        Paragraph(escape(_("Établie le %(day)s.") % {"day": today}), LARGE),
    ]
    return document(lines, title=_("Attestation de participation"), page=A4)


def _cell(words: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(str(words)), style)


def document(parts: list[Flowable], *, title: str, page: tuple[float, float]) -> bytes:
    """The bytes of a PDF; whatever is printed on the platform is made by it."""
    out = BytesIO()
    margins = dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), 15 * mm)
    # `invariant`: the same facts give the same bytes.
    SimpleDocTemplate(out, pagesize=page, title=str(title), author="PeerHub", invariant=1, **margins).build(parts)
    return out.getvalue()
