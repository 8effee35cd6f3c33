from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("forums", "0009_changes_of_topics"),
    ]

    operations = [
        migrations.AddField(
            model_name="reaction",
            name="hidden_note",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=300),
        ),
    ]
