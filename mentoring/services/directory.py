"""Keeping the directory in step with people, hats, territories and competences: one statement says what is true."""

from typing import Any, Literal

from django.db import connection, transaction
from django.utils import timezone

from mentoring.marks import AVAILABLE, LANGUAGES, SUPPORTS
from mentoring.models.profiles import PEOPLE_AT_A_TIME

Scope = Literal["membership", "user", "organisation", "network", "all"]

COLUMNS = (
    "network_id", "user_id", "name_folded", "category_id", "territory_id", "territory_path", "departement_id",
    "region_id", "stratum", "title", "organisation_id", "organisation_kind", "competences", "helps", "experienced",
    "marks", "branches", "help_branches", "search",
)  # fmt: skip

# Every statement below is made of constants of this module; values travel as parameters. What a person does not let
# be seen (`v`) is left out where it is joined, so that nothing further on can tell it.
# The path of a territory: itself, its parents (commune, département, région; an arrondissement has one more) and the
# grouping of the first commune on the way. `peerhub_fold` is the SQL twin of the folding of the search words.
TRUTH = """
SELECT m.id AS membership_id, m.network_id, m.user_id,
  left(trim(regexp_replace(peerhub_fold(u.family_name || ' ' || u.given_name), '[^a-z0-9]+', ' ', 'g')), 170)
    AS name_folded,
  a.category_id, t0.id AS territory_id,
  array_remove(ARRAY[t0.id, t1.id, t2.id, t3.id, coalesce(t0.grouping_id, t1.grouping_id)], NULL) AS territory_path,
  CASE WHEN t0.kind IN ('departement', 'collectivity') THEN t0.id
       WHEN t1.kind IN ('departement', 'collectivity') THEN t1.id
       WHEN t2.kind IN ('departement', 'collectivity') THEN t2.id END AS departement_id,
  CASE WHEN t0.kind = 'region' THEN t0.id WHEN t1.kind = 'region' THEN t1.id
       WHEN t2.kind = 'region' THEN t2.id WHEN t3.kind = 'region' THEN t3.id END AS region_id,
  coalesce(t0.stratum, '') AS stratum,
  CASE WHEN v.shows_organisation IS FALSE THEN '' ELSE a.title END AS title,
  o.id AS organisation_id, coalesce(o.kind, '') AS organisation_kind,
  coalesce(d.competences, '{{}}') AS competences, coalesce(d.helps, '{{}}') AS helps,
  coalesce(d.experienced, '{{}}') AS experienced,
  (coalesce(s.brings, 0) | CASE WHEN v.shows_availability IS FALSE THEN 0 ELSE {languages}
    | CASE WHEN d.help_branches IS NULL OR busy.user_id IS NOT NULL THEN 0 ELSE {available} END END)::smallint AS marks,
  coalesce(d.branches, 0) AS branches, coalesce(d.help_branches, 0) AS help_branches,
  to_tsvector('simple', regexp_replace(
    peerhub_fold(concat_ws(' ', u.given_name, u.family_name,
      CASE WHEN v.shows_organisation IS FALSE THEN '' ELSE a.title END, o.name, t0.name, t1.name, t2.name)),
    '[^a-z0-9]+', ' ', 'g')) AS search
FROM people_membership m
JOIN people_user u ON u.id = m.user_id AND u.is_active
JOIN people_affiliation a ON a.id = m.affiliation_id
LEFT JOIN mentoring_directorychoices v ON v.user_id = m.user_id
LEFT JOIN mentoring_mentoringprofile p ON p.user_id = m.user_id
LEFT JOIN people_organisation o ON o.id = a.organisation_id AND v.shows_organisation IS NOT FALSE
LEFT JOIN people_territory t0 ON t0.id = a.territory_id AND v.shows_territory IS NOT FALSE
LEFT JOIN people_territory t1 ON t1.id = t0.parent_id
LEFT JOIN people_territory t2 ON t2.id = t1.parent_id
LEFT JOIN people_territory t3 ON t3.id = t2.parent_id
LEFT JOIN (
  SELECT dc.user_id,
    array_agg(DISTINCT step ORDER BY step) AS competences,
    array_agg(DISTINCT step ORDER BY step) FILTER (WHERE dc.can_help) AS helps,
    array_agg(DISTINCT step ORDER BY step) FILTER (WHERE dc.level = 'experienced') AS experienced,
    bit_or(1::bigint << root.position) AS branches,
    bit_or(1::bigint << root.position) FILTER (WHERE dc.can_help) AS help_branches
  FROM mentoring_declaredcompetence dc
  JOIN mentoring_competence c ON c.id = dc.competence_id
  JOIN mentoring_competence root ON root.id = c.path[1]
  CROSS JOIN LATERAL unnest(c.path) AS step
  WHERE {declared}
  GROUP BY dc.user_id
) d ON d.user_id = m.user_id AND v.shows_competences IS NOT FALSE
LEFT JOIN ({busy}) busy ON busy.user_id = m.user_id
LEFT JOIN ({brings}) s ON s.organisation_id = o.id AND s.network_id = m.network_id
WHERE m.status = 'active' AND v.is_listed IS NOT FALSE AND {scope}
"""
# Who may not be asked today, whatever fills their days: away, « not now », or as many people as they take.
BUSY = f"""
SELECT user_id FROM mentoring_absence WHERE starts_on <= %(today)s AND ends_on >= %(today)s
UNION SELECT user_id FROM mentoring_mentoringprofile WHERE not_now_until >= %(today)s OR people_at_a_time = 0
UNION SELECT r.mentor_id FROM mentoring_mentorship r
  LEFT JOIN mentoring_mentoringprofile p ON p.user_id = r.mentor_id
  WHERE r.state IN ('active', 'paused')
  GROUP BY r.mentor_id, p.people_at_a_time HAVING count(*) >= coalesce(p.people_at_a_time, {PEOPLE_AT_A_TIME})
"""  # noqa: S608
# What organisations offer to the whole of a network: what is told to some of its members only marks nobody.
BRINGS = f"""
SELECT s.organisation_id, s.network_id, bit_or(CASE s.kind {
    " ".join(f"WHEN '{kind}' THEN {bit}" for kind, bit in SUPPORTS.items())
} ELSE 0 END) AS brings
FROM mentoring_support s
JOIN people_circle c ON c.id = s.circle_id
WHERE s.withdrawn_at IS NULL AND (s.valid_until IS NULL OR s.valid_until >= %(today)s)
  AND (c.kind = 'public' OR (c.kind = 'network' AND c.network_id = s.network_id))
GROUP BY s.organisation_id, s.network_id
"""  # noqa: S608
SPOKEN = " | ".join(
    f"CASE WHEN '{language}' = ANY(coalesce(p.languages, ARRAY[u.language])) THEN {bit} ELSE 0 END"
    for language, bit in LANGUAGES.items()
)
SCOPES: dict[Scope, tuple[str, str]] = {
    "membership": ("m.id = %(pk)s", "dc.user_id = (SELECT user_id FROM people_membership WHERE id = %(pk)s)"),
    "user": ("m.user_id = %(pk)s", "dc.user_id = %(pk)s"),
    "organisation": (
        "a.organisation_id = %(pk)s",
        "dc.user_id IN (SELECT user_id FROM people_affiliation WHERE organisation_id = %(pk)s)",
    ),
    "network": ("m.network_id = %(pk)s", "true"),
    "all": ("true", "true"),
}


