"""Page-shaped reads of moderation. Each raises the model's `DoesNotExist` for what the person may not see."""

from peerhub.moderation.queries.audience import animators_who_judge, has_judge, judgeable_count
from peerhub.moderation.queries.cases import CasePage, case_page, history_of
from peerhub.moderation.queries.own import OwnCase, own_case, own_page
from peerhub.moderation.queries.queue import QueueFilters, QueuePage, queue_page, sealed_count
from peerhub.moderation.queries.settings import answers_of, duty_turns, journal_page

__all__ = [
    "CasePage",
    "OwnCase",
    "QueueFilters",
    "QueuePage",
    "animators_who_judge",
    "answers_of",
    "case_page",
    "duty_turns",
    "has_judge",
    "history_of",
    "journal_page",
    "judgeable_count",
    "own_case",
    "own_page",
    "queue_page",
    "sealed_count",
]
