from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("peer_sessions", "0007_minutes_decisions_and_evaluations"),
    ]

    operations = [
        migrations.AddField(
            model_name="peersession",
            name="evaluation_asked_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="peersession",
            name="report_chases",
            field=models.PositiveSmallIntegerField(
                default=0, editable=False, help_text="told at 3 days: 1; at 7: 2"
            ),
        ),
        migrations.AddField(
            model_name="peersession",
            name="report_waived_at",
            field=models.DateTimeField(
                blank=True, editable=False, help_text="no minutes will be made", null=True
            ),
        ),
    ]
