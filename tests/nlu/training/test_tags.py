"""The entity head on frozen states."""

import numpy as np
import pytest
import torch

from xiaoer.nlu.crf import by_word
from xiaoer.nlu.heads import TagHead
from xiaoer.nlu.tagging import Edges, EntityType
from xiaoer.nlu.training.calibration import log_loss
from xiaoer.nlu.training.rates import reproducible
from xiaoer.nlu.training.states import UNLABELLED, States
from xiaoer.nlu.training.tag_model import TagModel
from xiaoer.nlu.training.tags import fit_tags

WIDTH = 16
TYPES = [EntityType("name"), EntityType("place")]
OUT, OPENS_NAME, OPENS_PLACE, PLAIN, CLOSES = range(5)
#: A name or a place is opened by a word of its own, closed by one that both share, and between
#: them stand words that stand outside too, further from both than a subword sees.
SPAN = [PLAIN, PLAIN, PLAIN, PLAIN, PLAIN, CLOSES]


def states(size: int) -> States:
    random = np.random.default_rng(3)
    words = random.normal(0, 1, (5, WIDTH))
    rows: list[np.ndarray] = []
    tags: list[int] = []
    starts = [0]
    for _ in range(size):
        kind = int(random.integers(0, 3))
        before = [PLAIN if random.random() < 0.5 else OUT for _ in range(6)]
        opened = [] if kind == 2 else [OPENS_NAME + kind, *SPAN]
        text = [*before, *opened, OUT, PLAIN, PLAIN, PLAIN, PLAIN, OUT]
        tags += [UNLABELLED, *(0 for _ in before)]
        tags += [2 * kind + 1, *(2 * kind + 2 for _ in SPAN)] if opened else []
        tags += [0] * 6 + [UNLABELLED]
        rows.append(np.zeros((1, WIDTH)))
        rows.append(words[text] + random.normal(0, 0.1, (len(text), WIDTH)))
        rows.append(np.zeros((1, WIDTH)))
        starts.append(len(tags))
    flat = np.concatenate(rows).astype(np.float16)
    return States(
        [""] * size,
        flat,
        flat,
        np.array(starts),
        np.zeros((size, WIDTH), np.float32),
        np.array(tags),
        np.full(size, UNLABELLED),
    )


def fitted(given: States, within: np.ndarray, epochs: int = 12, calibrate: bool = False) -> TagHead:
    with reproducible(0, 1):
        return fit_tags(given, within, TYPES, Edges(), epochs, 0, lambda _: None, calibrate)


def right(head: TagHead, given: States, texts: np.ndarray) -> float:
    """The part of the texts in which all tags are right."""
    found = []
    for text in texts:
        places = given.positions(np.array([text]))
        begins = given.words(places)
        tags, _ = head.read(given.features(places), begins)
        found.append((tags == given.tags[places[begins]]).all())
    return float(np.mean(found))


def test_a_name_is_found_whole_though_its_middle_looks_like_anything() -> None:
    given = states(400)
    head = fitted(given, np.arange(300))
    assert right(head, given, np.arange(300, 400)) > 0.95


def test_going_on_keeps_what_was_learned() -> None:
    given = states(300)
    head = fitted(given, np.arange(200))
    again = TagModel(TYPES, Edges(), head.scaling, False, head).eval().head(1.0)
    places = given.positions(np.array([250]))
    features = given.features(places)
    np.testing.assert_allclose(again.scores(features), head.scores(features))
    np.testing.assert_allclose(again.steps, head.steps)


def test_texts_without_a_subword_of_their_own_change_nothing() -> None:
    given = states(60)
    with_empty = given.positions(np.array([5]))
    given.tags[with_empty] = UNLABELLED
    assert given.counts(np.array([4, 5, 6])).tolist()[1] == 0
    head = fitted(given, np.arange(60), epochs=1, calibrate=True)
    assert np.isfinite(head.steps).all()
    assert np.isfinite(head.weight).all()
    assert head.temperature > 0


def test_counts_are_those_of_the_positions() -> None:
    given = states(20)
    for texts in (np.array([3]), np.array([7, 2, 11]), np.arange(20), np.zeros(0, np.int64)):
        assert given.counts(texts).sum() == len(given.positions(texts))


def test_loss_goes_to_every_weight() -> None:
    given = states(8)
    head = fitted(given, np.arange(8), epochs=1)
    model = TagModel(TYPES, Edges(), head.scaling, False, head)
    texts = np.arange(8)
    places = given.positions(texts)
    scores = model(torch.from_numpy(given.features(places)))
    begins = torch.from_numpy(given.words(places))
    tags = torch.from_numpy(given.tags[places])
    losses = model.losses(scores, tags, begins, given.counts(texts).tolist())
    assert losses.shape == (8,)
    losses.sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in model.parameters())


def test_a_word_is_judged_as_a_whole() -> None:
    """What of a word looks like the inside of a name, be it the more, is not cut off from the rest."""
    given = states(400)
    # The opening word and all behind it up to the closing one are pieces of one word.
    given.begins = np.ones(len(given.tags), bool)
    given.begins[1:] = (given.tags[1:] <= 0) | (given.tags[1:] % 2 == 1)
    head = fitted(given, np.arange(300), calibrate=True)
    assert head.whole_words
    assert head.temperature > 0
    assert right(head, given, np.arange(300, 400)) > 0.95


def test_words_in_torch_are_words_in_numpy() -> None:
    given = states(6)
    given.begins = np.random.default_rng(0).random(len(given.tags)) < 0.5
    given.begins[given.starts[:-1] + 1] = True
    head = fitted(given, np.arange(6), epochs=1)
    model = TagModel(TYPES, Edges(), head.scaling, True, head).eval()
    places = given.positions(np.arange(6))
    begins = given.words(places)
    counts = given.counts(np.arange(6)).tolist()
    scores = model(torch.from_numpy(given.features(places)))
    found = model.log_marginals(scores.detach(), torch.from_numpy(begins), counts)
    alone = torch.nn.functional.cross_entropy(scores, torch.from_numpy(given.tags[places]))
    # Where all steps are worth the same and nothing is forbidden, words are independent.
    with torch.no_grad():
        model.field.steps.zero_()
        model.field._allowed.fill_(True)
        model.field._start.zero_()
    tags = torch.from_numpy(given.tags[places])
    loss = model.losses(scores, tags, torch.from_numpy(begins), counts).sum()
    of_words = by_word(scores.detach().numpy(), begins)
    wanted = log_loss(of_words, given.tags[places[begins]])
    assert loss.item() - alone.item() == pytest.approx(wanted, rel=1e-4)
    assert found.shape == of_words.shape
