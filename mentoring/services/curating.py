"""Keeping the tree of competences: add, rename, move, merge, retire, and say what helps with what.

What is kept here is marked `is_local`: a new edition of the file (`services.tree`) leaves it as it is. The tree has two
levels, families and competences; only these are declared. Whoever writes holds all of it (it is small): two moves never
make a circle, two additions never take one place, and a declaration waits for what becomes of its competence.
"""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from mentoring.enums import TreeAct
from mentoring.models import Competence, CompetenceBridge, CompetenceMerge, DeclaredCompetence
from mentoring.policies.curating import can_curate
from mentoring.queries.curating import animates
from mentoring.services.directory import refresh_entries
from mentoring.services.merging import hand_over, take_back
from mentoring.services.tree_trail import changes_between, note, words_of
from peerhub.people.errors import DomainError, require
from peerhub.people.folding import fold_name
from peerhub.people.models import User

# Bits of `DirectoryEntry.branches`. Families of the file count from 0; those made here from the end.
LAST_ROOT = 62
# Past that many people, one statement over everybody is sooner done than one for each.
ONE_BY_ONE = 200
MOST_SYNONYMS = 20
SYNONYMS = ("synonyms_fr", "synonyms_en")


@transaction.atomic
def add_competence(
    *,
    curator: User,
    parent: Competence | None,
    name_fr: str,
    name_en: str,
    synonyms_fr: Iterable[str] = (),
    synonyms_en: Iterable[str] = (),
) -> Competence:
    """A new competence of a family, or a new family; last among its siblings."""
    known = _hold_tree(curator)
    above = _family(known, parent) if parent else None
    name_fr, name_en = _named(name_fr), _named(name_en)
    _refuse_known(known.values(), name_fr)
    made = Competence(
        slug=_free_slug(name_fr, {one.slug for one in known.values()}),
        parent=above,
        position=_free_position(known.values(), above),
        is_local=True,
    )
    _name(made, name_fr, name_en, synonyms_fr, synonyms_en)
    made.save()
    made.path = [*(above.path if above else []), made.pk]
    made.save(update_fields=["path"])
    note(TreeAct.ADDED, made, curator, parent=made.parent_id, **words_of(made))
    return made


@transaction.atomic
def rename_competence(
    *,
    curator: User,
    competence: Competence,
    name_fr: str,
    name_en: str,
    synonyms_fr: Iterable[str] = (),
    synonyms_en: Iterable[str] = (),
) -> Competence:
    """Other names and synonyms; its address, and what was declared, stay."""
    known = _hold_tree(curator)
    one = _live(known, competence)
    name_fr, name_en = _named(name_fr), _named(name_en)
    _refuse_known([other for other in known.values() if other.pk != one.pk], name_fr)
    before = words_of(one)
    _name(one, name_fr, name_en, synonyms_fr, synonyms_en)
    one.save()
    if changes := changes_between(before, words_of(one)):
        note(TreeAct.RENAMED, one, curator, **changes)
    return one


@transaction.atomic
def move_competence(*, curator: User, competence: Competence, parent: Competence) -> Competence:
    """Into another family; who declared it is found there at once. A family itself does not move."""
    known = _hold_tree(curator)
    one, above = _live(known, competence), _family(known, parent)
    if one.parent_id is None:
        raise DomainError(_("Une famille ne se déplace pas : déplacez ses compétences."))
    if one.parent_id != above.pk:
        note(TreeAct.MOVED, one, curator, parent=[one.parent_id, above.pk])
        one.parent, one.path, one.is_local = above, [*above.path, one.pk], True
        one.position = _free_position(known.values(), above)
        one.save()
        _refresh(_declarers(one.pk))
    return one


