from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mentoring", "0014_mentorship_end_asked_and_token")]

    operations = [
        migrations.AddField(
            model_name="training",
            name="token",
            field=models.UUIDField(editable=False, help_text="of the form that wrote it first", null=True, unique=True),
        ),
        migrations.AddField(
            model_name="trainingplace",
            name="revoked_at",
            field=models.DateTimeField(blank=True, help_text="its number then says that it was taken back", null=True),
        ),
        migrations.AddConstraint(
            model_name="trainingplace",
            constraint=models.CheckConstraint(
                condition=models.Q(("revoked_at__isnull", True), ("certificate__isnull", False), _connector="OR"),
                name="training_revoked_certificate",
            ),
        ),
    ]
