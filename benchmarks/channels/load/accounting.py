"""Which message got which answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from benchmarks.channels.load.messages import WAIT, Message, numbers_in


class Ending(str, Enum):
    """How a delivery ended."""

    ANSWERED = "answered"
    HUNG_UP = "hung up"
    REFUSED = "refused"  # nobody listened
    BROKEN = "broken"  # the server went away without an answer


@dataclass(frozen=True)
class Delivery:
    """One delivery of a message.

    Attributes:
        number: of the message.
        heard: whether an answer reached the customer.
        seconds: until it ended.
        ending: how.
        text: the passive answer's text; empty for `success`, an empty body, or no answer.
        fault: why an answer was none that the platform takes: it shows an error to the customer.
        lag: seconds between when it was to be sent and when it was.
    """

    number: int
    heard: bool
    seconds: float
    ending: Ending
    text: str = ""
    fault: str = ""
    lag: float = 0.0


@dataclass(frozen=True)
class Push:
    """A message that the platform's API was told to show to a customer."""

    receiver: str
    text: str


@dataclass
class Tally:
    """The accounts of a run; each list holds numbers of messages.

    Attributes:
        once: a customer read one answer.
        duplicated: a customer read more than one.
        lost: a server had the message, and no answer was read.
        given_up: nobody listened to any delivery, and the platform gave up.
        astray: another customer read the answer.
        passive: seconds of each passive answer that was heard.
        answers: seconds of each answer, `success` among them.
        overdue: deliveries that the server left without an answer for as long as the platform waits.
        faults: answers that the platform does not take.
        unnumbered: texts shown that answer no message.
    """

    once: list[int] = field(default_factory=list)
    duplicated: list[int] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    given_up: list[int] = field(default_factory=list)
    astray: list[int] = field(default_factory=list)
    passive: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    overdue: int = 0
    faults: list[str] = field(default_factory=list)
    unnumbered: list[str] = field(default_factory=list)


def tally(
    messages: Sequence[Message], deliveries: Iterable[Delivery], pushes: Iterable[Push]
) -> Tally:
    """Count what customers read.

    A passive answer is read when it was heard; whatever the API showed is read. A delivery that
    the platform hung up on, or whose answer it lost, shows nothing: only the platform knows.
    """
    accounts = Tally()
    sender = {message.number: message.sender for message in messages}
    taken: set[int] = set()
    shown: list[tuple[str, str]] = [(push.receiver, push.text) for push in pushes]
    for delivery in deliveries:
        if delivery.ending is Ending.ANSWERED:
            accounts.answers.append(delivery.seconds)
            if delivery.fault:
                accounts.faults.append(delivery.fault)
                continue
            taken.add(delivery.number)
            if delivery.heard and delivery.text:
                accounts.passive.append(delivery.seconds)
                shown.append((sender[delivery.number], delivery.text))
        elif delivery.ending is not Ending.REFUSED:
            taken.add(delivery.number)
            accounts.overdue += delivery.ending is Ending.HUNG_UP and delivery.seconds >= WAIT
    read = Counter[int]()
    for receiver, text in shown:
        numbers = numbers_in(text)
        if not numbers:
            accounts.unnumbered.append(text)
        for number in numbers:
            if sender.get(number) == receiver:
                read[number] += 1
            else:
                accounts.astray.append(number)
    for message in messages:
        if read[message.number] == 1:
            accounts.once.append(message.number)
        elif read[message.number] > 1:
            accounts.duplicated.append(message.number)
        elif message.number in taken:
            accounts.lost.append(message.number)
        else:
            accounts.given_up.append(message.number)
    return accounts
