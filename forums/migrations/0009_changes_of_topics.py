from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("forums", "0008_files_of_posts"),
    ]

    operations = [
        migrations.AddField(
            model_name="topic",
            name="changed_at",
            field=models.DateTimeField(
                blank=True,
                help_text="when what is shown of it, or of one of its posts, last changed",
                null=True,
            ),
        ),
    ]
