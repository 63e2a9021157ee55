"""What the service's database role may do to which table.

To a table that is not named here it may do all of it: read, add, change and delete rows.
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
"""Rows are added and read."""

MAY_CHANGE = {"applications_confirmation": ("ends_by", "ended_at", "ended_because", "ended_for")}
"""Rows are added and read, and these columns change."""

READ_ONLY = (
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_content_type",
    "django_migrations",
)
"""Django's own, which migrations write."""

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
"""The triggers that hold it a second time, for every role."""

UNREAD_TYPES = ("bytea",)
UNREAD_COLUMNS = ("password", "cause")
"""What the reader does not get: all that is sealed or keyed has one of these types or names.

The digests in the facts of events have sealed salts, and auditors need them.
"""
