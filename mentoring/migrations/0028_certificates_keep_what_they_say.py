"""What a certificate says is kept with it; of those that were given before, what they say today."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone


def keep_what_they_say(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    places = apps.get_model("mentoring", "TrainingPlace").objects.filter(certificate__isnull=False)
    for place in places.select_related("user", "training__network", "training__trainer", "training__circle"):
        training = place.training
        followed = [step for step in _steps(apps, training) if _was_followed(apps, step, place.user_id)]
        place.certified = {
            "name": _full_name(place.user),
            "network": training.network.name,
            "title": training.title,
            "trainer": _full_name(training.trainer),
            "is_confidential": training.circle.is_confidential,
            "steps": [
                {
                    "title": step.title,
                    "minutes": _minutes(step),
                    "on": timezone.localdate(step.session.starts_at).isoformat() if step.session else "",
                }
                for step in followed
            ],
        }
        place.save(update_fields=["certified"])


def _steps(apps: Apps, training: Any) -> list[Any]:
    steps = apps.get_model("mentoring", "TrainingStep").objects.filter(training=training)
    return list(steps.select_related("session").order_by("position", "pk"))


def _was_followed(apps: Apps, step: Any, user_id: int) -> bool:
    """Presence has one truth (ADR 29): the session's where it says anything, else a mark."""
    noted = apps.get_model("peer_sessions", "Attendance").objects.filter(session=step.session_id)
    if step.session_id and noted.exists():
        own = set(noted.filter(user=user_id).values_list("is_present", flat=True))
        return own == {True}
    marks = apps.get_model("mentoring", "TrainingAttendance").objects
    return bool(marks.filter(step=step.pk, user=user_id).exists())


def _minutes(step: Any) -> int:
    if step.minutes or step.session is None:
        return int(step.minutes)
    return int((step.session.ends_at - step.session.starts_at).total_seconds() // 60)


def _full_name(user: Any) -> str:
    return f"{user.given_name} {user.family_name}".strip()


class Migration(migrations.Migration):
    dependencies = [
        ("mentoring", "0027_thanks_outlive_an_account"),
        ("peer_sessions", "0003_programmes_seats_polls_conclusions"),
    ]

    operations = [
        migrations.AddField(
            model_name="trainingplace",
            name="certified",
            field=models.JSONField(
                blank=True,
                editable=False,
                help_text="what the certificate says (`mentoring.certified`)",
                null=True,
            ),
        ),
        migrations.RunPython(keep_what_they_say, migrations.RunPython.noop, elidable=True),
        migrations.RemoveConstraint(model_name="trainingplace", name="training_certificate_dated"),
        migrations.AddConstraint(
            model_name="trainingplace",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("certificate__isnull", True), ("certified__isnull", True), ("certified_at__isnull", True)
                )
                | models.Q(
                    ("certificate__isnull", False), ("certified__isnull", False), ("certified_at__isnull", False)
                ),
                name="training_certificate_dated",
            ),
        ),
    ]