@transaction.atomic
def merge_competence(*, curator: User, competence: Competence, into: Competence) -> Competence:
    """One becomes the other, with all that points to it: declarations, needs, evidence, supports, bridges; its names
    become synonyms, and its address leads to the other. Can be undone for 30 days (`undo_merge`). Returns the other."""
    known = _hold_tree(curator)
    one, other = _live(known, competence), _live(known, into)
    if one.pk == other.pk:
        raise DomainError(_("Choisissez une autre compétence."))
    if _children(known, one):
        raise DomainError(_("Déplacez d’abord les compétences de cette famille."))
    if _children(known, other):
        raise DomainError(_("Choisissez une compétence précise, pas une famille."))
    people = _declarers(one.pk)
    merge = CompetenceMerge(one=one, into=other, made_by=curator, handed={"was_local": one.is_local})
    before = {name: {*getattr(other, name)} for name in SYNONYMS}
    merge.save()
    one.is_retired = one.is_local = True
    one.merged_into = other
    one.save()
    _name(
        other,
        other.name_fr,
        other.name_en,
        [*other.synonyms_fr, one.name_fr, *one.synonyms_fr],
        [*other.synonyms_en, one.name_en, *one.synonyms_en],
    )
    other.save()
    merge.handed["synonyms"] = {
        name: [word for word in getattr(other, name) if word not in before[name]] for name in SYNONYMS
    }
    hand_over(one, other, merge)
    note(TreeAct.MERGED, one, curator, into=other.pk)
    _refresh(people)
    return other


@transaction.atomic
def undo_merge(*, curator: User, merge_id: int) -> Competence:
    """Two again, for 30 days after a merge: what it handed over goes back, what came since stays with the other
    (`services.merging`). Returns the one that is back.

    Raises `DomainError` past that time, and where the tree changed so that it has no place any more.
    """
    known = _hold_tree(curator)
    merge = CompetenceMerge.objects.undoable(timezone.now()).select_for_update().filter(pk=merge_id).first()
    if merge is None:
        raise DomainError(_("Cette réunion ne se défait plus."))
    one, other = known[merge.one_id], known[merge.into_id]
    if other.merged_into_id:
        there = {"name": other.name, "into": known[other.merged_into_id].name}
        raise DomainError(
            _("« %(name)s » a depuis été réunie à « %(into)s » : défaites d’abord cette réunion-là.") % there
        )
    if one.parent_id and known[one.parent_id].is_retired:
        raise DomainError(_("Sa famille n’est plus proposée."))
    _refuse_known([another for another in known.values() if another.pk != one.pk], one.name_fr)
    one.is_retired, one.merged_into, one.is_local = False, None, merge.handed["was_local"]
    one.save()
    words = {name: _without(getattr(other, name), merge.handed["synonyms"][name]) for name in SYNONYMS}
    _name(other, other.name_fr, other.name_en, **words)
    other.save()
    take_back(merge)
    merge.delete()
    note(TreeAct.UNMERGED, one, curator, into=[other.pk, None])
    _refresh(_declarers(one.pk))
    return one


@transaction.atomic
def retire_competence(*, curator: User, competence: Competence) -> Competence:
    """Offered no more; what was declared stays."""
    known = _hold_tree(curator)
    one = _live(known, competence)
    if _children(known, one):
        raise DomainError(_("Déplacez d’abord les compétences de cette famille."))
    one.is_retired = one.is_local = True
    one.save()
    note(TreeAct.RETIRED, one, curator)
    return one


@transaction.atomic
def restore_competence(*, curator: User, competence: Competence) -> Competence:
    """Offered again. One that was merged is not: its people are with the other now."""
    known = _hold_tree(curator)
    one = known[competence.pk]
    if one.merged_into_id:
        raise DomainError(_("Cette compétence a été réunie à une autre."))
    if one.parent_id and known[one.parent_id].is_retired:
        raise DomainError(_("Sa famille n’est plus proposée."))
    if one.is_retired:
        one.is_retired, one.is_local = False, True
        one.save()
        note(TreeAct.RESTORED, one, curator)
    return one


@transaction.atomic
def build_bridge(*, curator: User, needed: Competence, offered: Competence, weight: int) -> CompetenceBridge:
    """Who needs the one is helped by who offers the other, by so many percent of what the needed one would bring."""
    known = _hold_tree(curator)
    one, other = _live(known, needed), _live(known, offered)
    if one.pk == other.pk:
        raise DomainError(_("Une compétence se répond déjà à elle-même : choisissez-en une autre."))
    if not 1 <= weight <= 100:
        raise DomainError(_("De 1 à 100 %."))
    before = CompetenceBridge.objects.filter(needed=one, offered=other).values_list("weight", flat=True).first()
    bridge, _created = CompetenceBridge.objects.update_or_create(needed=one, offered=other, defaults={"weight": weight})
    _keep(one)
    if before != weight:
        note(TreeAct.BRIDGED, one, curator, offered=other.pk, weight=[before, weight])
    return bridge


