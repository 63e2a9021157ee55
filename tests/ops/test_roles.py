"""Three database roles: the owner migrates, the service serves, the reader reads."""

import re

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, ProgrammingError, connection
from psycopg import sql

from kanssa.accounts.models import Account
from kanssa.applications.aggregate.drafts import delete_old_drafts
from kanssa.applications.models import Applicant, Application, Confirmation
from kanssa.applications.states import State
from kanssa.evidence.models import Event
from kanssa.identification.models import Identification
from kanssa.ops.role_check import RoleCheck, WrongRole
from kanssa.ops.role_rights import examine_role
from kanssa.ops.role_tables import ADD_ONLY, GUARDS, MAY_CHANGE, READ_ONLY
from kanssa.worker.timers import run_timers
from tests.actions import annulled, confirmation_withdrawn
from tests.cast import AINO, EINO, NOW, arrived, completed, confirmed, joined, later, loaded_application, sent
from tests.ops.database_roles import acting_as, made, names, run
from tests.vault.test_stolen_database import lived

pytestmark = pytest.mark.django_db

OWNER = re.compile(r"\bkanssa(?= |$)")
INSUFFICIENT_PRIVILEGE, RESTRICT_VIOLATION = "42501", "23001"
FORBIDDEN = [
    *(f"TRUNCATE {table} CASCADE" for table in GUARDS),
    *(f"ALTER TABLE {table} DISABLE TRIGGER {each}" for table, names in GUARDS.items() for each in names),
    *(f"DROP TRIGGER {each} ON {table}" for table, names in GUARDS.items() for each in names),
    *(f"DELETE FROM {table}" for table in (*ADD_ONLY, *MAY_CHANGE)),
    *(f"SELECT * FROM {table} FOR UPDATE" for table in ADD_ONLY),
    "ALTER TABLE evidence_event DISABLE TRIGGER ALL",
    "ALTER TABLE evidence_event ENABLE REPLICA TRIGGER event_is_never_changed",
    "ALTER TABLE applications_confirmation DROP COLUMN digest",
    "ALTER TABLE applications_confirmation ADD COLUMN note text",
    "ALTER TABLE evidence_event RENAME TO other",
    "ALTER TABLE evidence_event SET UNLOGGED",
    "DROP TABLE evidence_event CASCADE",
    "DROP FUNCTION kanssa_never_changed() CASCADE",
    "DROP FUNCTION kanssa_ended_stays_ended() CASCADE",
    "CREATE OR REPLACE FUNCTION kanssa_never_changed() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
    "CREATE TRIGGER mine BEFORE INSERT ON evidence_event EXECUTE FUNCTION kanssa_never_changed()",
    "CREATE RULE mine AS ON INSERT TO evidence_event DO INSTEAD NOTHING",
    "SET session_replication_role = replica",
    "SET LOCAL session_replication_role = replica",
    "SET kanssa.erasing = 'on'; DELETE FROM evidence_event",
    "SET kanssa.erasing = 'on'; DELETE FROM applications_part",
    "UPDATE evidence_event SET facts = '{}'",
    "UPDATE applications_version SET hash = ''",
    "UPDATE applications_part SET sealed = ''",
    "UPDATE applications_confirmation SET digest = ''",
    "UPDATE applications_confirmation SET person_id = NULL",
    "UPDATE applications_confirmation SET confirmed_at = now()",
    "MERGE INTO evidence_event e USING (SELECT 1) x ON true WHEN MATCHED THEN DELETE",
    "INSERT INTO evidence_event SELECT * FROM evidence_event ON CONFLICT (id) DO UPDATE SET kind = ''",
    "INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'x', now())",
    "DELETE FROM django_migrations",
    "SELECT setval('evidence_event_id_seq', 1)",
    "CREATE TABLE mine (id int)",
    "CREATE TEMPORARY TABLE applications_confirmation (id int)",
    "CREATE VIEW mine AS SELECT 1",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE SCHEMA mine",
    "CREATE INDEX mine ON evidence_event (at)",
    "CREATE ROLE mine",
    "ALTER DATABASE postgres RENAME TO other",
    "ALTER DEFAULT PRIVILEGES FOR ROLE kanssa GRANT ALL ON TABLES TO PUBLIC",
    "COMMENT ON TABLE evidence_event IS 'x'",
    "LOCK TABLE evidence_event IN ACCESS EXCLUSIVE MODE",
    "CLUSTER evidence_event",
    "REINDEX TABLE evidence_event",
    "CREATE PUBLICATION mine FOR ALL TABLES",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "SET ROLE pg_write_all_data",
    "SET ROLE kanssa",
    "ALTER ROLE CURRENT_USER BYPASSRLS",
    "REASSIGN OWNED BY kanssa TO CURRENT_USER",
    "COPY evidence_event TO PROGRAM 'true'",
]


