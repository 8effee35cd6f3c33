import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("forums", "0010_hidden_notes"),
        ("mentoring", "0021_narrow_index_of_the_directory"),
        ("peer_sessions", "0010_polls_of_a_form_sent_twice"),
        ("people", "0011_conversations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="need",
            name="wanted_peer",
            field=models.ForeignKey(
                blank=True,
                help_text="whom its author meant to ask first, from that person's page",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="needtask",
            name="circle",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="need_tasks",
                to="people.circle",
            ),
        ),
        migrations.AddField(
            model_name="needtask",
            name="topic",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="forums.topic"
            ),
        ),
        migrations.AddField(
            model_name="needtask",
            name="written_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="needtask",
            name="written_by",
            field=models.ForeignKey(
                blank=True,
                help_text="the animator who began, or took over, last",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="solicitation",
            name="closed_at",
            field=models.DateTimeField(blank=True, help_text="when one of the two said that it is over", null=True),
        ),
        migrations.AddField(
            model_name="solicitation",
            name="closed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="needtask",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("circle__isnull", True), ("topic__isnull", True), ("written_at__isnull", True)),
                    models.Q(("circle__isnull", False), ("written_at__isnull", False)),
                    _connector="OR",
                ),
                name="need_task_written_where",
            ),
        ),
        migrations.AddConstraint(
            model_name="solicitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("closed_by__isnull", True)),
                    models.Q(("closed_at__isnull", False), ("state", "accepted")),
                    _connector="OR",
                ),
                name="solicitation_closed_once_accepted",
            ),
        ),
    ]
