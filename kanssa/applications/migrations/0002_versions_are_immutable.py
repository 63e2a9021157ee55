"""The database itself holds that versions never change, and what a confirmation binds."""

from django.db import migrations

ADD = """
CREATE TRIGGER version_is_never_changed BEFORE UPDATE OR DELETE ON applications_version
    FOR EACH ROW EXECUTE FUNCTION kanssa_never_changed();
CREATE TRIGGER part_is_never_changed BEFORE UPDATE OR DELETE ON applications_part
    FOR EACH ROW EXECUTE FUNCTION kanssa_never_changed();
CREATE TRIGGER version_part_is_never_changed BEFORE UPDATE OR DELETE ON applications_version_parts
    FOR EACH ROW EXECUTE FUNCTION kanssa_never_changed();
CREATE TRIGGER confirmation_is_never_deleted BEFORE DELETE ON applications_confirmation
    FOR EACH ROW EXECUTE FUNCTION kanssa_never_changed();
CREATE TRIGGER confirmation_binds BEFORE UPDATE OF application_id, applicant_id, person_id, version_id,
    digest, identification_id, terms, confirmed_at ON applications_confirmation
    FOR EACH ROW EXECUTE FUNCTION kanssa_never_changed();
"""
REMOVE = """
DROP TRIGGER version_is_never_changed ON applications_version;
DROP TRIGGER part_is_never_changed ON applications_part;
DROP TRIGGER version_part_is_never_changed ON applications_version_parts;
DROP TRIGGER confirmation_is_never_deleted ON applications_confirmation;
DROP TRIGGER confirmation_binds ON applications_confirmation;
"""


class Migration(migrations.Migration):
    dependencies = [("applications", "0001_initial"), ("evidence", "0002_rows_are_only_added")]
    operations = [migrations.RunSQL(ADD, REMOVE)]
