"""The database itself refuses to change or delete a seal, or an entry of the log of seats.

Nothing cascades into the log (its references have no constraint), a sealed conclusion is protected, and TRUNCATE, which
empties test databases and the demo, fires no trigger of rows.
"""

from django.db import migrations

REFUSE = """
CREATE FUNCTION peer_sessions_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only.', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER seal_is_append_only BEFORE UPDATE OR DELETE ON peer_sessions_seal
FOR EACH ROW EXECUTE FUNCTION peer_sessions_append_only();
CREATE TRIGGER seat_event_is_append_only BEFORE UPDATE OR DELETE ON peer_sessions_seatevent
FOR EACH ROW EXECUTE FUNCTION peer_sessions_append_only();
"""
ALLOW = """
DROP TRIGGER seal_is_append_only ON peer_sessions_seal;
DROP TRIGGER seat_event_is_append_only ON peer_sessions_seatevent;
DROP FUNCTION peer_sessions_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("peer_sessions", "0003_programmes_seats_polls_conclusions")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
