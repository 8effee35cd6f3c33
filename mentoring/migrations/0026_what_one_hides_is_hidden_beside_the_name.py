"""What people chose for the directory holds wherever their name stands (ADR 31)."""

from django.db import migrations

COPY = """
UPDATE people_user SET shows_function = chosen.shows_organisation, shows_territory = chosen.shows_territory
FROM mentoring_directorychoices chosen
WHERE chosen.user_id = people_user.id AND NOT (chosen.shows_organisation AND chosen.shows_territory)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("mentoring", "0025_invitations_that_reach_nobody"),
        ("people", "0012_hats_may_be_shown_in_part"),
    ]

    operations = [migrations.RunSQL(COPY, migrations.RunSQL.noop)]
