"""The database itself refuses to change or delete what was written in the trail.

Nothing cascades into the table (its references have no constraint), and TRUNCATE, which empties test databases and the
demo, fires no trigger of rows.
"""

from django.db import migrations

REFUSE = """
CREATE FUNCTION moderation_trail_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'The trail is append-only.' USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER trail_is_append_only BEFORE UPDATE OR DELETE ON moderation_trailentry
FOR EACH ROW EXECUTE FUNCTION moderation_trail_is_append_only();
"""
ALLOW = """
DROP TRIGGER trail_is_append_only ON moderation_trailentry;
DROP FUNCTION moderation_trail_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("moderation", "0001_cases_rules_and_trail")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
