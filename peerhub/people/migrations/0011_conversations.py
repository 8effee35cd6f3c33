from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('people', '0010_cohorts'),
    ]

    operations = [
        migrations.AlterField(
            model_name='circle',
            name='kind',
            field=models.CharField(choices=[('public', 'tout le monde'), ('network', 'réseau'), ('category', 'catégorie'), ('categories', 'plusieurs catégories'), ('delegation', 'délégation'), ('session', 'séance'), ('animators', 'animation'), ('cohort', 'délégations d’un parcours'), ('custom', 'liste choisie'), ('conversation', 'conversation')], max_length=12),
        ),
        migrations.AddConstraint(
            model_name='circle',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'conversation'), _negated=True), models.Q(('is_confidential', True), ('name', '')), _connector='OR'), name='circle_conversation_is_closed'),
        ),
    ]
