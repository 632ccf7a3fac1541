"""The recursions agree with going over all sequences one by one."""

import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.nlu.sequences import allowed, every
from xiaoer.nlu.crf import best_tags, by_word, log_marginals, moves, possible
from xiaoer.nlu.tagging import may_follow
from xiaoer.nlu.training.crf import ConditionalRandomField
from xiaoer.nlu.training.states import UNLABELLED


def sequences(scores: np.ndarray, steps: np.ndarray) -> dict[tuple[int, ...], float]:
    """The score of each sequence that may be."""
    length, width = scores.shape
    return {
        tags: float(
            sum(scores[at, tag] for at, tag in enumerate(tags))
            + sum(steps[pair] for pair in itertools.pairwise(tags))
        )
        for tags in every(length, width)
    }


def drawn(length: int, kinds: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    width = 2 * kinds + 1
    scores, steps = random.normal(0, 2, (length, width)), random.normal(0, 2, (width, width))
    return scores.astype(np.float32), steps.astype(np.float32)


def test_what_may_follow_what() -> None:
    assert may_follow(5).astype(int).tolist() == [
        [1, 1, 0, 1, 0],
        [1, 1, 1, 1, 0],
        [1, 1, 1, 1, 0],
        [1, 1, 0, 1, 1],
        [1, 1, 0, 1, 1],
    ]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 5), st.integers(0, 2), st.integers(0, 10_000))
def test_marginals(length: int, kinds: int, seed: int) -> None:
    scores, steps = drawn(length, kinds, seed)
    wanted = np.zeros_like(scores, dtype=np.float64)
    for tags, score in sequences(scores, steps).items():
        wanted[np.arange(length), list(tags)] += math.exp(score)
    wanted /= wanted.sum(1, keepdims=True)
    assert np.exp(log_marginals(scores, moves(steps))) == pytest.approx(wanted, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 5), st.integers(0, 2), st.integers(0, 10_000))
def test_viterbi_is_the_best_of_all_allowed(length: int, kinds: int, seed: int) -> None:
    scores, steps = drawn(length, kinds, seed)
    known = sequences(scores, steps)
    found = tuple(best_tags(scores, possible(steps)).tolist())
    assert allowed(found)
    assert known[found] == pytest.approx(max(known.values()), abs=1e-4)


def test_no_words_no_tags() -> None:
    steps = np.zeros((5, 5), np.float32)
    assert best_tags(np.zeros((0, 5), np.float32), possible(steps)).tolist() == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 3), min_size=1, max_size=4), st.integers(0, 2), st.integers(0, 999))
def test_a_word_is_as_good_as_its_subwords_together(
    sizes: list[int], kinds: int, seed: int
) -> None:
    """The score of tags of words is that of their subwords, I after the first of a B."""
    scores, steps = drawn(sum(sizes), kinds, seed)
    begins = np.concatenate([[True, *[False] * (size - 1)] for size in sizes])
    for tags, score in sequences(by_word(scores, begins), steps).items():
        spelled = [
            tag + 1 if at and tag % 2 else tag
            for tag, size in zip(tags, sizes, strict=True)
            for at in range(size)
        ]
        alone = scores[np.arange(len(spelled)), spelled].sum()
        between = sum(steps[pair] for pair in itertools.pairwise(tags))
        assert score == pytest.approx(alone + between, abs=1e-4)


def test_marginals_of_nothing_and_of_certainty() -> None:
    steps = np.zeros((3, 3), np.float32)
    assert log_marginals(np.zeros((0, 3), np.float32), moves(steps)).shape == (0, 3)
    sure = np.full((200, 3), -1e4, np.float32)
    sure[:, 2] = 1e4  # An I tag that nothing began.
    found = log_marginals(sure, moves(steps))
    assert np.isfinite(found).all()
    assert found.argmax(1).tolist() == [1] + 199 * [2]
    assert found[0, 2] < -100


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=4), st.integers(0, 10_000))
def test_loss_of_texts_of_several_lengths(lengths: list[int], seed: int) -> None:
    lengths = [*lengths, 2]
    random = np.random.default_rng(seed)
    field = ConditionalRandomField(5)
    steps = drawn(1, 2, seed)[1]
    with torch.no_grad():
        field.steps.copy_(torch.from_numpy(steps))
    # What stands behind the end of a text must not count.
    scores = random.normal(0, 2, (len(lengths), max(lengths), 5)).astype(np.float32)
    tags = np.full(scores.shape[:2], UNLABELLED)
    wanted = []
    for row, length in enumerate(lengths):
        known = sequences(scores[row, :length], steps)
        chosen = list(known)[random.integers(len(known))]
        tags[row, :length] = chosen
        wanted.append(math.log(sum(map(math.exp, known.values()))) - known[chosen])
    losses = field(torch.from_numpy(scores), torch.from_numpy(tags))
    assert losses.tolist() == pytest.approx(wanted, rel=1e-4, abs=1e-5)


def test_steps_learn_from_sequences() -> None:
    """Every other tag is B: only the steps can say so."""
    field = ConditionalRandomField(3)
    scores = torch.zeros(8, 6, 3)
    tags = torch.tensor([0, 1, 0, 1, 0, 1]).repeat(8, 1)
    optimizer = torch.optim.Adam(field.parameters(), lr=0.1)
    for _ in range(100):
        optimizer.zero_grad()
        field(scores, tags).sum().backward()
        optimizer.step()
    hint = np.zeros((6, 3), np.float32)
    hint[0, 0] = 3.0
    found = log_marginals(hint, moves(field.steps.detach().numpy()))
    assert found.argmax(1).tolist() == [0, 1, 0, 1, 0, 1]