@transaction.atomic
def remove_bridge(*, curator: User, needed: Competence, bridge_id: int) -> bool:
    """False when it was gone already."""
    known = _hold_tree(curator)
    bridge = CompetenceBridge.objects.filter(pk=bridge_id, needed=needed).first()
    _keep(known[needed.pk])
    if bridge is None:
        return False
    bridge.delete()
    note(TreeAct.UNBRIDGED, known[needed.pk], curator, offered=bridge.offered_id, weight=[bridge.weight, None])
    return True


def _keep(one: Competence) -> None:
    """The next edition of the file builds none of its bridges again."""
    if not one.is_local:
        one.is_local = True
        one.save(update_fields=["is_local"])


def _hold_tree(curator: User) -> dict[int, Competence]:
    """All of it, held to the end of the transaction, in one order."""
    require(can_curate(curator, animates=animates(curator)))
    known = {one.pk: one for one in Competence.objects.select_for_update().order_by("pk")}
    for one in known.values():
        if one.parent_id:
            one.parent = known[one.parent_id]
    return known


def _live(known: dict[int, Competence], competence: Competence) -> Competence:
    one = known[competence.pk]
    if one.is_retired:
        raise DomainError(_("« %(name)s » n’est plus proposée.") % {"name": one.name})
    return one


def _family(known: dict[int, Competence], competence: Competence) -> Competence:
    one = _live(known, competence)
    if one.parent_id:
        raise DomainError(_("Choisissez une famille."))
    return one


def _children(known: dict[int, Competence], above: Competence) -> list[Competence]:
    return [one for one in known.values() if one.parent_id == above.pk and not one.is_retired]


def _named(name: str) -> str:
    name = " ".join(name.split())
    if len(name) < 3:
        raise DomainError(_("Donnez un nom dans les deux langues."))
    return name


def _refuse_known(others: Iterable[Competence], name_fr: str) -> None:
    folded = fold_name(name_fr)
    twin = next((one for one in others if not one.is_retired and fold_name(one.name_fr) == folded), None)
    if twin:
        raise DomainError(_("« %(name)s » existe déjà.") % {"name": twin.name})


def _name(one: Competence, name_fr: str, name_en: str, synonyms_fr: Iterable[str], synonyms_en: Iterable[str]) -> None:
    one.name_fr, one.name_en = name_fr, name_en
    one.synonyms_fr, one.synonyms_en = _different(synonyms_fr, name_fr), _different(synonyms_en, name_en)
    names = (name_fr, name_en, *one.synonyms_fr, *one.synonyms_en)
    one.words = "\n".join(dict.fromkeys(fold_name(name) for name in names))
    one.is_local = True


def _without(synonyms: Iterable[str], taken: Iterable[str]) -> list[str]:
    gone = {*taken}
    return [word for word in synonyms if word not in gone]


def _different(synonyms: Iterable[str], name: str) -> list[str]:
    """Each once, and none that is the name."""
    found = {fold_name(word): " ".join(word.split())[:80] for word in reversed([*synonyms]) if fold_name(word)}
    found.pop(fold_name(name), None)
    return [*reversed(found.values())][:MOST_SYNONYMS]


def _free_slug(name: str, taken: set[str]) -> str:
    base = slugify(name)[:50] or "competence"
    return next(slug for slug in (base, *(f"{base}-{number}" for number in range(2, 1000))) if slug not in taken)


def _free_position(known: Iterable[Competence], above: Competence | None) -> int:
    taken = {one.position for one in known if one.parent_id == (above.pk if above else None)}
    if above:
        return max(taken, default=-1) + 1
    free = next((position for position in range(LAST_ROOT, -1, -1) if position not in taken), None)
    if free is None:
        raise DomainError(_("Il n’y a plus de place pour une famille."))
    return free


def _declarers(competence_id: int) -> list[int]:
    return list(DeclaredCompetence.objects.filter(competence=competence_id).values_list("user", flat=True))


def _refresh(people: list[int]) -> None:
    if len(people) > ONE_BY_ONE:
        refresh_entries("all")
        return
    for user_id in people:
        refresh_entries("user", user_id)