@transaction.atomic
def refresh_entries(scope: Scope, pk: int = 0) -> int:
    """Make the entries of one membership, one person, one network or everybody say what is true; return how many
    were wrong (written, changed or removed). Idempotent."""
    truth, params = _truth(scope), dict[str, Any](pk=pk, today=timezone.localdate())
    updates = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS)
    old = ", ".join(f"e.{name}" for name in COLUMNS)
    new = ", ".join(f"excluded.{name}" for name in COLUMNS)
    columns = ", ".join(("membership_id", *COLUMNS))
    where, _declared = SCOPES[scope]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO mentoring_directoryentry AS e ({columns}) SELECT {columns} FROM ({truth}) AS truth "  # noqa: S608
            f"ON CONFLICT (membership_id) DO UPDATE SET {updates} WHERE ({old}) IS DISTINCT FROM ({new})",
            params,
        )
        wrong = cursor.rowcount
        cursor.execute(
            "DELETE FROM mentoring_directoryentry e USING people_membership m JOIN people_user u ON u.id = m.user_id "  # noqa: S608
            "JOIN people_affiliation a ON a.id = m.affiliation_id "
            "LEFT JOIN mentoring_directorychoices v ON v.user_id = m.user_id "
            f"WHERE e.membership_id = m.id AND {where} "
            "AND (m.status <> 'active' OR NOT u.is_active OR v.is_listed IS FALSE)",
            params,
        )
        return int(wrong + cursor.rowcount)


