from django.db import migrations, models
from django.db.models import deletion


class Migration(migrations.Migration):
    dependencies = [("applications", "0017_plain_names")]
    operations = [
        migrations.AddField(
            "applicant",
            "seen_version",
            models.ForeignKey(
                null=True, on_delete=deletion.SET_NULL, related_name="+", to="applications.version"
            ),
        ),
        migrations.AddField("applicant", "seen_at", models.DateTimeField(null=True)),
    ]
