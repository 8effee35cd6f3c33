from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('peer_sessions', '0009_rooms_stand_once_made'),
    ]

    operations = [
        migrations.AddField(
            model_name='datepoll',
            name='token',
            field=models.UUIDField(blank=True, editable=False, help_text='of a form sent twice, one poll', null=True, unique=True),
        ),
    ]
