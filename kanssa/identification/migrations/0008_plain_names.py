"""Name a column in plain words."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("identification", "0007_annulled_stays_annulled")]
    operations = [migrations.RenameField("brokerlogin", "afterwards", "after_logout")]
