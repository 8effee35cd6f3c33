import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mentoring", "0012_trainings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="checkin",
            name="help_done_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="checkin",
            name="help_taken_by",
            field=models.ForeignKey(
                blank=True,
                help_text="the animator who looks after whoever asks for help",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="checkin",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("answer", "help"),
                    models.Q(("help_done_at__isnull", True), ("help_taken_by__isnull", True)),
                    _connector="OR",
                ),
                name="check_in_helped_who_asked",
            ),
        ),
    ]
