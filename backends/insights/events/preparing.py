"""From what a broker gave to masked events of each sender: all that needs no database."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from backends.insights.events.event import Event
from backends.insights.events.masking import mask_events
from backends.insights.events.reading import Refused, read
from backends.insights.events.sources import Raw


@dataclass
class Prepared:
    """What became of a batch.

    Attributes:
        senders: the events of each, in order, masked.
        repeated: messages that an action took back and gave back.
        irrelevant: events that say nothing by themselves.
        refused: events that cannot be read, by reason.
    """

    senders: dict[str, list[Event]] = field(default_factory=dict)
    repeated: int = 0
    irrelevant: int = 0
    refused: Counter[str] = field(default_factory=Counter)


def prepare(raws: Sequence[Raw], now: float) -> Prepared:
    """Read, sort and mask events; for a thread, since it is nothing but computing.

    Args:
        raws: as they came.
        now: seconds since 1970.
    """
    done = Prepared()
    senders: dict[str, list[Event]] = defaultdict(list)
    for raw in raws:
        try:
            event = read(raw, now)
        except Refused as refused:
            done.refused[str(refused)] += 1
            continue
        if event is None:
            done.irrelevant += 1
            continue
        done.irrelevant += event.said is None
        senders[event.sender].append(event)
    for sender, events in senders.items():
        # Those of one moment stay as they came.
        events.sort(key=lambda event: event.at)
        kept = _without_taken_back(events)
        done.repeated += len(events) - len(kept)
        mask_events(kept)
        done.senders[sender] = kept
    return done


def _without_taken_back(events: Sequence[Event]) -> list[Event]:
    """The events without messages that were undone and given again, by the same words."""
    kept: list[Event] = []
    last, rewound = None, False
    for event in events:
        said = event.said
        if event.kind == "rewind":
            rewound = True
        elif said and said.author == "customer":
            if rewound and (said.handed_back or said.text == last):
                rewound = False
                continue
            last, rewound = said.text, False
        kept.append(event)
    return kept
