"""Let applicants' accounts have a second factor."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_plain_names")]
    operations = [
        migrations.AddField("account", "new_secret", models.BinaryField(null=True)),
        migrations.CreateModel(
            "AccountAuthenticator",
            [
                ("secret", models.BinaryField()),
                ("last_step", models.BigIntegerField()),
                ("set_up_at", models.DateTimeField()),
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="accounts.account",
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            "AccountCode",
            [
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("code_hash", models.BinaryField(max_length=32, unique=True)),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="accounts.account"
                    ),
                ),
            ],
            options={"abstract": False},
        ),
    ]
