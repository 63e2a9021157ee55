"""Let no light change of the household pass unseen (DOMAIN, rule 2)."""

from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.content.content import Content
from kanssa.applications.content.differences import light_household_changes
from kanssa.applications.notifications.announcements import notify_wishes_changed


def announce_light_changes(loaded: LoadedApplication, before: Content) -> None:
    """Write to the adults who have confirmed, if the main applicant changed light facts of the household."""
    if not light_household_changes(before, loaded.current.content):
        return
    editor = loaded.main_applicant
    editor.seen_version, editor.seen_at = loaded.current.version, loaded.now
    editor.save(update_fields=["seen_version", "seen_at"])
    notify_wishes_changed(loaded, excluding=editor.pk)
