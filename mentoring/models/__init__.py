"""Competences and evidence, the directory and its resource actors, needs, solicitations, mentorships, trainings."""

from mentoring.models.accompaniment import CheckIn, Feedback, MentorshipNote, Thanks
from mentoring.models.actors import OrganisationKeeper, Support, SupportContact
from mentoring.models.competences import (
    Competence,
    CompetenceBridge,
    CompetenceMerge,
    CompetenceProposal,
    DeclaredCompetence,
    MergedDeclaration,
)
from mentoring.models.directory import DirectoryChoices, DirectoryEntry
from mentoring.models.evidence import Evidence
from mentoring.models.introductions import (
    FreeSlot,
    Introduced,
    IntroducedPair,
    Introduction,
    IntroductionOptIn,
    IntroductionRound,
)
from mentoring.models.mentorships import GroupAsk, Mentorship, MentorshipMeeting, MentorshipPeer
from mentoring.models.needs import Need, NeedSuggestion, NeedTask
from mentoring.models.profiles import Absence, HierarchicalLink, KeptApart, MentoringProfile
from mentoring.models.solicitations import Solicitation
from mentoring.models.territories import TerritoryTraits
from mentoring.models.trainings import Training, TrainingAttendance, TrainingPlace, TrainingStep

__all__ = [
    "Absence",
    "CheckIn",
    "Competence",
    "CompetenceBridge",
    "CompetenceMerge",
    "CompetenceProposal",
    "DeclaredCompetence",
    "DirectoryChoices",
    "DirectoryEntry",
    "Evidence",
    "Feedback",
    "FreeSlot",
    "GroupAsk",
    "HierarchicalLink",
    "Introduced",
    "IntroducedPair",
    "Introduction",
    "IntroductionOptIn",
    "IntroductionRound",
    "KeptApart",
    "MentoringProfile",
    "Mentorship",
    "MentorshipMeeting",
    "MentorshipNote",
    "MentorshipPeer",
    "MergedDeclaration",
    "Need",
    "NeedSuggestion",
    "NeedTask",
    "OrganisationKeeper",
    "Solicitation",
    "Support",
    "SupportContact",
    "TerritoryTraits",
    "Thanks",
    "Training",
    "TrainingAttendance",
    "TrainingPlace",
    "TrainingStep",
]
