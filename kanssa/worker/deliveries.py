"""Send the waiting messages. Each is decided by itself: none delays another."""

from collections.abc import Callable
from datetime import datetime

import structlog
from django.db import InterfaceError, OperationalError, transaction

from kanssa.applications.notifications.asking_refusals import is_kept_back
from kanssa.messages.delivery_states import Delivery, DeliveryReason, Verdict
from kanssa.messages.models import Message
from kanssa.messages.pauses import Paused, count_refusal, forget_refusals, paused
from kanssa.messages.reply_classification import classify_reply
from kanssa.messages.transitions import (
    cancel,
    erase_contents,
    give_up,
    hand_over,
    is_too_old,
    lock_next_due,
    postpone,
)
from kanssa.usecases.system.record_bounce import record_bounce
from kanssa.usecases.system.renew_mailed_link import renew_mailed_link
from kanssa.values.actor import SYSTEM
from kanssa.worker.link_checks import LinkEnded, LinkReplaced
from kanssa.worker.mail_relay import Relay, RelayConnectionLost, RelayRefused, RelayUnavailable
from kanssa.worker.outgoing_email import EmailBuildError, build_email

log = structlog.get_logger(__name__)

_MOST_INTERRUPTIONS = 3
"""This many broken conversations in a row mean that the mail server is unhealthy: end the round."""


def deliver_waiting(*, now: datetime) -> int:
    """Send the messages that are due, oldest first. Returns how many were sent.

    Each has its own transaction that locks its row: whenever the worker is killed, nothing is lost and at
    most one message goes twice, as the same mail (its Message-ID stays). All use one connection. If no
    conversation with the mail server can be started, the round ends and the messages wait.
    """
    # First: what has expired is erased even while no mail can be sent.
    erase_contents(now=now)
    with Relay() as relay:
        delivery_round = _DeliveryRound(relay, now)
        try:
            while delivery_round.deliver_next():
                pass
        except RelayUnavailable as fault:
            log.warning("the mail server does not take mail", alarm="mail-relay-away", fault=str(fault))
    return delivery_round.sent


class _DeliveryRound:
    def __init__(self, relay: Relay, now: datetime) -> None:
        self._relay, self._now = relay, now
        self._interruptions = 0
        self.sent = 0

    def deliver_next(self) -> bool:
        """Decide one message; False when none is due, or mail is paused. Raises RelayUnavailable."""
        pauses = paused(now=self._now)
        if pauses.whole_queue:
            return False
        with transaction.atomic():
            message = lock_next_due(now=self._now, excluding=set(pauses.domains))
            if message is None:
                return False
            # Inside the transaction: the row lock keeps other workers from sending the same message.
            after = self._deliver(message, pauses)
        self._finish(message, after)
        if self._interruptions >= _MOST_INTERRUPTIONS:
            # Each broken conversation may have sent a mail: going on could send many twice.
            raise RelayUnavailable("conversations break off")
        return True

    def _deliver(self, message: Message, pauses: Paused) -> Callable[[], object] | None:
        """Decide it while its row is locked; returns what to do after the lock is released."""
        if is_too_old(message, now=self._now):
            self._set_aside(
                message, DeliveryReason(message.failure or DeliveryReason.TOO_OLD), message.failure_code
            )
            return None
        try:
            was_sent = self._send(message)
        except LinkReplaced:
            cancel(message, DeliveryReason.LINK_REPLACED, now=self._now)
        except LinkEnded:
            return self._after_link_ended(message)
        except EmailBuildError as fault:
            log.error(  # noqa: TRY400 an error's text may quote a person
                "a message cannot be made",
                topic=message.topic,
                stage=fault.stage,
                fault=fault.fault,
                at=fault.at,
            )
            # A fault of ours: sending again would fail again, so a person looks.
            self._set_aside(message, DeliveryReason.UNKNOWN, f"{fault.stage}: {fault.fault}")
        except RelayConnectionLost as fault:
            self._note_interruption(message, str(fault))
        except RelayRefused as refusal:
            return self._note_refusal(message, refusal)
        except (RelayUnavailable, OperationalError, InterfaceError):
            raise
        except Exception as fault:  # noqa: BLE001 any error concerns this message alone
            self._set_aside(message, DeliveryReason.UNKNOWN, f"send: {type(fault).__name__}")
        else:
            self._note_taken(message, pauses, was_sent=was_sent)
        return None

    def _send(self, message: Message) -> bool:
        """Send it; False if its recipient does not want it."""
        email = build_email(message, now=self._now)
        if is_kept_back(message, now=self._now):
            return False
        self._relay.hand_over(email)
        return True

    def _note_taken(self, message: Message, pauses: Paused, *, was_sent: bool) -> None:
        # One that was kept back too: any other state would show the others that it was refused.
        hand_over(message, now=self._now)
        if not was_sent:
            return
        # One accepted mail shows that the domain takes our mail again.
        if bytes(message.domain_lookup) in pauses.refusing:
            forget_refusals(bytes(message.domain_lookup))
        self._interruptions = 0
        self.sent += 1

    def _note_interruption(self, message: Message, fault: str) -> None:
        log.warning("the mail server hung up", topic=message.topic, fault=fault)
        postpone(message, Verdict(Delivery.DELAYED, DeliveryReason.TRY_LATER, fault), now=self._now)
        self._interruptions += 1

    def _note_refusal(self, message: Message, refusal: RelayRefused) -> Callable[[], object] | None:
        """Separate the address's fault from ours. Marking an address as wrong is left for later.

        It locks the application, and the process holding that lock may be waiting for the message's row.
        """
        verdict = classify_reply(refusal.stage, code=refusal.code, text=refusal.text)
        log.warning(
            "a message was refused",
            topic=message.topic,
            stage=refusal.stage,
            code=refusal.code,
            said=verdict.code,
            reason=verdict.reason,
        )
        self._interruptions = 0
        if verdict.delivery is Delivery.HELD:
            count_refusal(bytes(message.domain_lookup), reason=verdict.reason, now=self._now)
        if verdict.delivery is not Delivery.NO_SUCH_ADDRESS:
            postpone(message, verdict, now=self._now)
            return None
        postpone(message, Verdict(Delivery.DELAYED, DeliveryReason.TRY_LATER, verdict.code), now=self._now)
        return lambda: record_bounce(message_id=message.pk, verdict=verdict, actor=SYSTEM, now=self._now)

    def _after_link_ended(self, message: Message) -> Callable[[], object]:
        postpone(message, Verdict(Delivery.DELAYED, DeliveryReason.LINK_ENDED), now=self._now)
        return lambda: renew_mailed_link(message_id=message.pk, actor=SYSTEM, now=self._now)

    def _set_aside(self, message: Message, reason: DeliveryReason, code: str) -> None:
        give_up(message, Verdict(Delivery.SET_ASIDE, reason, code), now=self._now)

    def _finish(self, message: Message, after: Callable[[], object] | None) -> None:
        if after is None:
            return
        try:
            # It needs other locks; if it fails, the message is tried again later.
            after()
        except (OperationalError, InterfaceError):
            raise
        except Exception as fault:  # noqa: BLE001 any error concerns this message alone
            # Never `exception`: an error's text may quote a person.
            log.error("what follows a message failed", topic=message.topic, fault=type(fault).__name__)  # noqa: TRY400
