"""Take the birth dates out of the causes of messages: their keyed look-ups stay in their place."""

import re

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from kanssa.vault import fingerprint

_CAUSE = re.compile(r"(coming-of-age):(\d{4}-\d\d-\d\d):([0-9a-f-]{36})(:.*)")


def key(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Rewrite each cause as `announcements.py` writes it now, so that no message goes twice."""
    Message = apps.get_model("messages", "Message")
    for row in Message.objects.filter(cause__startswith="coming-of-age:").only("pk", "cause"):
        if found := _CAUSE.fullmatch(row.cause):
            kind, born, resident, rest = found.groups()
            keyed = fingerprint(f"{resident}:{born}", of="coming-of-age").hex()[:16]
            row.cause = f"{kind}:{keyed}:{resident}{rest}"
            row.save(update_fields=["cause"])


class Migration(migrations.Migration):
    dependencies = [("messages", "0002_delivery_states")]
    operations = [migrations.RunPython(key, migrations.RunPython.noop)]
