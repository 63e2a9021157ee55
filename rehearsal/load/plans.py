"""Which lives applications have, in which shares, and when what happens in them."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from kanssa.applications.content.content import Content
from kanssa.applications.states import State
from kanssa.calendar.days import day_of
from kanssa.values.actor import Actor
from rehearsal.load.answers import household
from rehearsal.load.desk import contact, identify_at_desk, task
from rehearsal.load.life import Life, Setting
from rehearsal.load.people import TestPerson, adults, own_answers, random_id
from rehearsal.load.rare import annul_last, depart, issue_slip, mail_draft_link
from rehearsal.load.rows import Rows

_SIZES, _SHARES = (1, 2, 3, 4), (56, 35, 6, 3)
_AT_DESK, _CLAIMED, _CONTACTED, _RENEWED, _UNIDENTIFIED = 0.05, 0.06, 0.02, 0.25, 0.2
_LINKED, _WITH_SLIP, _LEFT, _ANNULLED = 0.3, 0.5, 0.01, 0.02
_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)
_CONFIRMING = 10 * _DAY
_RENEWING = 85
_PROGRAM = Actor("program", UUID(int=1))


@dataclass(frozen=True, slots=True)
class Course:
    """One application's people and times: what a plan needs to let it live."""

    life: Life
    claimant: TestPerson
    begun: datetime
    now: datetime

    @property
    def rng(self) -> Random:
        return self.life.rng

    def some_time(self, since: datetime, *, within: timedelta) -> datetime:
        until = min(since + within, self.now - 10 * _MINUTE)
        return since + max(until - since, _MINUTE) * self.rng.random()


@dataclass(frozen=True, slots=True)
class Plan:
    """A kind of life: its share of all in per cent, its age in days, and where it arrives."""

    share: int
    youngest: float
    oldest: float
    arrives: State
    run: Callable[[Course], None]


def live(rows: Rows, setting: Setting, rng: Random, *, numbers: list[int]) -> None:
    number = numbers.pop(0)
    *people, claimant = adults(
        rng, application=number, seed=setting.seed, count=rng.choices(_SIZES, _SHARES)[0]
    )
    plan = rng.choices(_PLANS, [each.share for each in _PLANS])[0]
    if plan is _MOVED and not numbers:
        plan = _VALID
    age = rng.uniform(plan.youngest, plan.oldest) * _DAY
    course = _begin(rows, setting, rng, number, people, claimant, age)
    plan.run(course)
    if plan is _MOVED:
        later = (age - _CONFIRMING) * rng.uniform(0.1, 0.8)
        following = _begin(rows, setting, rng, numbers.pop(0), people, claimant, later)
        _be_valid(following)
        course.life.replace_by(following.life, at=following.life.valid_since)
        _settle(following, State.VALID)
    _settle(course, plan.arrives)


def _begin(
    rows: Rows,
    setting: Setting,
    rng: Random,
    number: int,
    people: list[TestPerson],
    claimant: TestPerson,
    age: timedelta,
) -> Course:
    by_row = {random_id(rng): person for person in people}
    life = Life(rows, rng, setting, number=number, people=by_row)
    begun = setting.now - age
    life.begin(_content(rng, by_row, begun), at=begun)
    return Course(life, claimant, begun, setting.now)


def _content(rng: Random, people: dict[UUID, TestPerson], at: datetime) -> Content:
    main = next(iter(people))
    facts = {key: person.named for key, person in people.items()}
    facts[main] |= own_answers(rng)
    called = people[main]
    return household(rng, facts, language=called.language, last_name=called.last_name, today=day_of(at))


def _settle(course: Course, expected: State) -> None:
    state = course.life.settle()
    if state is not expected:
        raise RuntimeError(f"a life that was to be {expected} is {state}")


def _stay_draft(course: Course) -> None:
    life, rng = course.life, course.rng
    if rng.random() < 0.5:  # noqa: PLR2004 half have come to their wishes
        life.versions.content = replace(life.versions.content, need={}, wishes={})
    life.keep_draft(at=course.some_time(course.begun, within=20 * _DAY))
    if rng.random() < _LINKED:
        mail_draft_link(life, at=course.some_time(course.begun, within=20 * _DAY))