@pytest.fixture
def roles():
    made()
    return names()


@pytest.fixture
def service(roles):
    return roles[0]


def faults(*, as_role):
    with acting_as(as_role):
        return [f"{each.summary} {each.cure}" for each in examine_role(connection) if each.level == "fault"]


@pytest.fixture
def history(service):
    """Make confirmations that ended, and an identification that was annulled."""
    application = sent(AINO, EINO)
    who = joined(application, AINO, now=later(days=1))
    annulled(confirmed(application, joined(application, EINO, now=later(days=1)), now=later(days=1)))
    confirmation_withdrawn(application, who, now=later(days=1))
    Identification.objects.filter(pk=who.id).update(annulled_at=NOW)


OF_ENDED = "WHERE ended_at IS NOT NULL"
PAST = [
    "UPDATE applications_confirmation SET ends_by = ends_by + interval '1 day'",
    f"UPDATE applications_confirmation SET ended_at = NULL {OF_ENDED}",
    f"UPDATE applications_confirmation SET ended_at = NULL, ended_because = '', ended_for = NULL {OF_ENDED}",
    f"UPDATE applications_confirmation SET ended_at = now() {OF_ENDED}",
    f"UPDATE applications_confirmation SET ended_because = 'used-elsewhere' {OF_ENDED}",
    f"UPDATE applications_confirmation SET ended_for = application_id {OF_ENDED}",
    f"UPDATE applications_confirmation SET ended_at = 'epoch', ended_because = 'annulled' {OF_ENDED}",
    "UPDATE identification_identification SET annulled_at = NULL",
]
"""Forbidden changes of columns that may otherwise change: triggers refuse them, for the owner too."""


def sqlstate_of(statement):
    """Return PostgreSQL's error code for a refused statement; empty when it is allowed."""
    try:
        run(statement)
    except DatabaseError as refused:
        return refused.__cause__.sqlstate
    return ""


def test_the_service_cannot_do_what_only_the_owner_may(service):
    with acting_as(service):
        owner = connection.settings_dict["USER"]
        answers = {each: sqlstate_of(re.sub(OWNER, owner, each)) for each in FORBIDDEN}

    assert len(FORBIDDEN) > 60
    assert {each for each, answer in answers.items() if answer != INSUFFICIENT_PRIVILEGE} == set()


def test_neither_service_nor_owner_can_revive_ended_or_annulled_rows(history, service):
    with acting_as(service):
        by_service = {statement: sqlstate_of(statement) for statement in PAST}
    by_owner = {statement: sqlstate_of(statement) for statement in PAST}

    assert by_service == by_owner == dict.fromkeys(PAST, RESTRICT_VIOLATION)


def test_the_service_can_do_all_its_work(service):
    with acting_as(service):
        lived()
        run_timers(now=later(days=60))
        assert delete_old_drafts(now=later(days=90)) == 1
        valid = sent(AINO, EINO)
        for role in (AINO, EINO):
            joined(valid, role)

    assert loaded_application(valid).state is State.VALID
    assert Account.objects.exists()
    assert Event.objects.filter(kind="drafts-deleted").exists()


def test_a_confirmation_ended_by_an_annulled_one_is_active_again(service):
    first, second = sent(AINO), sent(AINO)
    with acting_as(service):
        aino = joined(first, AINO)
        again = confirmed_alone(second, aino)

        annulled(again, now=later(hours=1))

    assert Confirmation.objects.get(application=first).ended_at is None
    assert loaded_application(first).state is State.VALID


def confirmed_alone(application, who):
    arrived(AINO, sent_here=application)
    completed(application, who)
    return confirmed(application, who, now=later(minutes=1))


