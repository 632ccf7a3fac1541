"""The invented shop is the same for the same seed, and adds up."""

from __future__ import annotations

import shutil
from datetime import date

from backends.customers.segments.book import read_folder
from benchmarks.harness import ROOT
from benchmarks.insights.filling import segment_file
from benchmarks.insights.made_up import CONVERSATION, DAYS, SEGMENTS, TURN, MadeUp

LAST = date(2026, 11, 26)


def drawn(seed):
    batches = list(MadeUp(20_000, seed, LAST).batches())
    conversations = [
        dict(zip(CONVERSATION, row, strict=True)) for b in batches for row in b.conversations
    ]
    turns = [dict(zip(TURN, row, strict=True)) for b in batches for row in b.turns]
    return conversations, turns


def test_the_same_seed_draws_the_same():
    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_there_are_as_many_events_as_asked_for_and_they_add_up():
    conversations, turns = drawn(1)
    assert abs(len(conversations) + len(turns) - 20_000) < 600
    begun = [each["started_at"] for each in conversations]
    assert begun == sorted(begun)
    assert (begun[-1] - begun[0]).days > DAYS - 10
    said = {each["id"]: [] for each in conversations}
    for each in turns:
        said[each["conversation_id"]].append(each)
    for each in conversations:
        mine = [turn for turn in said[each["id"]] if turn["author"] == "customer"]
        assert each["customer_turns"] == len(mine) == sum(each["intents"].values())
        assert each["fallbacks"] == sum(turn["is_fallback"] for turn in mine)
        assert each["negative"] + each["neutral"] + each["positive"] == len(mine)
    assert len({each["key"] for each in turns}) == len(turns)


def test_the_file_of_segments_can_be_read(tmp_path):
    shutil.copy(ROOT / "data" / "customers" / "tags.yml", tmp_path)
    (tmp_path / "segments.yml").write_text(segment_file(), encoding="utf-8")
    assert tuple(read_folder(tmp_path)) == SEGMENTS
