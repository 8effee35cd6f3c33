from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0005_sanctions_that_end"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="shows_presence",
            field=models.BooleanField(
                default=True, help_text="others of a discussion's circle see that this person reads or writes it"
            ),
        ),
    ]
