import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('forums', '0010_hidden_notes'),
        ('mentoring', '0010_evidence'),
        ('peer_sessions', '0007_minutes_decisions_and_evaluations'),
        ('people', '0010_cohorts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='IntroductionRound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(help_text='its first day')),
                ('seed', models.BigIntegerField(help_text='of the drawing: the same seed makes the same meetings')),
                ('drawn_at', models.DateTimeField(blank=True, null=True)),
                ('left_out', models.PositiveIntegerField(default=0, help_text='for whom nobody was found')),
                ('network', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='introduction_rounds', to='people.network')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('network', 'month'), name='introduction_round_once'), models.CheckConstraint(condition=models.Q(('month__day', 1)), name='introduction_round_of_a_month')],
            },
        ),
        migrations.CreateModel(
            name='Introduction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('proposed_at', models.DateTimeField(blank=True, help_text='the first instant at which all are free', null=True)),
                ('state', models.CharField(choices=[('proposed', 'proposée'), ('planned', 'dans les agendas'), ('declined', 'déclinée'), ('done', 'passée')], default='proposed', max_length=10)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('circle', models.OneToOneField(on_delete=django.db.models.deletion.RESTRICT, related_name='introduction', to='people.circle')),
                ('network', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.network')),
                ('session', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='peer_sessions.peersession')),
                ('topic', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='forums.topic')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='introductions', to='mentoring.introductionround')),
            ],
        ),
        migrations.CreateModel(
            name='FreeSlot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekday', models.PositiveSmallIntegerField(help_text='0 Monday … 6 Sunday')),
                ('starts', models.TimeField()),
                ('ends', models.TimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='free_slots', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['weekday', 'starts'],
                'constraints': [models.UniqueConstraint(fields=('user', 'weekday', 'starts'), name='free_slot_once'), models.CheckConstraint(condition=models.Q(('weekday__lte', 6)), name='free_slot_weekday'), models.CheckConstraint(condition=models.Q(('ends__gt', models.F('starts'))), name='free_slot_ends_after')],
            },
        ),
        migrations.CreateModel(
            name='IntroducedPair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('network', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.network')),
                ('second', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('introduction', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pairs', to='mentoring.introduction')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('network', 'first', 'second'), name='introduced_pair_once'), models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='introduced_pair_in_order')],
            },
        ),
        migrations.CreateModel(
            name='Introduced',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('declined_at', models.DateTimeField(blank=True, null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='introductions', to=settings.AUTH_USER_MODEL)),
                ('introduction', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='people', to='mentoring.introduction')),
            ],
            options={
                'verbose_name_plural': 'introduced',
                'constraints': [models.UniqueConstraint(fields=('introduction', 'user'), name='introduced_once'), models.CheckConstraint(condition=models.Q(('accepted_at__isnull', True), ('declined_at__isnull', True), _connector='OR'), name='introduced_one_answer')],
            },
        ),
        migrations.CreateModel(
            name='IntroductionOptIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('size', models.PositiveSmallIntegerField(default=2, help_text='people of a meeting, oneself included')),
                ('since', models.DateTimeField(default=django.utils.timezone.now)),
                ('skips_until', models.DateField(blank=True, help_text='no round before it', null=True)),
                ('network', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='introduction_opt_ins', to='people.network')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='introduction_opt_ins', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('network', 'user'), name='introduction_opt_in_once'), models.CheckConstraint(condition=models.Q(('size__in', [2, 3])), name='introduction_of_two_or_three')],
            },
        ),
    ]
