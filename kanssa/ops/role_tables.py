"""The rights of the service's database role, by table.

On a table that is not listed here it has all rights on rows: read, insert, update, delete.
"""

ADD_ONLY = (
    "office_officeedition",
    "applications_part",
    "applications_version",
    "applications_version_parts",
    "evidence_event",
    "evidence_statement",
    "identification_checkdecision",
)
"""Rows can be read and inserted only."""

MAY_CHANGE = {"applications_confirmation": ("ends_by", "ended_at", "ended_because", "ended_for")}
"""Rows can be read and inserted, and these columns updated."""

READ_ONLY = (
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_content_type",
    "django_migrations",
)
"""Django's own tables, which only migrations write."""

GUARDS = {
    "applications_confirmation": (
        "confirmation_assistance_binds",
        "confirmation_binds",
        "confirmation_is_never_deleted",
        "confirmation_stays_ended",
    ),
    "office_officeedition": ("desk_edition_is_never_changed",),
    "applications_part": ("part_is_never_changed",),
    "applications_version": ("version_is_never_changed",),
    "applications_version_parts": ("version_part_is_never_changed",),
    "evidence_event": ("event_is_never_changed",),
    "evidence_statement": ("statement_is_never_changed",),
    "identification_checkdecision": ("check_decision_is_never_changed",),
    "identification_identification": ("identification_stays_annulled",),
}
"""Triggers that enforce the same for every role."""

UNREAD_TYPES = ("bytea",)
UNREAD_COLUMNS = ("password", "cause")
"""Columns that the reader may not read: all sealed or keyed values have one of these types or names.

Auditors need the digests in the facts of events, and those have sealed salts.
"""
