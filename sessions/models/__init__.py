"""Sessions and all that belongs to them: programmes, seats, polls, reminders, conclusions, attendance."""

from sessions.models.aftermath import Decision, Evaluated, Evaluation, Minutes, MinutesUpdate
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
from sessions.models.series import SessionSeries
from sessions.models.video import VideoRoom

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
    "Decision",
    "Delegate",
    "Enrolment",
    "Evaluated",
    "Evaluation",
    "GuestSeat",
    "LoweringRequest",
    "LoweringVoice",
    "Milestone",
    "Minutes",
    "MinutesUpdate",
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
    "SessionSeries",
    "VideoRoom",
]
