from django.db import migrations

# Those of needs were hand-made lists: nothing else of mentoring had a circle before.
_NAMED = """
UPDATE people_circle SET kind = 'conversation', name = ''
WHERE kind = 'custom' AND is_confidential AND id IN (SELECT circle_id FROM mentoring_need)
"""


class Migration(migrations.Migration):
    dependencies = [
        ('mentoring', '0015_training_token_and_revoked_certificates'),
        ('people', '0011_conversations'),
    ]

    operations = [migrations.RunSQL(_NAMED, migrations.RunSQL.noop)]
