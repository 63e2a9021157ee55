"""A person may refuse to be asked again by a main applicant, and may come by a printed invitation."""

import uuid

from django.db import migrations, models
from django.db.models import deletion


class Migration(migrations.Migration):
    dependencies = [("applications", "0020_own_part"), ("people", "0005_plain_names")]
    operations = [
        migrations.AddField(
            "invitation", "is_by_hand", models.BooleanField(db_default=False, default=False)
        ),
        migrations.AddField("invitation", "expires_at", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="AskingRefusal",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("mailbox_lookup", models.BinaryField(max_length=32, null=True)),
                ("sealed", models.BinaryField()),
                ("refused_at", models.DateTimeField()),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=deletion.SET_NULL,
                        related_name="+",
                        to="applications.applicant",
                    ),
                ),
                (
                    "asker",
                    models.ForeignKey(
                        null=True, on_delete=deletion.CASCADE, related_name="+", to="people.person"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=deletion.CASCADE, related_name="asking_refusals", to="people.person"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["mailbox_lookup"], name="asking_refusal_mailbox")],
                "constraints": [
                    models.UniqueConstraint(fields=["person", "asked_by"], name="one_refusal_an_asker")
                ],
            },
        ),
    ]
