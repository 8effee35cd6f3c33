import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mentoring', '0001_initial'),
        ('people', '0010_cohorts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CompetenceBridge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weight', models.PositiveSmallIntegerField(default=50, help_text='percent of what the needed one itself would bring')),
                ('needed', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answered_by', to='mentoring.competence')),
                ('offered', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='mentoring.competence')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('needed', 'offered'), name='competence_bridge_once'), models.CheckConstraint(condition=models.Q(('needed', models.F('offered')), _negated=True), name='competence_bridge_between_two'), models.CheckConstraint(condition=models.Q(('weight__range', (1, 100))), name='competence_bridge_percent')],
            },
        ),
        migrations.CreateModel(
            name='CompetenceProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('synonyms', models.CharField(blank=True, help_text='as they were typed, separated by commas', max_length=300)),
                ('why', models.CharField(blank=True, max_length=500)),
                ('state', models.CharField(choices=[('waiting', 'à lire'), ('added', 'ajoutée'), ('known', 'déjà là sous un autre nom'), ('refused', 'non retenue')], default='waiting', max_length=10)),
                ('answer', models.CharField(blank=True, help_text='a sentence to its author', max_length=500)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='competence_proposals', to=settings.AUTH_USER_MODEL)),
                ('became', models.ForeignKey(blank=True, help_text='the new or the known', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='mentoring.competence')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('network', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='competence_proposals', to='people.network')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='mentoring.competence')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['network', 'created_at'], name='competence_proposal_waiting')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('became__isnull', True), ('decided_at__isnull', True), ('state', 'waiting')), models.Q(('became__isnull', False), ('decided_at__isnull', False), ('state__in', ['added', 'known'])), models.Q(('became__isnull', True), ('decided_at__isnull', False), ('state', 'refused')), _connector='OR'), name='competence_proposal_decided')],
            },
        ),
        migrations.AddField(
            model_name='competence',
            name='is_local',
            field=models.BooleanField(default=False, help_text='made, moved, renamed or merged here: a new edition of the file leaves it as it is'),
        ),
        migrations.AddField(
            model_name='competence',
            name='merged_into',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='mentoring.competence'),
        ),
        migrations.AddConstraint(
            model_name='competence',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into__isnull', True), models.Q(('is_retired', True), models.Q(('merged_into', models.F('pk')), _negated=True)), _connector='OR'), name='competence_merged_is_retired'),
        ),
    ]
