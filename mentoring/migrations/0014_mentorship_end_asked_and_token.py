"""A mentorship remembers for which end date its people were asked, and the form that proposed it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mentoring", "0013_help_of_check_ins")]

    operations = [
        migrations.AddField(
            model_name="mentorship",
            name="end_asked_for",
            field=models.DateField(blank=True, help_text="the end on whose day its people were asked", null=True),
        ),
        migrations.AddField(
            model_name="mentorship",
            name="token",
            field=models.UUIDField(editable=False, help_text="of the form that proposed it", null=True, unique=True),
        ),
    ]
