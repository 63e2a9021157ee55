import secrets
from typing import Any

from django.db import migrations, models

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def give_codes(apps: Any, _schema_editor: Any) -> None:
    """What was sent before gets a code too."""
    applications = apps.get_model("applications", "Application").objects
    for application in applications.filter(sent_at__isnull=False, visit_code=None).only("pk").iterator():
        code = "".join(secrets.choice(LETTERS) for _place in range(6))
        while applications.filter(visit_code=code).exists():
            code = "".join(secrets.choice(LETTERS) for _place in range(6))
        applications.filter(pk=application.pk).update(visit_code=code)


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0005_desk'),
    ]

    operations = [
        migrations.AddField(
            model_name='application',
            name='visit_code',
            field=models.CharField(max_length=6, null=True, unique=True),
        ),
        migrations.RunPython(give_codes, migrations.RunPython.noop),
    ]
