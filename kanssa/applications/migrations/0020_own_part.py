"""Changed wishes that adults have read, revival after a removal, and outages that extend a time."""

from uuid import uuid4

from django.db import migrations, models
from django.db.models import Q, deletion

_FUNCTION = """
CREATE OR REPLACE FUNCTION kanssa_ended_stays_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.ends_by <= OLD.ends_by AND OLD.ended_because <> 'annulled' AND (
        NEW.ended_because = 'annulled' AND NEW.ended_at >= OLD.ended_at
        OR NEW.ended_at IS NULL AND NEW.ended_because = '' AND NEW.ended_for IS NULL
        AND OLD.ended_because = 'used-elsewhere' AND ({causes})
    )
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an ended confirmation stays ended, and none gets more time'
        USING ERRCODE = 'restrict_violation';
END $$;
-- Read where the migration ran, never in a table of the same name that another role made.
DO $$ BEGIN
    EXECUTE format('ALTER FUNCTION kanssa_ended_stays_ended() SET search_path = %%I, pg_temp', current_schema());
END $$;
"""
_ANNULLED = """EXISTS (
            SELECT FROM applications_confirmation cause
            WHERE cause.application_id = OLD.ended_for AND cause.ended_because = 'annulled'
                AND cause.confirmed_at <= OLD.ended_at
        )"""
_GONE = """EXISTS (
            SELECT FROM applications_applicant gone
            WHERE gone.application_id = OLD.ended_for AND gone.person_id = OLD.person_id
                AND (gone.removed_at >= OLD.ended_at OR gone.left_at >= OLD.ended_at)
        )"""


def _with(*causes: str) -> str:
    return _FUNCTION.format(causes=" OR ".join(causes)).replace("%%I", "%I")


class Migration(migrations.Migration):
    dependencies = [("applications", "0018_indexes_of_lists")]
    operations = [
        migrations.AddField(
            "applicant",
            "seen_version",
            models.ForeignKey(
                null=True, on_delete=deletion.SET_NULL, related_name="+", to="applications.version"
            ),
        ),
        migrations.AddField("applicant", "seen_at", models.DateTimeField(null=True)),
        migrations.AddField("applicant", "revival_due_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "applicant",
            models.Index(
                fields=["revival_due_at"],
                name="applicant_revives",
                condition=Q(revival_due_at__isnull=False),
            ),
        ),
        migrations.CreateModel(
            "Outage",
            [
                ("id", models.UUIDField(primary_key=True, default=uuid4, editable=False, serialize=False)),
                ("service", models.CharField(max_length=40, default="")),
                ("begun_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField()),
            ],
            options={"indexes": [models.Index(fields=["ended_at"], name="outage_ended")]},
        ),
        migrations.CreateModel(
            "Pulse",
            [
                ("id", models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    )),
                ("wall_at", models.DateTimeField()),
            ],
        ),
        migrations.RunSQL(_with(_ANNULLED, _GONE), _with(_ANNULLED)),
    ]
