import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('peer_sessions', '0010_polls_of_a_form_sent_twice'),
    ]

    operations = [
        migrations.AddField(
            model_name='sessionseries',
            name='continues',
            field=models.ForeignKey(
                blank=True,
                editable=False,
                help_text='the one that it was parted from: its dates come before',
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name='continued_by',
                to='peer_sessions.sessionseries',
            ),
        ),
    ]
