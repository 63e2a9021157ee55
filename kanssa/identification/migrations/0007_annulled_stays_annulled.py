"""The database itself holds that an annulled identification stays annulled, and decisions as they were made."""

from django.db import migrations

ADD = """
CREATE TRIGGER identification_stays_annulled BEFORE UPDATE OF annulled_at ON identification_identification
    FOR EACH ROW WHEN (OLD.annulled_at IS NOT NULL AND NEW.annulled_at IS NULL)
    EXECUTE FUNCTION kanssa_never_changed();
CREATE TRIGGER check_decision_is_never_changed BEFORE UPDATE OR DELETE ON identification_checkdecision
    FOR EACH ROW EXECUTE FUNCTION kanssa_never_changed();
"""
REMOVE = """
DROP TRIGGER identification_stays_annulled ON identification_identification;
DROP TRIGGER check_decision_is_never_changed ON identification_checkdecision;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("identification", "0006_recorded_code"),
        ("evidence", "0002_rows_are_only_added"),
    ]
    operations = [migrations.RunSQL(ADD, REMOVE)]
