"""Closed vocabularies of sessions. Values are stable ASCII: they stand in rows, URLs and exports."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Format(models.TextChoices):
    PEER_GROUP = "peer_group", _("groupe de pairs")
    CODEVELOPMENT = "codevelopment", _("codéveloppement")
    AGORA = "agora", _("agora")
    THEMATIC = "thematic", _("journée thématique")
    TRAINING = "training", _("formation")
    WEBINAR = "webinar", _("webinaire")
    FIELD = "field", _("journée de terrain")


class SessionState(models.TextChoices):
    SCHEDULED = "scheduled", _("prévue")
    CANCELLED = "cancelled", _("annulée")


class SeriesScope(models.TextChoices):
    """How far an act on one date of a series reaches."""

    ONE = "one", _("cette date seulement")
    FOLLOWING = "following", _("cette date et les suivantes")
    ALL = "all", _("toutes les dates à venir")


class VideoProvider(models.TextChoices):
    """Who makes the room of a session by video. A link was made elsewhere; the others make theirs late."""

    LINK = "link", _("lien donné à l’avance")
    JITSI = "jitsi", _("salle Jitsi")
    BIG_BLUE_BUTTON = "bigbluebutton", _("salle BigBlueButton")


class RegistrationState(models.TextChoices):
    INVITED = "invited", _("sans réponse")
    REGISTERED = "registered", _("inscrit·e")
    WAITING = "waiting", _("en attente")
    OFFERED = "offered", _("place proposée")
    DECLINED = "declined", _("décliné")
    WITHDRAWN = "withdrawn", _("retiré·e")


class SeatEventKind(models.TextChoices):
    """What may happen to the seats of a session. `RULES` holds capacity, floors and ceilings as they became."""

    RULES = "rules", "rules"
    SEATED = "seated", "seated"
    QUEUED = "queued", "queued"
    OFFERED = "offered", "offered"
    PASSED = "passed", "offer declined or lapsed"
    LEFT = "left", "left"
    REPLACED = "replaced", "replaced"
    RELEASED = "released", "floors released"


class LeaversRule(models.TextChoices):
    """What becomes of the past for whom leaves a delegation."""

    KEEP = "keep", _("garde l’accès aux séances passées")
    LOSE = "lose", _("perd l’accès aux séances passées")


class MilestoneKind(models.TextChoices):
    DEADLINE = "deadline", _("échéance")
    FIELD = "field", _("journée de terrain")
    THEMATIC = "thematic", _("journée thématique")
    OTHER = "other", _("autre moment")


class DayPattern(models.TextChoices):
    """How the sessions of a peer day follow each other."""

    PARALLEL = "parallel", _("une demi-journée en parallèle par catégorie, puis une agora")
    SUCCESSIVE = "successive", _("une demi-journée après l’autre, puis une agora")
    AGORA = "agora", _("une agora seulement")


class PollState(models.TextChoices):
    OPEN = "open", _("ouvert")
    CLOSED = "closed", _("clos")
    CANCELLED = "cancelled", _("abandonné")


class PollChoice(models.TextChoices):
    YES = "yes", _("oui")
    IF_NEEDED = "if_needed", _("si besoin")
    NO = "no", _("non")


class ApprovalRule(models.TextChoices):
    """How a group approves what it will reveal."""

    NO_OBJECTION = "no_objection", _("personne ne s’oppose dans le délai")
    MAJORITY = "majority", _("la majorité des présent·es approuve")


class ConclusionState(models.TextChoices):
    DRAFT = "draft", _("en écriture")
    PROPOSED = "proposed", _("soumise au groupe")
    SEALED = "sealed", _("scellée")
    REVEALED = "revealed", _("révélée")


class Voice(models.TextChoices):
    AGREES = "agrees", _("d’accord")
    OBJECTS = "objects", _("s’oppose")


class CheckInMethod(models.TextChoices):
    BUTTON = "button", _("bouton")
    CODE = "code", _("code")
    LIST = "list", _("liste")


class SkippedReason(models.TextChoices):
    """Why a reminder will not be sent. Not shown to members: it answers « why was I not reminded? »."""

    TOO_LATE = "too_late", "its hour had passed when it was planned"
    WITHDRAWN = "withdrawn", "the person withdrew"
    CANCELLED = "cancelled", "the session was cancelled"
    BEGUN = "begun", "the session had begun"
    MERGED = "merged", "the next reminder was due as well"
    NOT_VISIBLE = "not_visible", "the session is no longer open to the person"
    INACTIVE = "inactive", "the account is closed"
    NOT_WANTED = "not_wanted", "the session no longer reminds so long before"


class OpeningTarget(models.TextChoices):
    """To whom a session in confidence may be opened."""

    TWIN = "twin", _("Le même cercle, sans confidence")
    PROGRAMME = "programme", _("Toutes les délégations du parcours")
    NETWORK = "network", _("Tous les membres du réseau")
