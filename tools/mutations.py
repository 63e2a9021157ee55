"""Disable each rule of an application's life in turn, and see which test fails: `make mutations`.

`ARGS` is a part of the rules' names, such as `make mutations ARGS="8:"`.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_NOTICED_BY = (
    "tests/usecases/test_interleaved_actions.py",
    "tests/applications/notifications/test_timed_transitions.py",
    "tests/applications/reading/test_canary.py",
    "tests/usecases/confirmation/test_confirm_application.py",
    "tests/usecases/confirmation/test_correct_own_details.py",
    "tests/usecases/supervision/test_departures.py",
    "tests/usecases/lifecycle/test_edit_application.py",
    "tests/usecases/confirmation/test_refusing_and_ending.py",
    "tests/usecases/lifecycle/test_notifications.py",
    "tests/applications/test_states.py",
)
_FAILED = re.compile(r"^(?:FAILED|ERROR) (?:.*::)?(\S+)", re.MULTILINE)


@dataclass(frozen=True)
class Mutation:
    """A rule, and the one line that implements it."""

    rule: str
    path: str
    before: str
    after: str


MUTATIONS = (
    Mutation(
        "table: a lease is reported of a valid one only",
        "applications/powers/service.py",
        "        states=frozenset({State.VALID}),",
        "        states=_ACTIVE,",
    ),
    Mutation(
        "table: time is up at its end",
        "applications/aggregate/timed_transitions.py",
        "transition[0] <= loaded.now",
        "transition[0] < loaded.now",
    ),
    Mutation(
        "time to confirm: edits never restart it",
        "applications/transitions/revising.py",
        "if was_valid and (is_new_edit or not had_waiting):",
        "if is_new_edit or not had_waiting:",
    ),
    Mutation(
        "time to confirm: 14 days from the last first invitation",
        "applications/transitions/invitations.py",
        "application.confirm_by = max(application.confirm_by, longer)",
        "pass",
    ),
    Mutation(
        "1: valid when every adult has confirmed",
        "applications/aggregate/given_confirmations.py",
        "return all(self.active_of(adult, version) for adult in version.digests)",
        "return any(self.active_of(adult, version) for adult in version.digests)",
    ),
    Mutation(
        "1: a confirmation binds what was seen",
        "usecases/confirmation/confirm_application.py",
        "seen.digests.get(applicant_id) == loaded.current.digests[applicant_id]",
        "return True",
    ),
    Mutation(
        "2: an adult's own material facts ask that adult",
        "applications/content/digests.py",
        '{"household": household.hex(), "own": own.hex()}',
        '{"household": household.hex()}',
    ),
    Mutation(
        "2: a light change needs no confirmation",
        "applications/content/digests.py",
        "if field.material and field.name",
        "if field.name",
    ),
    Mutation(
        "3: the confirmed one stays valid while a change waits",
        "applications/aggregate/loaded_application.py",
        "is_carried=self.confirmed is not None and self.confirmations.carry(self.confirmed)",
        "is_carried=self.confirmed is not None and self.confirmations.carry(self.current)",
    ),
    Mutation(
        "3: a discard keeps others' corrections",
        "applications/transitions/editing.py",
        "content = _replaced(content, key, waiting.adults[key])",
        "pass",
    ),
    Mutation(
        "3: an unconfirmed change is dropped after 30 days",
        "applications/states.py",
        "            (life.confirm_by, TimedTransition.CHANGE_LAPSES),\n",
        "",
    ),
    Mutation(
        "4: becoming valid late gives a new time",
        "applications/transitions/validity.py",
        "until if until > now else validity_from(now)",
        "until",
    ),
    Mutation(
        "4: a carried confirmation lives 12 months",
        "applications/aggregate/periods.py",
        "months=settings.CONFIRMATION_MONTHS",
        "months=120",
    ),
    Mutation(
        "4: a co-applicant's correction takes the time over",
        "usecases/confirmation/correct_own_details.py",
        "validity_from(now) if applicant.is_main else application.valid_until",
        "validity_from(now)",
    ),
    Mutation(
        "5: confirmations elsewhere end",
        "applications/transitions/validity.py",
        "        _end_rival_confirmations(rival, newcomers, to=loaded, actor=actor)",
        "        pass",
    ),
    Mutation(
        "5: the main applicant's place is offered",
        "applications/transitions/saving.py",
        "notify_main_place_offered(loaded)",
        "pass",
    ),
    Mutation(
        "5: the place is accepted only where it is offered",
        "usecases/lifecycle/accept_main_applicant.py",
        "if not is_main_place_offered_to(loaded, applicant.pk):",
        "if not applicant.person_id:",
    ),
    Mutation(
        "5: the application waits while the place is open",
        "applications/aggregate/loaded_application.py",
        "if action in OF_MAIN_APPLICANT and self.main_place_opened_at:",
        "if action in OF_MAIN_APPLICANT and not action:",
    ),
    Mutation(
        "5: a new main applicant answers for the household before any adult confirms",
        "usecases/confirmation/confirm_application.py",
        "if are_answers_due(loaded.main_applicant, loaded.current):",
        "if not loaded.main_applicant:",
    ),
    Mutation(
        "6: withdrawing ends only one's own part under another's confirmation",
        "usecases/lifecycle/withdraw_application.py",
        "ends = not is_held_by_others(loaded, editor)",
        "ends = True",
    ),
    Mutation(
        "5: replaced when each is lost to another",
        "applications/aggregate/loaded_application.py",
        "all_lost_to_another=self.confirmations.are_all_lost_to_another(self._relevant_versions)",
        "all_lost_to_another=False",
    ),
    Mutation(
        "6: no reminder to an adult who declined",
        "applications/notifications/timed_messages.py",
        "to_own=applicant.declined_at is None",
        "to_own=True",
    ),
    Mutation(
        "6: not for me stops mail to that address",
        "applications/aggregate/address_troubles.py",
        "return trouble_at(applicant, address, side=side) is None",
        "return True",
    ),
    Mutation(
        "6: a removed adult is told",
        "applications/transitions/saving.py",
        "            announcements.notify_removed(loaded, applicant)",
        "            pass",
    ),
    Mutation(
        "7: the next version holds who came of age as an adult",
        "applications/transitions/revising.py",
        "if born is not None and is_adult(born, on=today):",
        "if born is None:",
    ),
    Mutation(
        "7: the limit of 4 does not count them",
        "applications/content/validation.py",
        'if not content.adults[key].get("came_of_age")',
        "",
    ),
    Mutation(
        "8: annulment revives what it ended",
        "applications/transitions/revivals.py",
        "loaded.revive(each)",
        "pass",
    ),
    Mutation(
        "8: an adult who departed does not count from the next version",
        "applications/transitions/revising.py",
        "if applicant.left_at is not None and not applicant.is_main:",
        "if applicant.left_at is None and applicant.left_at is not None:",
    ),
    Mutation(
        "8: a wrong record of a departure is undone",
        "usecases/supervision/undo_departure.py",
        "is_living and reinstate_adult(loaded, applicant, actor=staff.actor)",
        "False",
    ),
    Mutation(
        "9: of another adult the name alone is copied",
        "usecases/drafts/copy_application.py",
        '_OF_ANOTHER = ("last_name", "first_names", "one_name")',
        '_OF_ANOTHER = ("last_name", "first_names", "hetu", "email")',
    ),
    Mutation(
        "9: for 30 days",
        "usecases/drafts/copy_application.py",
        "raise TooLateToCopy",
        "pass",
    ),
    Mutation(
        "visibility: another's changes are not shown",
        "applications/aggregate/visibility.py",
        "if change.concerns(applicant_id) or",
        "if True or",
    ),
    Mutation(
        "visibility: a new main applicant does not read the former one's draft",
        "applications/transitions/main_place.py",
        "    discard_draft(loaded.application)\n",
        "",
    ),
    Mutation(
        "visibility: of an adult who has identified, an editor sees what they typed themselves",
        "applications/transitions/editing.py",
        "content = _replaced(content, key, application.typed_facts_of(key))",
        "pass",
    ),
)


def main(named: str) -> int:
    unnoticed = 0
    print("| rule | noticed by |\n|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        copy = _copied(Path(folder))
        for mutation in (each for each in MUTATIONS if named in each.rule):
            noticed = _noticed(mutation, copy)
            unnoticed += noticed is None
            print(f"| {mutation.rule} | {noticed or 'NOTHING'} |", flush=True)
    return 1 if unnoticed else 0


def _copied(folder: Path) -> Path:
    for name in ("kanssa", "tests", "rehearsal", "tools"):
        shutil.copytree(
            # The tests run on a copy, so that a killed run leaves no rule disabled.
            ROOT / name,
            folder / name,
            ignore=shutil.ignore_patterns("node_modules", "__pycache__"),
        )
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def _noticed(mutation: Mutation, copy: Path) -> str | None:
    file = copy / "kanssa" / mutation.path
    before = file.read_text()
    # The code has changed: correct the table, or the rule would go untested.
    if before.count(mutation.before) != 1:
        raise SystemExit(f"{mutation.path} has no such line: {mutation.before}")
    file.write_text(before.replace(mutation.before, mutation.after))
    try:
        return _first_failure(copy)
    finally:
        # Restore the line for the next mutation.
        file.write_text(before)


def _first_failure(copy: Path) -> str | None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-n", "2", "-m", "not e2e", *_NOTICED_BY],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    failed = _FAILED.search(done.stdout)
    return failed[1] if failed else None


if __name__ == "__main__":
    sys.exit(main(" ".join(sys.argv[1:])))
