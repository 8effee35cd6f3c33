import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('forums', '0010_hidden_notes'),
        ('mentoring', '0007_solicitations'),
        ('peer_sessions', '0007_minutes_decisions_and_evaluations'),
        ('people', '0010_cohorts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Mentorship',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_group', models.BooleanField(default=False)),
                ('places', models.PositiveSmallIntegerField(default=1, help_text='peers at most')),
                ('goals', models.TextField(blank=True, help_text='plain text', max_length=4000, verbose_name='objectifs')),
                ('rhythm', models.CharField(choices=[('weekly', 'chaque semaine'), ('fortnightly', 'tous les quinze jours'), ('monthly', 'chaque mois'), ('free', 'quand il le faut')], default='monthly', max_length=12, verbose_name='rythme')),
                ('starts_on', models.DateField(verbose_name='début')),
                ('ends_on', models.DateField(verbose_name='fin prévue')),
                ('terms_number', models.PositiveSmallIntegerField(default=1)),
                ('mentor_agreed_number', models.PositiveSmallIntegerField(default=0, help_text='of the terms; 0: none yet')),
                ('state', models.CharField(choices=[('proposed', 'à convenir'), ('active', 'en cours'), ('paused', 'en pause'), ('ended', 'terminé')], default='proposed', max_length=10)),
                ('paused_until', models.DateField(blank=True, null=True)),
                ('ending', models.CharField(blank=True, choices=[('done', 'arrivé à son terme'), ('left', 'arrêté en chemin'), ('declined', 'non convenu')], max_length=10)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('circle', models.OneToOneField(on_delete=django.db.models.deletion.RESTRICT, related_name='mentorship', to='people.circle')),
                ('competence', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='mentoring.competence')),
                ('mentor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mentorships_given', to=settings.AUTH_USER_MODEL)),
                ('need', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='mentorships', to='mentoring.need')),
                ('network', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mentorships', to='people.network')),
                ('solicitation', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='mentorship', to='mentoring.solicitation')),
                ('topic', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='forums.topic')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state__in', ['active', 'paused'])), fields=['mentor'], name='mentorship_running'), models.Index(fields=['network', 'state'], name='mentorship_of_network')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__gt', models.F('starts_on'))), name='mentorship_ends_after'), models.CheckConstraint(condition=models.Q(models.Q(('is_group', True), ('places__range', (2, 12))), models.Q(('is_group', False), ('places', 1)), _connector='OR'), name='mentorship_places'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('state', 'ended'), models.Q(('ending', ''), _negated=True)), models.Q(models.Q(('state', 'ended'), _negated=True), ('ended_at__isnull', True), ('ending', '')), _connector='OR'), name='mentorship_ended_somehow'), models.CheckConstraint(condition=models.Q(('mentor_agreed_number__lte', models.F('terms_number'))), name='mentorship_agreed_to_what_was_said'), models.CheckConstraint(condition=models.Q(('paused_until__isnull', True), ('state', 'paused'), _connector='OR'), name='mentorship_pause_ends')],
            },
        ),
        migrations.CreateModel(
            name='MentorshipMeeting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mentorship', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='meetings', to='mentoring.mentorship')),
                ('session', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='mentorship_meeting', to='peer_sessions.peersession')),
            ],
        ),
        migrations.CreateModel(
            name='MentorshipPeer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agreed_number', models.PositiveSmallIntegerField(default=0, help_text='of the terms; 0: none yet')),
                ('joined_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('left_at', models.DateTimeField(blank=True, null=True)),
                ('mentorship', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='peers', to='mentoring.mentorship')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mentorships_received', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('mentorship', 'user'), name='mentorship_peer_once')],
            },
        ),
    ]
