"""Take over the table of the desk's editions, with its trigger."""

import uuid

from django.db import migrations, models

RENAME = """
ALTER TABLE applications_deskedition RENAME TO office_officeedition;
ALTER TABLE office_officeedition RENAME COLUMN said TO information;
"""
BACK = """
ALTER TABLE office_officeedition RENAME COLUMN information TO said;
ALTER TABLE office_officeedition RENAME TO applications_deskedition;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("applications", "0017_plain_names")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="OfficeEdition",
                    fields=[
                        ("number", models.PositiveIntegerField(primary_key=True, serialize=False)),
                        ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("information", models.JSONField()),
                        ("made_at", models.DateTimeField()),
                        ("made_by", models.UUIDField()),
                    ],
                ),
            ],
            database_operations=[migrations.RunSQL(RENAME, BACK)],
        ),
    ]
