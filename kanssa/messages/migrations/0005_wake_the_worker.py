"""Let the database wake the worker at the commit that queued a message."""

from django.db import migrations

ADD = """
CREATE FUNCTION kanssa_wake_worker() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NOTIFY kanssa_messages;
    RETURN NULL;
END $$;
CREATE TRIGGER message_wakes_worker AFTER INSERT ON messages_message
    FOR EACH STATEMENT EXECUTE FUNCTION kanssa_wake_worker();
"""
REMOVE = """
DROP TRIGGER message_wakes_worker ON messages_message;
DROP FUNCTION kanssa_wake_worker();
"""


class Migration(migrations.Migration):
    dependencies = [("messages", "0004_pacing")]
    operations = [migrations.RunSQL(ADD, REMOVE)]