def wrong_entries() -> list[int]:
    """The memberships whose entry is missing, outdated, or there without reason; empty when all is in step."""
    columns = ", ".join(("membership_id", *COLUMNS))
    stored = f"SELECT {columns} FROM mentoring_directoryentry"  # noqa: S608
    truth = f"SELECT {columns} FROM ({_truth('all')}) AS truth"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT membership_id FROM (({stored} EXCEPT {truth}) UNION ALL ({truth} EXCEPT {stored})) "  # noqa: S608
            "AS differences ORDER BY membership_id",
            {"today": timezone.localdate()},
        )
        return [row[0] for row in cursor.fetchall()]


@transaction.atomic
def refresh_passing() -> int:
    """Make true what changes by itself: who is free again or no longer, what organisations no longer offer. Returns how
    many entries changed. Idempotent; a pass over the few whom it may concern, not over everybody."""
    today: dict[str, Any] = {"today": timezone.localdate()}
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE mentoring_directoryentry SET marks = marks - {AVAILABLE} "  # noqa: S608
            f"WHERE marks & {AVAILABLE} <> 0 AND user_id IN ({BUSY})",
            today,
        )
        changed = int(cursor.rowcount)
        cursor.execute(
            f"UPDATE mentoring_directoryentry e SET marks = marks | {AVAILABLE} "  # noqa: S608
            f"WHERE marks & {AVAILABLE} = 0 AND help_branches <> 0 AND NOT EXISTS (SELECT 1 FROM "
            "mentoring_directorychoices v WHERE v.user_id = e.user_id AND NOT v.shows_availability) "
            f"AND user_id NOT IN ({BUSY})",
            today,
        )
        changed += int(cursor.rowcount)
        every = sum(SUPPORTS.values())
        cursor.execute(
            f"UPDATE mentoring_directoryentry e SET marks = (e.marks & ~{every}) | now.brings FROM ("  # noqa: S608
            "SELECT o.organisation_id, o.network_id, coalesce(s.brings, 0) AS brings FROM "
            "(SELECT DISTINCT organisation_id, network_id FROM mentoring_support) o "
            f"LEFT JOIN ({BRINGS}) s USING (organisation_id, network_id)) now "
            "WHERE e.organisation_id = now.organisation_id AND e.network_id = now.network_id "
            f"AND e.marks & {every} <> now.brings",
            today,
        )
        changed += int(cursor.rowcount)
    return changed


def _truth(scope: Scope) -> str:
    where, declared = SCOPES[scope]
    return TRUTH.format(scope=where, declared=declared, busy=BUSY, brings=BRINGS, languages=SPOKEN, available=AVAILABLE)
