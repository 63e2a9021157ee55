"""Live a household twice, with and without the hidden acts, and compare what the others got."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import unified_diff

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction

from kanssa.values.refusal import Refusal
from tests.noninterference.observers import readable_mail
from tests.noninterference.pinned import pinned_randomness
from tests.noninterference.public_acts import look_around, look_at_everything
from tests.noninterference.scene import OWN_ADDRESSES, STEP, Household, Scene, page_clock, sent

Act = Callable[[Scene], None]


@dataclass(frozen=True)
class Life:
    """A household and its acts; each public one comes after its hidden ones. `last` come at the end."""

    household: Household
    acts: tuple[tuple[tuple[Act, ...], Act], ...]
    last: tuple[Act, ...] = ()

    def __repr__(self) -> str:
        acts = [
            f"({', '.join(each.__name__ for each in hidden)}) {act.__name__}" for hidden, act in self.acts
        ]
        return f"{self.household} {'; '.join(acts)}; ({', '.join(each.__name__ for each in self.last)})"


@dataclass
class Seen:
    """Everything that the other adults got in one run."""

    answers: dict[str, list[str]] = field(default_factory=dict)
    mail: list[str] = field(default_factory=list)


def lived_twice(life: Life) -> tuple[Seen, Seen]:
    """Give what was seen without the hidden acts, and with them."""
    with pinned_randomness() as randomness, transaction.atomic():
        randomness.begin("sent")
        scene = sent(life.household, randomness)
        both = _lived(life, scene.copied(), is_hidden=False), _lived(life, scene.copied(), is_hidden=True)
        transaction.set_rollback(True)
    return both


def _lived(life: Life, scene: Scene, *, is_hidden: bool) -> Seen:
    with transaction.atomic(), page_clock(scene):
        for number, (hidden, act) in enumerate([*life.acts, (life.last, look_at_everything)]):
            for nth, each in enumerate(hidden):
                scene.now += STEP
                if is_hidden:
                    scene.randomness.begin(f"hidden {number} {nth}")
                    _done(each, scene)
            scene.now += STEP
            scene.randomness.begin(f"public {number}")
            _done(act, scene)
            if act is not look_at_everything:
                look_around(scene)
        seen = Seen(
            {each.named or "browser": each.answers for each in scene.observers},
            readable_mail(but_to=OWN_ADDRESSES),
        )
        transaction.set_rollback(True)
    return seen


def _done(act: Act, scene: Scene) -> None:
    """Do it, or let it be refused: an adult who was removed can no longer act.

    The others act on pages, where a refusal is an answer, so what is raised here concerns no other adult.
    """
    with suppress(Refusal, ObjectDoesNotExist), transaction.atomic():
        act(scene)


def difference(without: Seen, with_hidden: Seen) -> str:
    """Give the first difference, or nothing."""
    for name, answers in without.answers.items():
        others = with_hidden.answers[name]
        for one, other in zip(answers, others, strict=False):
            if one != other:
                return f"{name}: {one.splitlines()[0]}\n{_lines(one, other)}"
        if len(answers) != len(others):
            return f"{name}: {len(answers)} answers, {len(others)} with the hidden acts"
    if without.mail != with_hidden.mail:
        return f"mail:\n{_lines(chr(10).join(without.mail), chr(10).join(with_hidden.mail))}"
    return ""


def _lines(one: str, other: str) -> str:
    found = unified_diff(one.splitlines(), other.splitlines(), "without", "with", lineterm="", n=1)
    return "\n".join(found)[:4000]


def leak_in(life: Life) -> str:
    return difference(*lived_twice(life))
