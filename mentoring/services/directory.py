"""Keeping the directory in step with people, hats, territories and competences: one statement says what is true."""

from typing import Literal

from django.db import connection, transaction

Scope = Literal["membership", "user", "network", "all"]

COLUMNS = (
    "network_id", "user_id", "name_folded", "category_id", "territory_id", "territory_path", "departement_id",
    "region_id", "stratum", "organisation_id", "organisation_kind", "competences", "helps", "branches",
    "help_branches", "search",
)  # fmt: skip

# Every statement below is made of constants of this module; values travel as parameters.
# The path of a territory: itself, its parents (commune, département, région; an arrondissement has one more) and the
# grouping of the first commune on the way. `peerhub_fold` is the SQL twin of the folding of the search words.
TRUTH = """
SELECT m.id AS membership_id, m.network_id, m.user_id,
  left(trim(regexp_replace(peerhub_fold(u.family_name || ' ' || u.given_name), '[^a-z0-9]+', ' ', 'g')), 170)
    AS name_folded,
  a.category_id, a.territory_id,
  array_remove(ARRAY[t0.id, t1.id, t2.id, t3.id, coalesce(t0.grouping_id, t1.grouping_id)], NULL) AS territory_path,
  CASE WHEN t0.kind IN ('departement', 'collectivity') THEN t0.id
       WHEN t1.kind IN ('departement', 'collectivity') THEN t1.id
       WHEN t2.kind IN ('departement', 'collectivity') THEN t2.id END AS departement_id,
  CASE WHEN t0.kind = 'region' THEN t0.id WHEN t1.kind = 'region' THEN t1.id
       WHEN t2.kind = 'region' THEN t2.id WHEN t3.kind = 'region' THEN t3.id END AS region_id,
  coalesce(t0.stratum, '') AS stratum,
  a.organisation_id, coalesce(o.kind, '') AS organisation_kind,
  coalesce(d.competences, '{{}}') AS competences, coalesce(d.helps, '{{}}') AS helps,
  coalesce(d.branches, 0) AS branches, coalesce(d.help_branches, 0) AS help_branches,
  to_tsvector('simple', regexp_replace(
    peerhub_fold(concat_ws(' ', u.given_name, u.family_name, a.title, o.name, t0.name, t1.name, t2.name)),
    '[^a-z0-9]+', ' ', 'g')) AS search
FROM people_membership m
JOIN people_user u ON u.id = m.user_id AND u.is_active
JOIN people_affiliation a ON a.id = m.affiliation_id
LEFT JOIN people_organisation o ON o.id = a.organisation_id
LEFT JOIN people_territory t0 ON t0.id = a.territory_id
LEFT JOIN people_territory t1 ON t1.id = t0.parent_id
LEFT JOIN people_territory t2 ON t2.id = t1.parent_id
LEFT JOIN people_territory t3 ON t3.id = t2.parent_id
LEFT JOIN (
  SELECT dc.user_id,
    array_agg(DISTINCT step ORDER BY step) AS competences,
    array_agg(DISTINCT step ORDER BY step) FILTER (WHERE dc.can_help) AS helps,
    bit_or(1::bigint << root.position) AS branches,
    bit_or(1::bigint << root.position) FILTER (WHERE dc.can_help) AS help_branches
  FROM mentoring_declaredcompetence dc
  JOIN mentoring_competence c ON c.id = dc.competence_id
  JOIN mentoring_competence root ON root.id = c.path[1]
  CROSS JOIN LATERAL unnest(c.path) AS step
  WHERE {declared}
  GROUP BY dc.user_id
) d ON d.user_id = m.user_id
WHERE m.status = 'active' AND {scope}
"""
SCOPES: dict[Scope, tuple[str, str]] = {
    "membership": ("m.id = %(pk)s", "dc.user_id = (SELECT user_id FROM people_membership WHERE id = %(pk)s)"),
    "user": ("m.user_id = %(pk)s", "dc.user_id = %(pk)s"),
    "network": ("m.network_id = %(pk)s", "true"),
    "all": ("true", "true"),
}


@transaction.atomic
def refresh_entries(scope: Scope, pk: int = 0) -> int:
    """Make the entries of one membership, one person, one network or everybody say what is true; return how many
    were wrong (written, changed or removed). Idempotent."""
    truth, params = _truth(scope), {"pk": pk}
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
            f"WHERE e.membership_id = m.id AND {where} AND (m.status <> 'active' OR NOT u.is_active)",
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
            "AS differences ORDER BY membership_id"
        )
        return [row[0] for row in cursor.fetchall()]


def _truth(scope: Scope) -> str:
    where, declared = SCOPES[scope]
    return TRUTH.format(scope=where, declared=declared)
