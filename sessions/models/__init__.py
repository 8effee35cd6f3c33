"""Sessions and all that belongs to them: programmes, seats, polls, reminders, conclusions, attendance."""

from sessions.models.around import (
    AgendaStep,
    Attendance,
    Charter,
    CharterAcceptance,
)
from sessions.models.conclusions import (
    Conclusion,
    ConclusionVoice,
    LoweringRequest,
    LoweringVoice,
    RevealVoice,
    Seal,
)
from sessions.models.peer_sessions import LINK_OPENS_BEFORE, TEXTS, PeerSession, PeerSessionQuerySet
from sessions.models.polls import DatePoll, PollAnswer, PollGuest, PollQuorum, PollSlot
from sessions.models.programmes import Delegate, Enrolment, Milestone, PeerDay, Programme
from sessions.models.registrations import GuestSeat, Registration, SeatEvent, SeatRule
from sessions.models.reminders import CalendarFeed, Reminder

__all__ = [
    "LINK_OPENS_BEFORE",
    "TEXTS",
    "AgendaStep",
    "Attendance",
    "CalendarFeed",
    "Charter",
    "CharterAcceptance",
    "Conclusion",
    "ConclusionVoice",
    "DatePoll",
    "Delegate",
    "Enrolment",
    "GuestSeat",
    "LoweringRequest",
    "LoweringVoice",
    "Milestone",
    "PeerDay",
    "PeerSession",
    "PeerSessionQuerySet",
    "PollAnswer",
    "PollGuest",
    "PollQuorum",
    "PollSlot",
    "Programme",
    "Registration",
    "Reminder",
    "RevealVoice",
    "Seal",
    "SeatEvent",
    "SeatRule",
]
