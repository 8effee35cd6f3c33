import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mentoring', '0005_profiles_absences_and_links'),
        ('people', '0010_cohorts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Need',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('advice', 'Un conseil'), ('mentoring', 'Un accompagnement dans la durée'), ('funding', 'Un financement'), ('technical', 'Un appui technique'), ('material', 'Un appui matériel : locaux, équipements'), ('political', 'Un appui politique')], default='advice', max_length=10, verbose_name='nature')),
                ('title', models.CharField(blank=True, max_length=160, verbose_name='en une phrase')),
                ('details', models.TextField(blank=True, help_text='plain text', max_length=4000, verbose_name='précisions')),
                ('wanted_by', models.DateField(blank=True, null=True, verbose_name='pour le')),
                ('audience', models.CharField(choices=[('asked', 'Seulement les personnes que je sollicite'), ('category', 'Ma catégorie'), ('network', 'Tout le réseau')], default='asked', max_length=10)),
                ('goes_on', models.BooleanField(default=True, help_text='when a solicitation lapses', verbose_name='passer de soi-même à la personne suivante')),
                ('state', models.CharField(choices=[('draft', 'brouillon'), ('open', 'en recherche'), ('answered', 'quelqu’un a répondu présent'), ('closed', 'terminé')], default='draft', max_length=10)),
                ('closing', models.CharField(blank=True, choices=[('helped', 'J’ai trouvé de l’aide ici'), ('elsewhere', 'J’ai trouvé ailleurs'), ('dropped', 'Le projet a changé'), ('nobody', 'Je n’ai trouvé personne')], max_length=10)),
                ('token', models.UUIDField(editable=False, unique=True)),
                ('suggested_at', models.DateTimeField(blank=True, editable=False, help_text='when peers were last sought', null=True)),
                ('opened_at', models.DateTimeField(blank=True, null=True)),
                ('answered_at', models.DateTimeField(blank=True, help_text='when somebody first accepted', null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='needs', to=settings.AUTH_USER_MODEL)),
                ('author_affiliation', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.affiliation')),
                ('circle', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='needs', to='people.circle')),
                ('competence', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='needs', to='mentoring.competence', verbose_name='compétence')),
                ('network', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='needs', to='people.network')),
                ('territory', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.territory', verbose_name='territoire')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['network', 'opened_at'], name='need_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('circle__isnull', True), ('opened_at__isnull', True), ('state', 'draft')), models.Q(models.Q(('state', 'draft'), _negated=True), ('circle__isnull', False), ('opened_at__isnull', False)), _connector='OR'), name='need_open_to_a_circle'), models.CheckConstraint(condition=models.Q(('state', 'draft'), models.Q(('title', ''), _negated=True), _connector='OR'), name='need_says_what'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state', 'closed'), models.Q(('closing', ''), _negated=True)), models.Q(models.Q(('state', 'closed'), _negated=True), ('closed_at__isnull', True), ('closing', '')), _connector='OR'), name='need_closed_somehow'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'answered'), _negated=True), ('answered_at__isnull', False), _connector='OR'), name='need_answered_once')],
            },
        ),
        migrations.CreateModel(
            name='NeedSuggestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveSmallIntegerField(help_text='1 the first')),
                ('score', models.PositiveSmallIntegerField(help_text='of 1000, as matching.score makes it')),
                ('reasons', models.JSONField(default=list, help_text='[{"code": "...", ...}], the strongest first')),
                ('state', models.CharField(choices=[('proposed', 'proposée'), ('asked', 'sollicitée'), ('dismissed', 'écartée')], default='proposed', max_length=10)),
                ('suggested_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('need', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='suggestions', to='mentoring.need')),
                ('peer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['rank', 'pk'],
                'indexes': [models.Index(fields=['peer', 'suggested_at'], name='need_suggestion_of_peer')],
                'constraints': [models.UniqueConstraint(fields=('need', 'peer'), name='need_suggestion_once'), models.CheckConstraint(condition=models.Q(('rank__gte', 1), ('score__lte', 1000)), name='need_suggestion_ranked')],
            },
        ),
        migrations.CreateModel(
            name='NeedTask',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step_days', models.PositiveSmallIntegerField(default=3, help_text='3, 9, then 21: which alert comes next or is on')),
                ('due_at', models.DateTimeField(help_text='when the alert of `step_days` rings')),
                ('rung_at', models.DateTimeField(blank=True, help_text='the last alert', null=True)),
                ('taken_at', models.DateTimeField(blank=True, null=True)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('need', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='task', to='mentoring.need')),
                ('network', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='need_tasks', to='people.network')),
                ('taken_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('done_at__isnull', True)), fields=['due_at'], name='need_task_due'), models.Index(condition=models.Q(('done_at__isnull', True)), fields=['network', 'rung_at'], name='need_task_on')],
                'constraints': [models.CheckConstraint(condition=models.Q(('step_days__in', [3, 9, 21])), name='need_task_steps'), models.CheckConstraint(condition=models.Q(('taken_by__isnull', True), ('taken_at__isnull', False), _connector='OR'), name='need_task_taken_when')],
            },
        ),
    ]
