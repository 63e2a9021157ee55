"""Know the mailbox behind an address, and when a message may leave."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messages", "0003_no_birth_date_in_a_cause"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="mailbox_lookup",
            field=models.BinaryField(default=bytes, max_length=32),
        ),
        migrations.AddField(
            model_name="message",
            name="planned_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="message",
            name="share",
            field=models.CharField(default="", max_length=10),
        ),
        migrations.RunSQL("UPDATE messages_message SET mailbox_lookup = address_lookup", migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["mailbox_lookup", "planned_at"], name="message_to_mailbox"),
        ),
    ]
