from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('peer_sessions', '0008_what_a_session_leaves'),
    ]

    operations = [
        migrations.AlterField(
            model_name='videoroom',
            name='made_at',
            field=models.DateTimeField(blank=True, help_text='when its provider last said that it stands', null=True),
        ),
    ]
