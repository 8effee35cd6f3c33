from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mentoring", "0024_every_pause_ends")]

    operations = [
        migrations.AddField(
            model_name="mentorshippeer",
            name="is_reached",
            field=models.BooleanField(default=True, editable=False, help_text="off: told nothing, and shown nothing"),
        )
    ]
