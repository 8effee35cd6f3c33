"""A pause without a date kept a mentor's place for ever: each has one, half a year from now where none was said."""

from datetime import timedelta

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone


def give_an_end(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    paused = apps.get_model("mentoring", "Mentorship").objects.filter(state="paused", paused_until__isnull=True)
    paused.update(paused_until=timezone.localdate() + timedelta(days=183))


class Migration(migrations.Migration):
    dependencies = [("mentoring", "0023_merges_that_can_be_undone")]

    operations = [
        migrations.RunPython(give_an_end, migrations.RunPython.noop, elidable=True),
        migrations.RemoveConstraint(model_name="mentorship", name="mentorship_pause_ends"),
        migrations.AddConstraint(
            model_name="mentorship",
            constraint=models.CheckConstraint(
                condition=models.Q(("paused_until__isnull", False), ("state", "paused"))
                | models.Q(models.Q(("state", "paused"), _negated=True), ("paused_until__isnull", True)),
                name="mentorship_pause_ends",
            ),
        ),
    ]
