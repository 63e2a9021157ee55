"""The database itself holds that the log only grows; the erasing job says what it is first."""

from django.db import migrations

ADD = """
CREATE FUNCTION kanssa_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('kanssa.erasing', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% rows are never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER event_is_never_changed BEFORE UPDATE OR DELETE ON evidence_event
    FOR EACH ROW EXECUTE FUNCTION kanssa_never_changed();
"""
REMOVE = """
DROP TRIGGER event_is_never_changed ON evidence_event;
DROP FUNCTION kanssa_never_changed();
"""


class Migration(migrations.Migration):
    dependencies = [("evidence", "0001_initial")]
    operations = [migrations.RunSQL(ADD, REMOVE)]
