"""Closed vocabularies of people. Values are stable ASCII: they stand in rows, URLs and exports."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TerritoryKind(models.TextChoices):
    COMMUNE = "commune", _("commune")
    EPCI = "epci", _("intercommunalité")
    DEPARTEMENT = "departement", _("département")
    REGION = "region", _("région")
    COLLECTIVITY = "collectivity", _("collectivité d’outre-mer")
    OTHER = "other", _("autre périmètre")


class Stratum(models.TextChoices):
    """The size class of a territory, by inhabitants; bounds are inclusive below, exclusive above."""

    UNDER_500 = "0-500", _("moins de 500 habitants")
    UNDER_2000 = "500-2000", _("500 à 2 000 habitants")
    UNDER_10000 = "2000-10000", _("2 000 à 10 000 habitants")
    UNDER_20000 = "10000-20000", _("10 000 à 20 000 habitants")
    UNDER_50000 = "20000-50000", _("20 000 à 50 000 habitants")
    UNDER_100000 = "50000-100000", _("50 000 à 100 000 habitants")
    FROM_100000 = "100000-", _("100 000 habitants et plus")


class OrganisationKind(models.TextChoices):
    LOCAL_AUTHORITY = "local_authority", _("collectivité")
    ASSOCIATION = "association", _("association ou économie sociale")
    BUSINESS = "business", _("entreprise")
    ACADEMIA = "academia", _("enseignement et recherche")
    FOUNDATION = "foundation", _("fondation")
    STATE = "state", _("service de l’État")
    OTHER = "other", _("autre")


class JoinPolicy(models.TextChoices):
    OPEN = "open", _("ouvert à qui le souhaite")
    CLOSED = "closed", _("sur invitation")


class Role(models.TextChoices):
    MEMBER = "member", _("membre")
    ANIMATOR = "animator", _("animateur·rice")


class MembershipStatus(models.TextChoices):
    ACTIVE = "active", _("active")
    SUSPENDED = "suspended", _("suspendue")
    LEFT = "left", _("terminée")


class CircleKind(models.TextChoices):
    PUBLIC = "public", _("tout le monde")
    NETWORK = "network", _("réseau")
    CATEGORY = "category", _("catégorie")
    CATEGORIES = "categories", _("plusieurs catégories")
    DELEGATION = "delegation", _("délégation")
    SESSION = "session", _("séance")
    ANIMATORS = "animators", _("animation")
    COHORT = "cohort", _("délégations d’un parcours")
    CUSTOM = "custom", _("liste choisie")
    CONVERSATION = "conversation", _("conversation")


class Language(models.TextChoices):
    FRENCH = "fr", _("français")
    ENGLISH = "en", _("anglais")
