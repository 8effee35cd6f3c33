"""The certificate of a training, as a PDF: the paper of sessions, with the number that proves it."""

from xml.sax.saxutils import escape

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, Spacer

from mentoring.certified import Followed
from mentoring.queries.trainings import CertificateView
from mentoring.training_words import duration, title_of
from sessions.papers import LARGE, TEXT, TITLE, document

CODE = 32 * mm


def certificate_pdf(shown: CertificateView, *, address: str, today: str) -> bytes:
    """That a person followed a training; `address` answers whether it still holds."""
    facts = {
        "network": shown.says.network,
        "name": shown.says.name,
        "title": title_of(shown),
        "trainer": shown.says.trainer,
    }
    given = date_format(shown.place.certified_at, "j F Y") if shown.place.certified_at else ""
    sentence = _("%(network)s atteste que %(name)s a suivi la formation « %(title)s », proposée par %(trainer)s.")
    lines: list[Flowable] = [
        Spacer(1, 34 * mm),
        Paragraph(escape(_("Attestation de formation")), TITLE),
        Spacer(1, 8 * mm),
        Paragraph(escape(sentence % facts), LARGE),
        Spacer(1, 6 * mm),
    ]
    if not shown.is_confidential:
        lines.append(Paragraph(escape(_("Étapes suivies :")), LARGE))
        lines += [Paragraph("– " + escape(_line(step)), LARGE) for step in shown.says.steps]
    if shown.says.minutes:
        lines.append(Paragraph(escape(_("Durée : %(hours)s.") % {"hours": duration(shown.says.minutes)}), LARGE))
    lines += [
        Spacer(1, 8 * mm),
        Paragraph(escape(_("Obtenue le %(day)s. Imprimée le %(today)s.") % {"day": given, "today": today}), LARGE),
        Spacer(1, 14 * mm),
        _code(address),
        Paragraph(escape(_("Chacun·e peut vérifier cette attestation à cette adresse :")), TEXT),
        Paragraph(escape(address), TEXT),
    ]
    return document(lines, title=_("Attestation de formation"), page=A4)


def _line(step: Followed) -> str:
    return f"{step.title}, {date_format(step.day, 'j F Y')}" if step.day else step.title


def _code(address: str) -> Drawing:
    widget = QrCodeWidget(address, barWidth=CODE, barHeight=CODE)
    drawing = Drawing(CODE, CODE)
    drawing.add(widget)
    return drawing
