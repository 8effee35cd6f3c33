import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mentoring', '0003_territory_traits'),
        ('people', '0010_cohorts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Support',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('funding', 'aide aux subventions'), ('technical', 'appui technique'), ('material', 'appui matériel : locaux, équipements'), ('political', 'appui politique')], max_length=10, verbose_name='nature de l’appui')),
                ('summary', models.CharField(max_length=200, verbose_name='en une phrase')),
                ('details', models.TextField(blank=True, help_text='plain text', max_length=4000, verbose_name='précisions')),
                ('website', models.URLField(blank=True, max_length=300, verbose_name='page à lire')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valable jusqu’au')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('renewal_asked_at', models.DateTimeField(blank=True, editable=False, help_text='of its keepers', null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('circle', models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name='supports', to='people.circle')),
                ('competences', models.ManyToManyField(blank=True, related_name='supports', to='mentoring.competence')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('network', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='supports', to='people.network')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='supports', to='people.organisation')),
                ('territories', models.ManyToManyField(blank=True, help_text='that it covers, with all in them; none: everywhere', related_name='supports', to='people.territory')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('withdrawn_at__isnull', True)), fields=['valid_until'], name='support_ends_on')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('network', 'organisation', 'kind'), name='support_one_of_a_kind')],
            },
        ),
        migrations.CreateModel(
            name='SupportContact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(max_length=120, verbose_name='fonction')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='adresse du service')),
                ('phone', models.CharField(blank=True, max_length=30, verbose_name='téléphone du service')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('support', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to='mentoring.support')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['position', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('support', 'role'), name='support_contact_one_a_role'), models.CheckConstraint(condition=models.Q(('user__isnull', False), models.Q(('email', ''), _negated=True), models.Q(('phone', ''), _negated=True), _connector='OR'), name='support_contact_reaches')],
            },
        ),
        migrations.CreateModel(
            name='OrganisationKeeper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField(default=django.utils.timezone.now)),
                ('named_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('network', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.network')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='keepers', to='people.organisation')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='kept_organisations', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('network', 'organisation', 'user'), name='organisation_keeper_once')],
            },
        ),
    ]
