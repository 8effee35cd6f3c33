from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [('mentoring', '0017_what_the_directory_shows')]

    operations = [
        migrations.AlterField(
            model_name='introduction',
            name='state',
            field=models.CharField(
                choices=[
                    ('proposed', 'proposée'),
                    ('planned', 'dans les agendas'),
                    ('declined', 'déclinée'),
                    ('lapsed', 'restée sans suite'),
                    ('done', 'passée'),
                ],
                default='proposed',
                max_length=10,
            ),
        ),
    ]
