import uuid
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('peer_sessions', '0004_seals_and_seat_events_are_append_only'),
        ('people', '0010_cohorts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SessionSeries',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(help_text='RRULE of RFC 5545, COUNT or UNTIL included; UNTIL is local', max_length=200)),
                ('starts_at', models.DateTimeField(help_text='first occurrence; repeated at the same local hour of `time_zone`')),
                ('minutes', models.PositiveIntegerField(help_text='how long each lasts')),
                ('time_zone', models.CharField(help_text='IANA name', max_length=64)),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('sequence', models.PositiveIntegerField(default=0, editable=False, help_text='RFC 5545: + 1 when the rule changes')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('circle', models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name='series', to='people.circle')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('network', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='series', to='people.network')),
            ],
            options={
                'verbose_name_plural': 'series',
            },
        ),
        migrations.AddField(
            model_name='peersession',
            name='occurs_at',
            field=models.DateTimeField(blank=True, editable=False, help_text='RECURRENCE-ID: when the rule of its series puts it', null=True),
        ),
        migrations.AddField(
            model_name='peersession',
            name='series',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='sessions', to='peer_sessions.sessionseries'),
        ),
        migrations.AddConstraint(
            model_name='peersession',
            constraint=models.UniqueConstraint(fields=('series', 'occurs_at'), name='session_once_in_series'),
        ),
        migrations.AddConstraint(
            model_name='sessionseries',
            constraint=models.CheckConstraint(condition=models.Q(('minutes__gt', 0)), name='series_lasts'),
        ),
    ]