def test_the_roles_of_the_service_and_of_the_reader_are_correct(roles):
    for role in roles:
        assert faults(as_role=role) == []


def test_every_trigger_is_named_and_no_other_table_is_named(service):
    triggers = run(
        "SELECT relname, tgname FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid "
        "JOIN pg_proc p ON p.oid = tgfoid WHERE proname LIKE 'kanssa%%' AND NOT tgisinternal"
    )
    tables = set(connection.introspection.table_names())
    triggers.remove(("messages_message", "message_wakes_worker"))  # it guards nothing

    assert {(table, each) for table, named in GUARDS.items() for each in named} == set(triggers)
    assert {*ADD_ONLY, *MAY_CHANGE, *READ_ONLY} <= tables
    assert {*ADD_ONLY, *MAY_CHANGE} <= set(GUARDS)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ("ALTER ROLE {} SUPERUSER", "superuser"),
        ("ALTER ROLE {} CREATEROLE", "CREATEROLE"),
        ("ALTER ROLE {} CREATEDB", "CREATEDB"),
        ("ALTER ROLE {} REPLICATION", "REPLICATION"),
        ("ALTER ROLE {} BYPASSRLS", "BYPASSRLS"),
        ("GRANT kanssa TO {}", "superuser"),
        ("GRANT pg_write_all_data TO {}", "pg_write_all_data"),
        ("GRANT pg_execute_server_program TO {}", "pg_execute_server_program"),
        ("ALTER TABLE evidence_event OWNER TO {}", "owns: evidence_event"),
        ("GRANT CREATE ON SCHEMA public TO {}", "may create things in: public"),
        ("GRANT TEMPORARY ON DATABASE {database} TO {}", "TEMPORARY"),
        ("GRANT TEMPORARY ON DATABASE {database} TO PUBLIC", "TEMPORARY"),
        ("GRANT CREATE ON DATABASE {database} TO {}", "CREATE"),
        ("GRANT TRUNCATE ON evidence_event TO {}", "TRUNCATE evidence_event"),
        ("GRANT TRIGGER ON applications_part TO PUBLIC", "TRIGGER applications_part"),
        ("GRANT DELETE ON evidence_event TO {}", "DELETE evidence_event"),
        ("GRANT UPDATE (kind) ON evidence_event TO {}", "UPDATE evidence_event.kind"),
        ("GRANT UPDATE ON applications_confirmation TO {}", "UPDATE applications_confirmation.applicant_id"),
        ("GRANT INSERT ON django_migrations TO {}", "django_migrations"),
        ("GRANT SET ON PARAMETER session_replication_role TO {}", "session_replication_role"),
        ("REVOKE INSERT ON evidence_event FROM {}", "lacks a right that the service needs"),
        ("REVOKE USAGE ON ALL SEQUENCES IN SCHEMA public FROM {}", "lacks a right that the service needs"),
        ("ALTER TABLE evidence_event DISABLE TRIGGER event_is_never_changed", "event_is_never_changed"),
        ("DROP TRIGGER part_is_never_changed ON applications_part", "part_is_never_changed"),
    ],
)
def test_each_wrong_privilege_is_named_and_keeps_a_production_from_serving(wrong, named, service):
    database = sql.Identifier(connection.settings_dict["NAME"])
    run(sql.SQL(wrong).format(sql.Identifier(service), database=database))

    assert any(named in fault for fault in faults(as_role=service))
    with acting_as(service), pytest.raises(WrongRole, match=named.split("(")[0]):
        RoleCheck().check_connection(connection=NeverClosed())


class NeverClosed:
    """The test's connection, whose transaction must outlive the refusal."""

    cursor = staticmethod(connection.cursor)

    def close(self):
        pass


def test_a_service_that_set_its_role_after_logging_in_as_the_owner_is_named(service):
    run(sql.SQL("SET ROLE {}").format(sql.Identifier(service)))

    found = [each.summary for each in examine_role(connection)]

    run("RESET ROLE")
    assert any("is a superuser" in said for said in found)


def test_an_inherited_privilege_counts(service):
    run("CREATE ROLE lender NOLOGIN")
    run("GRANT TRUNCATE ON evidence_event TO lender")
    run(sql.SQL("GRANT lender TO {}").format(sql.Identifier(service)))

    assert any("TRUNCATE evidence_event" in fault for fault in faults(as_role=service))


