"""Closed vocabularies of mentoring. Values are stable ASCII: they stand in rows, URLs and exports."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """How well a person knows a thing, in their own eyes."""

    NOTIONS = "notions", _("J’en ai des notions")
    PRACTISED = "practised", _("Je l’ai pratiqué")
    EXPERIENCED = "experienced", _("Je suis référent·e")


class ProposalState(models.TextChoices):
    """What became of a competence that somebody missed in the tree."""

    WAITING = "waiting", _("à lire")
    ADDED = "added", _("ajoutée")
    KNOWN = "known", _("déjà là sous un autre nom")
    REFUSED = "refused", _("non retenue")


class TreeAct(models.TextChoices):
    """What happens to the tree of competences, as its trail reads after the actor's name."""

    ADDED = "mentoring.competence_added", _("a ajouté une compétence à l’arbre")
    RENAMED = "mentoring.competence_renamed", _("a changé les mots d’une compétence")
    MOVED = "mentoring.competence_moved", _("a déplacé une compétence")
    MERGED = "mentoring.competence_merged", _("a réuni deux compétences")
    UNMERGED = "mentoring.competence_unmerged", _("a défait une réunion de compétences")
    RETIRED = "mentoring.competence_retired", _("a cessé de proposer une compétence")
    RESTORED = "mentoring.competence_restored", _("a proposé de nouveau une compétence")
    BRIDGED = "mentoring.competence_bridged", _("a dit ce qui répond aussi à une compétence")
    UNBRIDGED = "mentoring.competence_unbridged", _("a enlevé ce qui répondait aussi à une compétence")
    ANSWERED = "mentoring.competence_answered", _("a répondu à une compétence proposée")
    LOADED = "mentoring.competences_loaded", _("a mis l’arbre à jour, avec une nouvelle version")


class EvidenceKind(models.TextChoices):
    SESSION = "session", _("séance animée")
    ANSWER = "answer", _("réponse retenue")
    REPORT = "report", _("retour d’expérience")
    TRIED = "tried", _("idée essayée par quelqu’un")
    MENTORSHIP = "mentorship", _("mentorat mené à son terme")


class SupportKind(models.TextChoices):
    """What a resource actor brings."""

    FUNDING = "funding", _("aide aux subventions")
    TECHNICAL = "technical", _("appui technique")
    MATERIAL = "material", _("appui matériel : locaux, équipements")
    POLITICAL = "political", _("appui politique")


class NeedKind(models.TextChoices):
    ADVICE = "advice", _("Un conseil")
    MENTORING = "mentoring", _("Un accompagnement dans la durée")
    FUNDING = "funding", _("Un financement")
    TECHNICAL = "technical", _("Un appui technique")
    MATERIAL = "material", _("Un appui matériel : locaux, équipements")
    POLITICAL = "political", _("Un appui politique")


class NeedAudience(models.TextChoices):
    """To whom a need is shown."""

    ASKED = "asked", _("Seulement les personnes que je sollicite")
    CATEGORY = "category", _("Ma catégorie")
    NETWORK = "network", _("Tout le réseau")


class NeedState(models.TextChoices):
    DRAFT = "draft", _("brouillon")
    OPEN = "open", _("en recherche")
    ANSWERED = "answered", _("quelqu’un a répondu présent")
    CLOSED = "closed", _("terminé")


class NeedClosing(models.TextChoices):
    HELPED = "helped", _("J’ai trouvé de l’aide ici")
    ELSEWHERE = "elsewhere", _("J’ai trouvé ailleurs")
    DROPPED = "dropped", _("Le projet a changé")
    NOBODY = "nobody", _("Je n’ai trouvé personne")


class SuggestionState(models.TextChoices):
    PROPOSED = "proposed", _("proposée")
    ASKED = "asked", _("sollicitée")
    DISMISSED = "dismissed", _("écartée")


class SolicitationState(models.TextChoices):
    QUEUED = "queued", _("à son tour")
    SENT = "sent", _("en attente de réponse")
    ACCEPTED = "accepted", _("acceptée")
    DECLINED = "declined", _("déclinée")
    LAPSED = "lapsed", _("restée sans réponse")
    WITHDRAWN = "withdrawn", _("retirée")


class PassedOn(models.TextChoices):
    """What who named somebody else reads of it: never what that person answered, unless it is yes."""

    KEPT = "kept", _("Votre idée est confiée à la personne qui cherche.")
    SENT = (
        "sent",
        _("La question est partie vers la personne à qui vous avez pensé ; ce qu’elles se disent reste entre elles."),
    )
    TAKEN = "taken", _("Votre idée a servi : la question a trouvé quelqu’un.")


class DeclineReason(models.TextChoices):
    TIME = "time", _("Je n’ai pas le temps en ce moment")
    NOT_MINE = "not_mine", _("Ce n’est pas mon sujet")
    SOMEONE_ELSE = "someone_else", _("Quelqu’un d’autre y répondra mieux")
    TOO_CLOSE = "too_close", _("Nous travaillons ensemble, ou l’un·e pour l’autre")
    OTHER = "other", _("Une autre raison")


class Rhythm(models.TextChoices):
    WEEKLY = "weekly", _("chaque semaine")
    FORTNIGHTLY = "fortnightly", _("tous les quinze jours")
    MONTHLY = "monthly", _("chaque mois")
    FREE = "free", _("quand il le faut")


class MentorshipState(models.TextChoices):
    PROPOSED = "proposed", _("à convenir")
    ACTIVE = "active", _("en cours")
    PAUSED = "paused", _("en pause")
    ENDED = "ended", _("terminé")


class MentorshipEnd(models.TextChoices):
    """How it ended; nobody is at fault in any of them."""

    DONE = "done", _("arrivé à son terme")
    LEFT = "left", _("arrêté en chemin")
    DECLINED = "declined", _("non convenu")


class CheckInStage(models.TextChoices):
    THIRD = "third", _("au premier tiers")
    TWO_THIRDS = "two_thirds", _("aux deux tiers")


class CheckInAnswer(models.TextChoices):
    WELL = "well", _("Cela avance bien")
    MIXED = "mixed", _("C’est mitigé")
    HELP = "help", _("J’aimerais en parler à l’animation")


class IntroductionState(models.TextChoices):
    PROPOSED = "proposed", _("proposée")
    PLANNED = "planned", _("dans les agendas")
    DECLINED = "declined", _("déclinée")
    LAPSED = "lapsed", _("restée sans suite")
    DONE = "done", _("passée")


class TrainingState(models.TextChoices):
    DRAFT = "draft", _("en préparation")
    OPEN = "open", _("ouverte")
    ENDED = "ended", _("terminée")


class StepKind(models.TextChoices):
    SESSION = "session", _("séance")
    TOPIC = "topic", _("discussion à lire")
    LINK = "link", _("page à lire")


class PlaceState(models.TextChoices):
    HELD = "held", _("place prise")
    WAITING = "waiting", _("en liste d’attente")
    LEFT = "left", _("rendue")


class GroupingKind(models.TextChoices):
    """The legal kind of a grouping of communes; of a commune, that of its grouping."""

    COMMUNITY = "cc", _("communauté de communes")
    AGGLOMERATION = "ca", _("communauté d’agglomération")
    URBAN = "cu", _("communauté urbaine")
    METROPOLIS = "metropole", _("métropole")
