"""The people of the bench: accounts, hats, one network with its circles, competences, the directory."""

from collections.abc import Iterator

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from mentoring.enums import Level
from mentoring.models import Competence, DeclaredCompetence, DirectoryEntry
from mentoring.services.directory import refresh_entries
from peerhub.demo.accounts import PASSWORD
from peerhub.demo.bulk_ground import SECONDS_OF_DAY, YEARS, Ground, at
from peerhub.demo.copying import (
    NULL,
    copy_lines,
    escaped,
    next_id,
    run,
    timed,
    without_indexes,
)
from peerhub.demo.texts import read
from peerhub.people.enums import OrganisationKind
from peerhub.people.models import (
    ActorCategory,
    Affiliation,
    CircleMember,
    Membership,
    Organisation,
    User,
)
from peerhub.people.services.circles import category_circle, recount_circles


def _name_of(kind: str, number: int) -> str:
    names = ("Mairie", "Centre social", "Atelier", "Institut", "Fonds local", "Préfecture", "Collectif")
    return "Communauté" if kind == "epci" else names[number % len(names)]


def write_people(ground: Ground) -> None:
    with timed(ground.say, "People") as written, without_indexes(Affiliation, Membership, EmailAddress):
        written.append(copy_lines(User, _USER, _users(ground), _user_constants(ground)))
        emails = (f"{ground.first_user + n}\tbench{n + 1}@example.org" for n in range(ground.scale.members))
        flags = {"verified": "t", "primary": "t"}
        written.append(copy_lines(EmailAddress, ("user_id", "email"), emails, flags))
        written += _write_hats(ground)
    # Statements to come look at what was just written: without its statistics some take a hundred times longer.
    run("ANALYZE people_user, people_affiliation, people_membership, people_organisation")


def _users(ground: Ground) -> Iterator[str]:
    names = read("people.json")
    given, family = [row["name"] for row in names["given_names"]], names["family_names"]
    dice = ground.dice
    for number in range(ground.scale.members):
        joined = ground.moment(5, YEARS * 365)
        login = NULL if number % 9 == 8 else at(ground.now_s - dice.randrange(3600, 40 * SECONDS_OF_DAY))
        yield (
            f"{ground.first_user + number}\tbench{number + 1}@example.org\t{dice.choice(given)}\t"
            f"{dice.choice(family)}\t{login}\t{at(joined)}"
        )


def _user_constants(ground: Ground) -> dict[str, str]:
    return {
        "password": escaped(make_password(PASSWORD)),
        "is_superuser": "f",
        "is_active": "t",
        "is_staff": "f",
        "language": "fr",
        "time_zone": "Europe/Paris",
    }


def _write_hats(ground: Ground) -> list[int]:
    dice, count = ground.dice, ground.scale.members
    places = [ground.atlas.draw("commune" if n % 3 else "epci", dice) for n in range(min(count, 4000))]
    first = next_id(Organisation)
    kinds = [kind.value for kind in OrganisationKind]
    organisations = (
        f"{first + n}\t{_name_of(place.kind, n)} – {place.shown_name}\t{kinds[n % len(kinds)]}\t{place.id}"
        for n, place in enumerate(places)
    )
    titles = read("people.json")["titles"]
    hats = []
    for number, (slug, category_id) in enumerate(zip(ground.category_slugs, ground.category_ids, strict=True)):
        chosen = dice.randrange(len(places))
        title = escaped(dice.choice(titles[slug])["fm"[number % 2]])
        hats.append(
            f"{ground.first_hat + number}\t{ground.first_user + number}\t{category_id}\t{first + chosen}\t"
            f"{places[chosen].id}\t{title}"
        )
    # The first member runs the network.
    memberships = (
        f"{ground.first_user + n}\t{ground.first_hat + n}\t{role}\t{at(ground.moment(1, 1000))}"
        for n in range(count)
        for role in ("member" if n else "animator",)
    )
    same = {"network_id": f"{ground.network.pk}", "status": "active", "hat_confirmed_at": at(ground.moment(1, 1000))}
    return [
        copy_lines(Organisation, ("id", "name", "kind", "territory_id"), organisations),
        copy_lines(Affiliation, _HAT, hats),
        copy_lines(Membership, _MEMBERSHIP, memberships, same),
    ]


def write_circles(ground: Ground) -> None:
    """The circles that the services make when they are asked for, filled by one statement each."""
    with timed(ground.say, "Circles") as written:
        slugs = dict(ActorCategory.objects.in_bulk(field_name="slug"))
        for slug, confidential in (("agent", False), ("elected", True), ("association", True)):
            category_circle(network=ground.network, category=slugs[slug], confidential=confidential)
        CircleMember.objects.filter(circle__network=ground.network).delete()
        written.append(run(_FILL_CIRCLES, {"network": ground.network.pk}))
        recount_circles()


def write_competences(ground: Ground) -> None:
    leaves = list(
        Competence.objects.filter(children=None, is_retired=False).order_by("pk").values_list("pk", flat=True)
    )
    levels = [level.value for level in Level]
    dice = ground.dice
    lines = (
        f"{ground.first_user + number}\t{leaf}\t{dice.choice(levels)}\t{'t' if dice.random() < 0.35 else 'f'}"
        for number in range(ground.scale.members)
        for leaf in dice.sample(leaves, min(dice.choice((0, 2, 3, 4, 4, 5, 6, 8)), len(leaves)))
    )
    constants = {"evidence": "", "created_at": at(ground.now_s - 9 * SECONDS_OF_DAY)}
    with timed(ground.say, "Competences") as written, without_indexes(DeclaredCompetence):
        written.append(copy_lines(DeclaredCompetence, _DECLARED, lines, constants))
    with timed(ground.say, "Directory") as written, without_indexes(DirectoryEntry):
        written.append(refresh_entries("network", ground.network.pk))


_USER = ("id", "email", "given_name", "family_name", "last_login", "date_joined")
_HAT = ("id", "user_id", "category_id", "organisation_id", "territory_id", "title")
_MEMBERSHIP = ("user_id", "affiliation_id", "role", "joined_at")
_DECLARED = ("user_id", "competence_id", "level", "can_help")
_FILL_CIRCLES = """
INSERT INTO people_circlemember (circle_id, user_id, since)
SELECT circle.id, membership.user_id, membership.joined_at
FROM people_circle circle
JOIN people_membership membership ON membership.network_id = circle.network_id
JOIN people_affiliation hat ON hat.id = membership.affiliation_id
WHERE circle.network_id = %(network)s AND (
  circle.kind = 'network'
  OR (circle.kind = 'animators' AND membership.role = 'animator')
  OR (circle.kind = 'category' AND hat.category_id = circle.category_id))
ORDER BY circle.id, membership.user_id
"""
