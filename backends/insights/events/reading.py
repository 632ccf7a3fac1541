"""Reading one event as a broker gives it, whatever it holds."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any

from backends.insights.events import meaning
from backends.insights.events.event import Entity, Event, Said
from backends.insights.events.sources import Raw

#: Rasa wrote none before: seconds since 1970 of 2015-01-01.
_FIRST = 1_420_070_400.0
#: Clocks of two machines differ; more than this is a clock that jumped.
_AHEAD_SECONDS = 86_400.0
LONGEST_TEXT = 4000
_LONGEST_SENDER = 255
_LONGEST_CHANNEL = 32
_LONGEST_NAME = 80
_MOST_ENTITIES = 50
_SENTIMENTS = ("negative", "neutral", "positive")
_LANGUAGES = ("zh", "en")


class Refused(ValueError):
    """An event that cannot be read; the text is one word for the counts."""


def read(raw: Raw, now: float) -> Event | None:
    """Read an event; None for one of another program or a type that says nothing here.

    Args:
        raw: JSON.
        now: seconds since 1970.

    Raises:
        Refused: it is no JSON (``json``), no event (``form``), of nobody (``sender``), has no text
            where there must be one (``text``), or a time that cannot be (``moment``).
    """
    given = _object(raw)
    kind = given.get("event")
    if not isinstance(kind, str) or not kind:
        raise Refused("form")
    sender = given.get("sender_id")
    if not isinstance(sender, str) or not sender or len(sender) > _LONGEST_SENDER:
        raise Refused("sender")
    if clean(sender) != sender:
        raise Refused("sender")
    event = Event(sender, _moment(given.get("timestamp"), now), kind[:_LONGEST_NAME])
    metadata = _mapping(given.get("metadata"))
    event.model = _name(metadata.get("model_id"), 64) or ""
    if kind == "user":
        event.said = _customer(given, metadata)
    elif kind == "bot":
        event.said = _bot(given, metadata)
    elif kind in ("action", "slot"):
        event.name = _name(given.get("name")) or ""
        event.value = given.get("value")
    elif kind not in ("session_started", "rewind", "pause"):
        return None
    return None if kind == "user" and event.said is None else event


def clean(text: str) -> str:
    """`text` without what no database takes: the character NUL and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def _object(raw: Raw) -> dict[str, Any]:
    try:
        text = raw.decode("utf-8") if isinstance(raw, (bytes, bytearray)) else raw
        given = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        raise Refused("json") from None
    if not isinstance(given, dict):
        raise Refused("json" if given is None else "form")
    return given


def _moment(given: Any, now: float) -> float:
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        raise Refused("moment")
    try:
        moment = float(given)
    except OverflowError:
        raise Refused("moment") from None
    if not math.isfinite(moment) or not _FIRST <= moment <= now + _AHEAD_SECONDS:
        raise Refused("moment")
    return moment


def _customer(given: dict[str, Any], metadata: Mapping[str, Any]) -> Said | None:
    """What a customer said; None where it was another program, or nothing."""
    parsed = _mapping(given.get("parse_data"))
    intent = _mapping(parsed.get("intent"))
    name = _name(intent.get("name"))
    if metadata.get("is_external") is True or name in meaning.NOT_SAID:
        return None
    text = given.get("text")
    if text is None and name:
        text = f"/{name}"
    if not isinstance(text, str):
        raise Refused("text")
    if text.startswith("/"):
        # A button's payload: what it says stands in intent and entities.
        text = text.partition("{")[0].strip()[: _LONGEST_NAME + 1]
        if text[1:] in meaning.NOT_SAID:
            return None
    language = _mapping(parsed.get("language"))
    entities = _entities(parsed.get("entities"), text)
    return Said(
        key=_key("user", given),
        author="customer",
        text=clean(text),
        channel=(_name(given.get("input_channel"), _LONGEST_CHANNEL) or "unknown"),
        intent=name,
        confidence=_share(intent.get("confidence")),
        sentiment=_one_of(_SENTIMENTS, _mapping(parsed.get("sentiment")).get("label"))
        or _of_entity(_SENTIMENTS, entities, "sentiment"),
        language=_one_of(_LANGUAGES, language.get("dominant"))
        or _one_of(_LANGUAGES, language.get("code"))
        or _of_entity(_LANGUAGES, entities, "language"),
        entities=[one for one in entities if one["entity"] not in ("language", "sentiment")],
        handed_back=bool(metadata.get("handed_back")),
    )


def _bot(given: dict[str, Any], metadata: Mapping[str, Any]) -> Said:
    text = given.get("text")
    if text is not None and not isinstance(text, str):
        raise Refused("text")
    response = _name(metadata.get("utter_action"))
    staff = _name(metadata.get("staff"))
    is_staff = bool(staff) or response == meaning.STAFF_RESPONSE
    lines = [clean(text or "")[: 2 * LONGEST_TEXT], _shown(_mapping(given.get("data")))]
    return Said(
        key=_key("bot", given),
        author="staff" if is_staff else "bot",
        text="\n".join(filter(None, lines)),
        response=response,
        staff=staff,
    )


def _shown(data: Mapping[str, Any]) -> str:
    """What a message shows beside its text: the titles of buttons, and that there is a picture."""
    shown = []
    for kind in ("buttons", "quick_replies"):
        given = data.get(kind)
        for button in given[:20] if isinstance(given, list) else ():
            title = _name(_mapping(button).get("title"))
            shown += [f"[{title}]"] if title else []
    shown += [f"({kind})" for kind in ("image", "attachment") if data.get(kind)]
    return " ".join(shown)


def _entities(given: Any, text: str) -> list[Entity]:
    """What was recognised, in the order it came; places that are none become 0 to 0."""
    found: list[Entity] = []
    for each in given[:_MOST_ENTITIES] if isinstance(given, list) else ():
        entity = _mapping(each)
        name, value = _name(entity.get("entity")), entity.get("value")
        if name is None or value is None or isinstance(value, (dict, list)):
            continue
        start, end = entity.get("start"), entity.get("end")
        placed = type(start) is int and type(end) is int and 0 <= start < end <= len(text)
        # Of a payload's text nothing is kept that they could stand in.
        placed = placed and not text.startswith("/")
        found.append(
            {
                "entity": name,
                "value": clean(str(value))[:LONGEST_TEXT],
                "start": start if placed else 0,
                "end": end if placed else 0,
                **{key: tag for key in ("role", "group") if (tag := _name(entity.get(key)))},
            }
        )
    return found


def _key(kind: str, given: Mapping[str, Any]) -> str:
    """A digest of what is an event's own; not of the text, which could be guessed from it."""
    own = f"{kind}\n{given.get('message_id')}\n{given['timestamp']!r}"
    return hashlib.sha256(own.encode("utf-8", "replace")).hexdigest()[:24]


def _mapping(given: Any) -> Mapping[str, Any]:
    return given if isinstance(given, dict) else {}


def _name(given: Any, longest: int = _LONGEST_NAME) -> str | None:
    return (clean(given)[:longest] or None) if isinstance(given, str) else None


def _share(given: Any) -> float | None:
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        return None
    return float(given) if 0 <= given <= 1 else None


def _one_of(known: tuple[str, ...], given: Any) -> str | None:
    return given if isinstance(given, str) and given in known else None


def _of_entity(known: tuple[str, ...], entities: list[Entity], name: str) -> str | None:
    values = (_one_of(known, each["value"]) for each in entities if each["entity"] == name)
    return next(filter(None, values), None)
