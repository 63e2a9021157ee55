"""Write the tables afresh: until then the files still hold the rows with open salts."""

from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("applications", "0011_sealed_salts")]
    operations = [
        migrations.RunSQL("VACUUM FULL applications_application", migrations.RunSQL.noop),
        migrations.RunSQL("VACUUM FULL applications_applicant", migrations.RunSQL.noop),
    ]
