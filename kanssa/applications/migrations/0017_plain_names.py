"""Name columns in the field's standard terms; the office's editions leave for an app of their own."""

from django.db import migrations, models
from django.db.models import deletion


class Migration(migrations.Migration):
    dependencies = [("applications", "0016_address_troubles"), ("people", "0005_plain_names")]
    operations = [
        migrations.RenameField("application", "standing_version", "current_version"),
        migrations.RenameField("application", "noticed_until", "reminded_until"),
        migrations.RenameField("applicant", "order_sealed", "non_disclosure_sealed"),
        migrations.AlterField(
            "applicant",
            "person",
            models.ForeignKey(
                null=True, on_delete=deletion.PROTECT, related_name="applicants", to="people.person"
            ),
        ),
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("DeskEdition")]),
    ]
