"""The database itself holds that an ended confirmation stays ended, and that none gets more time.

It can still be annulled, which is for good. One way back is left: of what an application's becoming
valid had ended, once a confirmation of that application was annulled.
"""

from django.db import migrations

ADD = """
CREATE FUNCTION kanssa_ended_stays_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.ends_by <= OLD.ends_by AND OLD.ended_because <> 'annulled' AND (
        NEW.ended_because = 'annulled' AND NEW.ended_at >= OLD.ended_at
        OR NEW.ended_at IS NULL AND NEW.ended_because = '' AND NEW.ended_for IS NULL
        AND OLD.ended_because = 'used-elsewhere' AND EXISTS (
            SELECT FROM applications_confirmation cause
            WHERE cause.application_id = OLD.ended_for AND cause.ended_because = 'annulled'
                AND cause.confirmed_at <= OLD.ended_at
        )
    )
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an ended confirmation stays ended, and none gets more time'
        USING ERRCODE = 'restrict_violation';
END $$;
-- Read where the migration ran, never in a table of the same name that another role made.
DO $$ BEGIN
    EXECUTE format('ALTER FUNCTION kanssa_ended_stays_ended() SET search_path = %I, pg_temp', current_schema());
END $$;
CREATE TRIGGER confirmation_stays_ended BEFORE UPDATE ON applications_confirmation
    FOR EACH ROW WHEN (
        NEW.ends_by > OLD.ends_by
        OR OLD.ended_at IS NOT NULL AND (NEW.ended_at, NEW.ended_because, NEW.ended_for)
            IS DISTINCT FROM (OLD.ended_at, OLD.ended_because, OLD.ended_for)
    ) EXECUTE FUNCTION kanssa_ended_stays_ended();
"""
REMOVE = """
DROP TRIGGER confirmation_stays_ended ON applications_confirmation;
DROP FUNCTION kanssa_ended_stays_ended();
"""


class Migration(migrations.Migration):
    dependencies = [("applications", "0012_no_trace_of_open_salts")]
    operations = [migrations.RunSQL(ADD, REMOVE)]
