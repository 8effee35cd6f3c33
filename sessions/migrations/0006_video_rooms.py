import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('peer_sessions', '0005_series'),
    ]

    operations = [
        migrations.CreateModel(
            name='VideoRoom',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(choices=[('link', 'lien donné à l’avance'), ('jitsi', 'salle Jitsi'), ('bigbluebutton', 'salle BigBlueButton')], max_length=16)),
                ('name', models.CharField(help_text="cannot be guessed; the provider's meeting id", max_length=64, unique=True)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('failed_at', models.DateTimeField(blank=True, help_text='the provider was down: the fallback serves', null=True)),
            ],
        ),
        migrations.AddField(
            model_name='peersession',
            name='video_provider',
            field=models.CharField(choices=[('link', 'lien donné à l’avance'), ('jitsi', 'salle Jitsi'), ('bigbluebutton', 'salle BigBlueButton')], default='link', max_length=16, verbose_name='visioconférence'),
        ),
        migrations.AlterField(
            model_name='peersession',
            name='video_url',
            field=models.URLField(blank=True, help_text='the room, or what serves when its provider is down', max_length=500, verbose_name='lien vidéo'),
        ),
        migrations.AddField(
            model_name='videoroom',
            name='session',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='room', to='peer_sessions.peersession'),
        ),
        migrations.AddConstraint(
            model_name='videoroom',
            constraint=models.CheckConstraint(condition=models.Q(('provider', 'link'), _negated=True), name='room_of_a_provider'),
        ),
    ]