def _be_sent(course: Course) -> None:
    life, rng = course.life, course.rng
    at = _send(course)
    if rng.random() < _CONTACTED:
        contact(life, at=course.some_time(at, within=_CONFIRMING))
    if rng.random() < _UNIDENTIFIED:
        return
    everybody = list(life.people)
    missing = rng.choice(everybody)
    known = [key for key in everybody if key != missing and rng.random() < 0.6]  # noqa: PLR2004 most
    last = _identify_and_confirm(course, at, identifying={*known, life.main}, confirming=known)
    if rng.random() < _ANNULLED:
        annul_last(life, at=course.some_time(last, within=_DAY))
    if life.others and life.others[-1] not in known and rng.random() < _CLAIMED:
        task(life, life.others[-1], course.claimant, at=course.some_time(at, within=_CONFIRMING))


def _be_valid(course: Course) -> None:
    life = course.life
    at = _identify_and_confirm(course, _send(course), identifying=life.people, confirming=life.people)
    life.become_valid(life.actor(life.main), at=at)


def _be_valid_while_one_leaves(course: Course) -> None:
    _be_valid(course)
    life = course.life
    if life.others and course.rng.random() < _LEFT:
        depart(life, life.others[-1], at=course.some_time(life.valid_since, within=20 * _DAY))


def _be_valid_for_long(course: Course) -> None:
    _be_valid(course)
    life, at = course.life, course.life.valid_since
    while course.now - at > _RENEWING * _DAY:
        at += _RENEWING * _DAY * course.rng.uniform(0.5, 0.95)
        life.renew(at=at)


def _wait(course: Course) -> None:
    _be_valid(course)
    life, rng = course.life, course.rng
    age = min(course.now - life.valid_since, 25 * _DAY)
    at = course.now - age * rng.uniform(0.05, 0.9)
    life.edit_home(at=at)
    for key in list(life.people)[:-1]:
        if rng.random() < 0.7:  # noqa: PLR2004 most
            confirmed_at = course.some_time(at, within=3 * _DAY)
            life.confirm(key, life.identify(key, at=confirmed_at - _MINUTE), at=confirmed_at)


def _be_withdrawn(course: Course) -> None:
    (_be_valid if course.rng.random() < 0.5 else _be_sent)(course)  # noqa: PLR2004 half
    _end(course, State.WITHDRAWN, course.life.actor(course.life.main))


def _be_housed(course: Course) -> None:
    _be_valid(course)
    _end(course, State.HOUSED, _PROGRAM)


def _end(course: Course, state: State, actor: Actor) -> None:
    since = min(course.begun + _CONFIRMING + _DAY, course.now - _MINUTE)
    course.life.end_as(state, actor, at=course.some_time(since, within=15 * _DAY))


def _send(course: Course) -> datetime:
    at = course.begun + course.rng.uniform(4, 20) * _MINUTE
    course.life.send(at=at)
    return at


def _identify_and_confirm(
    course: Course, sent_at: datetime, *, identifying: Collection[UUID], confirming: Collection[UUID]
) -> datetime:
    """Let adults identify, complete their details and confirm; gives when the last of them was done."""
    life, last = course.life, sent_at
    for key in life.people:
        if key not in identifying:
            continue
        at = sent_at + 2 * _MINUTE if key == life.main else course.some_time(last, within=_CONFIRMING / 4)
        clerk = course.rng.choice(life.setting.clerks) if course.rng.random() < _AT_DESK else None
        given = identify_at_desk(life, key, clerk=clerk, at=at) if clerk else life.identify(key, at=at)
        if clerk and course.rng.random() < _WITH_SLIP and key == life.main:
            issue_slip(life, life.people[key], clerk=clerk, at=at + _MINUTE)
        if key == life.main:
            for other in life.others:
                life.invite(other, at=at + _MINUTE)
        elif key in confirming or course.rng.random() < 0.5:  # noqa: PLR2004 half come that far
            life.complete_own_details(key, at=at + 2 * _MINUTE)
        if key in confirming:
            life.confirm(key, given, at=at + 3 * _MINUTE, clerk=clerk)
        last = at + 3 * _MINUTE
    return last


_VALID = Plan(29, 0.5, 88, State.VALID, _be_valid_while_one_leaves)
_MOVED = Plan(2, 30, 88, State.REPLACED, _be_valid)
_PLANS = (
    Plan(9, 0.1, 28, State.DRAFT, _stay_draft),
    Plan(18, 0.1, 27, State.SENT, _be_sent),
    _VALID,
    Plan(9, 90, 330, State.VALID, _be_valid_for_long),
    Plan(6, 15, 80, State.VALID, _wait),
    _MOVED,
    Plan(12, 95, 400, State.EXPIRED, _be_valid),
    Plan(7, 60, 400, State.LAPSED, _be_sent),
    Plan(5, 12, 300, State.WITHDRAWN, _be_withdrawn),
    Plan(3, 12, 300, State.HOUSED, _be_housed),
)
