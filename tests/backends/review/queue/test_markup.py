"""Marked entities are read as Rasa reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.nlu.training_data import entities_parser

from backends.review.queue import markup

WORDS = st.text(st.characters(categories=["Ll", "Lu", "Lo", "Nd"]), min_size=1, max_size=6)


@st.composite
def examples(draw):
    parts = []
    for piece in draw(st.lists(WORDS, min_size=1, max_size=5)):
        form = draw(
            st.sampled_from(
                [
                    "{}",
                    "[{}](color)",
                    '[{}]{{"entity": "size", "role": "to"}}',
                    "[{}](product:shoes)",
                ]
            )
        )
        parts.append(form.format(piece))
    return " ".join(parts)


@given(examples())
def test_it_reads_what_rasa_reads(written):
    ours = markup.read(written)
    theirs = entities_parser.parse_training_example(written, "intent")
    assert ours.text == theirs.get("text")
    wanted = [
        (each["start"], each["end"], each["entity"], each["value"], each.get("role"))
        for each in theirs.get("entities", [])
    ]
    assert [(m.start, m.end, m.entity, m.value, m.role) for m in ours.marks] == wanted


@given(WORDS, WORDS, WORDS)
def test_what_is_written_is_read_back(before, piece, after):
    text = f"{before} {piece} {after}"
    start = len(before) + 1
    entity = {"start": start, "end": start + len(piece), "entity": "size", "role": "to"}
    found = markup.read(markup.write(text, [entity], {"size"}))
    assert found.text == text
    assert [(m.start, m.end, m.entity, m.role) for m in found.marks] == [
        (start, start + len(piece), "size", "to")
    ]


@pytest.mark.parametrize(
    "entity",
    [
        {"start": 0, "end": 99, "entity": "color"},
        {"start": 2, "end": 1, "entity": "color"},
        {"entity": "color"},
        {"start": 0, "end": 2, "entity": "unheard"},
    ],
)
def test_what_was_understood_elsewhere_is_not_marked(entity):
    assert markup.write("black", [entity], {"color"}) == "black"


@pytest.mark.parametrize(
    "written",
    ["[black] (color", "[](color)", '[black]{"entity": 1}', "[a]{color}", "[b](1 2)", "[[a]](b)"],
)
def test_what_is_half_a_mark_is_refused(written):
    with pytest.raises(markup.MarkupError):
        markup.check(markup.read(written), {"color": set()})


def test_roles_and_entities_must_be_known():
    example = markup.read('[42]{"entity": "size", "role": "around"}')
    with pytest.raises(markup.MarkupError) as refused:
        markup.check(example, {"size": {"to", "from"}})
    assert (refused.value.code, refused.value.entity) == ("markup_role", "around")


def test_the_first_place_that_is_free_is_marked():
    once = markup.mark_first("black or black", "black", "color")
    assert once == "[black](color) or black"
    assert markup.mark_first(once, "black", "color to") == (
        '[black](color) or [black]{"entity": "color", "role": "to"}'
    )
    assert markup.mark_first("black", "white", "color") is None
    assert markup.mark_first("black", "", "color") is None
