"""Name tables and columns in the field's standard terms."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_own_people")]
    operations = [
        migrations.RenameModel("Tries", "RateLimitCounter"),
        migrations.RenameModel("OwnPerson", "ConflictOfInterest"),
        migrations.RenameField("account", "needs_proof_since", "reauthentication_required_since"),
    ]
