import django.db.models.constraints
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('forums', '0010_hidden_notes'),
        ('mentoring', '0011_introductions'),
        ('peer_sessions', '0007_minutes_decisions_and_evaluations'),
        ('people', '0010_cohorts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Training',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=160, verbose_name='titre')),
                ('description', models.TextField(blank=True, help_text='Markdown', max_length=20000, verbose_name='présentation')),
                ('description_html', models.TextField(blank=True, editable=False)),
                ('render_version', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('prerequisites', models.CharField(blank=True, max_length=500, verbose_name='ce qu’il faut savoir avant')),
                ('capacity', models.PositiveSmallIntegerField(default=8, verbose_name='places')),
                ('taken_count', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('certified_from', models.PositiveSmallIntegerField(default=80, help_text='percent of its steps that a certificate takes')),
                ('state', models.CharField(choices=[('draft', 'en préparation'), ('open', 'ouverte'), ('ended', 'terminée')], default='draft', max_length=10)),
                ('opened_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('circle', models.ForeignKey(help_text='to whom it is offered', on_delete=django.db.models.deletion.RESTRICT, related_name='trainings', to='people.circle')),
                ('competence', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='trainings', to='mentoring.competence')),
                ('members_circle', models.ForeignKey(help_text='who follows it', on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='people.circle')),
                ('network', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='trainings', to='people.network')),
                ('requires', models.ManyToManyField(blank=True, related_name='+', to='mentoring.competence', verbose_name='prérequis')),
                ('trainer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='trainings', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['network', 'state'], name='training_of_network')],
                'constraints': [models.CheckConstraint(condition=models.Q(('capacity__gte', 1), ('taken_count__lte', models.F('capacity'))), name='training_not_over_full'), models.CheckConstraint(condition=models.Q(('certified_from__range', (1, 100))), name='training_certified_percent'), models.CheckConstraint(condition=models.Q(('state', 'draft'), ('opened_at__isnull', False), _connector='OR'), name='training_opened_when')],
            },
        ),
        migrations.CreateModel(
            name='TrainingPlace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('held', 'place prise'), ('waiting', 'en liste d’attente'), ('left', 'rendue')], default='held', max_length=10)),
                ('claimed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('left_at', models.DateTimeField(blank=True, null=True)),
                ('certificate', models.UUIDField(help_text='its number, once it was earned', null=True, unique=True)),
                ('certified_at', models.DateTimeField(blank=True, null=True)),
                ('training', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='place_rows', to='mentoring.training')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='training_places', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('training', 'user'), name='training_place_once'), models.CheckConstraint(condition=models.Q(models.Q(('certificate__isnull', True), ('certified_at__isnull', True)), models.Q(('certificate__isnull', False), ('certified_at__isnull', False)), _connector='OR'), name='training_certificate_dated'), models.CheckConstraint(condition=models.Q(models.Q(('left_at__isnull', False), ('state', 'left')), models.Q(models.Q(('state', 'left'), _negated=True), ('left_at__isnull', True)), _connector='OR'), name='training_place_left_when')],
            },
        ),
        migrations.CreateModel(
            name='TrainingStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('session', 'séance'), ('topic', 'discussion à lire'), ('link', 'page à lire')], max_length=10)),
                ('title', models.CharField(max_length=160, verbose_name='titre')),
                ('minutes', models.PositiveSmallIntegerField(default=0, help_text='that it takes')),
                ('url', models.URLField(blank=True, max_length=500)),
                ('session', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='peer_sessions.peersession')),
                ('topic', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='forums.topic')),
                ('training', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='mentoring.training')),
            ],
            options={
                'ordering': ['position', 'pk'],
                'constraints': [models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('training', 'position'), name='training_step_position'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'link'), _negated=True), models.Q(('url', ''), _negated=True), _connector='OR'), name='training_step_leads_somewhere')],
            },
        ),
        migrations.CreateModel(
            name='TrainingAttendance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('marked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('marked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('step', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attendance', to='mentoring.trainingstep')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('step', 'user'), name='training_attendance_once')],
            },
        ),
    ]
