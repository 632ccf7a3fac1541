"""Masking what was said: nothing of it is stored before."""

from __future__ import annotations

from collections.abc import Sequence

from backends.insights.events import meaning
from backends.insights.events.event import Entity, Event, Said
from backends.insights.events.reading import LONGEST_TEXT
from xiaoer.text import personal_data
from xiaoer.text.personal_data import ALL_KINDS, Span

# A number that the cut would halve is still seen whole.
_MARGIN = 200
#: Shorter answers, such as 无, would be masked in every word that holds them.
_SHORTEST_SECRET = 2


def mask_events(events: Sequence[Event]) -> None:
    """Mask, in place, the texts and entities of one sender's events.

    What a form asked for (see `meaning.PERSONAL_SLOTS`) is masked wherever it was said, from the
    slots that the same events fill; the rest is found by `xiaoer.text.personal_data`.

    Args:
        events: of one sender, in order.
    """
    secrets = {
        event.value: meaning.PERSONAL_SLOTS[event.name]
        for event in events
        if event.kind == "slot"
        and event.name in meaning.PERSONAL_SLOTS
        and isinstance(event.value, str)
        and len(event.value) >= _SHORTEST_SECRET
    }
    secrets.update(
        {event.said.staff: "name" for event in events if event.said and event.said.staff}
    )
    for event in events:
        if event.said:
            _mask(event.said, secrets)
        event.value = event.value if event.name not in meaning.PERSONAL_SLOTS else None


def _mask(said: Said, secrets: dict[str, str]) -> None:
    text = said.text[: LONGEST_TEXT + _MARGIN]
    spans = _with_secrets(text, personal_data.find(text, kinds=ALL_KINDS), secrets)
    masked, places = [], []
    end = 0
    length = 0
    for span in spans:
        tag = f"[{span.kind}]"
        masked += [text[end : span.start], tag]
        length += span.start - end
        places.append((span, length, length + len(tag)))
        length += len(tag)
        end = span.end
    said.text = "".join([*masked, text[end:]])[:LONGEST_TEXT]
    entities = (_masked(each, said.text, places) for each in said.entities)
    said.entities = [each for each in entities if each]
    said.staff = None


def _with_secrets(text: str, found: list[Span], secrets: dict[str, str]) -> list[Span]:
    """The spans and those of secrets, in order, without overlaps; a secret goes first."""
    spans: list[Span] = []
    for secret, kind in sorted(secrets.items(), key=lambda item: -len(item[0])):
        start = text.find(secret)
        while start >= 0:
            spans.append(Span(start, start + len(secret), kind))
            start = text.find(secret, start + len(secret))
    kept: list[Span] = []
    for span in [*spans, *found]:
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return sorted(kept, key=lambda span: span.start)


def _masked(entity: Entity, text: str, places: Sequence[tuple[Span, int, int]]) -> Entity | None:
    """An entity at its place in the masked text; None when that is gone or tells who it is.

    One that was masked itself has the tag for its value.
    """
    if entity["end"] == 0:
        if entity["entity"] in meaning.PERSONAL_ENTITIES:
            return None
        return {**entity, "value": personal_data.mask(entity["value"], kinds=ALL_KINDS)}
    moved = {"start": entity["start"], "end": entity["end"]}
    value = personal_data.mask(entity["value"], kinds=ALL_KINDS)
    for span, start, end in places:
        if span.end <= entity["start"]:
            shift = (end - start) - (span.end - span.start)
            moved = {"start": moved["start"] + shift, "end": moved["end"] + shift}
        elif span.start < entity["end"]:
            if not span.start <= entity["start"] or not entity["end"] <= span.end:
                # It reaches over both; where it ends in the masked text means nothing.
                return None
            moved, value = {"start": start, "end": end}, text[start:end]
            break
    if moved["end"] > len(text):
        return None
    return {**entity, **moved, "value": value}