def test_the_service_must_not_run_as_the_owner(capsys):
    with pytest.raises(SystemExit):
        call_command("doctor", "database")

    said = capsys.readouterr().out
    assert "superuser" in said
    assert "python -m kanssa.manage roles" in said


def test_doctor_reports_a_correct_service_role(service, capsys):
    with acting_as(service):
        call_command("doctor", "database")

    assert "has the service's rights and no others" in capsys.readouterr().out


def test_running_the_command_again_revokes_wrong_privileges_and_prints_no_password(service):
    run(sql.SQL("GRANT ALL ON ALL TABLES IN SCHEMA public TO {}").format(sql.Identifier(service)))
    run("GRANT TEMPORARY ON DATABASE {} TO PUBLIC".format(connection.settings_dict["NAME"]))

    said = made()

    assert faults(as_role=service) == []
    assert "postgresql://" not in said


def test_a_new_role_gets_a_password_that_is_shown_once():
    service, reader = names()

    said = made()

    assert [line.split(",")[0] for line in said.splitlines()[1:]] == [service, reader]
    assert all(f"postgresql://{role}:" in said for role in (service, reader))


def test_a_password_comes_from_the_environment_and_reaches_the_server_only_as_a_verifier(monkeypatch):
    monkeypatch.setenv("KANSSA_SERVICE_PASSWORD", "a word of the operator's own")

    said = made("--print")

    assert "SCRAM-SHA-256$" in said
    assert "a word of the operator's own" not in said
    assert run("SELECT FROM pg_roles WHERE rolname = %s", names()[0]) == []


def test_printed_sql_does_what_the_command_does():
    service, reader = names()
    printed = made("--print").replace("%", "%%")

    run(printed)

    assert [faults(as_role=role) for role in (service, reader)] == [[], []]


def test_names_are_quoted():
    call_command("roles", "--service", 'o"dd; role', "--reader", "other reader")

    assert run("SELECT count(*) FROM pg_roles WHERE rolname IN (%s, %s)", 'o"dd; role', "other reader") == [
        (2,)
    ]


def test_a_role_that_is_the_owner_is_refused():
    with pytest.raises(CommandError, match="itself"):
        call_command("roles", "--service", connection.settings_dict["USER"])


def test_a_role_without_grant_options_gets_postgresqls_message(service):
    with acting_as(service), pytest.raises(CommandError, match="PostgreSQL refuses"):
        call_command("roles", "--service", "another")


def test_the_service_may_use_tables_of_a_later_migration(service):
    run("CREATE TABLE later (id bigint GENERATED BY DEFAULT AS IDENTITY, note text)")

    with acting_as(service):
        run("INSERT INTO later (note) VALUES ('x')")
        run("UPDATE later SET note = 'y'")
        run("DELETE FROM later")
    assert faults(as_role=service) == []


def test_the_reader_reads_no_sealed_column_and_writes_nothing(roles):
    _service, reader = roles
    sent(AINO, EINO)

    with acting_as(reader):
        assert run("SELECT count(*) FROM applications_application") == [(1,)]
        assert run("SELECT kind FROM evidence_event LIMIT 1")
        for refused in (
            "SELECT sealed FROM applications_part",
            "SELECT salt_sealed FROM applications_applicant",
            "SELECT hetu_lookup FROM people_person",
            "SELECT password FROM accounts_account",
            "SELECT * FROM messages_message",
            "UPDATE applications_application SET state = 'valid'",
            "INSERT INTO evidence_event (kind) VALUES ('x')",
            "SELECT procrastinate_cancel_job_v1(1, true, true)",
        ):
            with pytest.raises(ProgrammingError):
                run(refused)


def test_a_reader_that_may_read_sealed_columns_is_named(roles):
    _service, reader = roles
    run(sql.SQL("GRANT SELECT ON applications_part TO {}").format(sql.Identifier(reader)))

    assert any("applications_part.sealed" in fault for fault in faults(as_role=reader))


def test_the_services_first_queries_still_work(service):
    """The keyed look-ups and the row locks work with the privileges that are left."""
    application = sent(AINO, EINO)
    with acting_as(service):
        list(Confirmation.objects.select_for_update())
        list(Application.objects.select_for_update())
        assert Applicant.objects.filter(application=application).count() == 2
