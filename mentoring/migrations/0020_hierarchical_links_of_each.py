from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mentoring", "0019_people_of_a_departement"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="hierarchicallink", name="hierarchical_link_once"),
        migrations.AddConstraint(
            model_name="hierarchicallink",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("senior", "junior", "declared_by"),
                name="hierarchical_link_once_each",
            ),
        ),
    ]
