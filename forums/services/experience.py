"""Experience reports: their fields, and the one text that the opening post is written from."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.text import capfirst

from forums.models import ExperienceReport, Topic
from peerhub.text.markdown import clean_source

SECTIONS = ("context", "actions", "results", "lessons")
FACTS = ("cost", "contact")


@dataclass(frozen=True)
class ReportFields:
    """What a report is made of, as it was typed (Markdown; one line for the facts)."""

    context: str
    actions: str
    results: str
    lessons: str = ""
    cost: str = ""
    contact: str = ""

    @classmethod
    def of(cls, values: Any) -> "ReportFields":
        """From a row, or from the mapping of a form."""
        get = values.get if isinstance(values, dict) else lambda name: getattr(values, name)
        return cls(**{name: clean_source(get(name) or "").strip() for name in (*SECTIONS, *FACTS)})


def compose_report(report: ReportFields | ExperienceReport) -> str:
    """The Markdown of the opening post: a heading for each section that was filled in, then the facts as a list.

    In the language of the platform, whoever writes: the reader should not meet two languages of headings.
    """
    with translation.override(settings.LANGUAGE_CODE):
        sections = [f"# {_label(name)}\n\n{text}" for name in SECTIONS if (text := getattr(report, name).strip())]
        facts = [f"- **{_label(name)}** : {text}" for name in FACTS if (text := getattr(report, name).strip())]
    if facts:
        sections.append("---\n\n" + "\n".join(facts))
    return "\n\n".join(sections)


def with_rest(report: ReportFields, body: str) -> ReportFields:
    """The report whose text `body` begins with; what follows there (a file that came with it) joins the results, so
    that the fields say all that the text says."""
    rest = body.removeprefix(compose_report(report)).strip()
    return replace(report, results=f"{report.results}\n\n{rest}") if rest else report


def keep_report(*, topic: Topic, fields: ReportFields) -> ExperienceReport:
    """Write the fields beside a topic that was just opened, in the caller's transaction."""
    return ExperienceReport.objects.create(topic=topic, **asdict(fields))


def update_report(*, topic: Topic, fields: ReportFields) -> str:
    """Replace the fields, in the caller's transaction, and return the new text of the opening post, which the caller
    renders and stores (with its revision)."""
    ExperienceReport.objects.update_or_create(topic=topic, defaults=asdict(fields))
    return compose_report(fields)


def _label(name: str) -> str:
    return str(capfirst(ExperienceReport._meta.get_field(name).verbose_name))  # type: ignore[union-attr]
