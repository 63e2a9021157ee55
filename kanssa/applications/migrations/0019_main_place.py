"""When an adult accepted the main applicant's place, and when they answered for the household themselves."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("applications", "0018_indexes_of_lists")]
    operations = [
        migrations.AddField("applicant", "main_accepted_at", models.DateTimeField(null=True)),
        migrations.AddField("applicant", "main_answered_at", models.DateTimeField(null=True)),
    ]
