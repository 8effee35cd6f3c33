import django.contrib.postgres.indexes
from django.db import migrations, models

import peerhub.people.folding


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0007_circles_of_several_categories'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='user',
            index=models.Index(django.contrib.postgres.indexes.OpClass(peerhub.people.folding.Fold('given_name'), name='text_pattern_ops'), name='user_given_name_folded'),
        ),
        migrations.AddIndex(
            model_name='user',
            index=models.Index(django.contrib.postgres.indexes.OpClass(peerhub.people.folding.Fold('family_name'), name='text_pattern_ops'), name='user_family_name_folded'),
        ),
    ]
