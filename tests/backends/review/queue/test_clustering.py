"""Groups only grow, are bounded, and do not depend on when things come."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage

from backends.knowledge.whitening import normalised
from backends.review.queue.grouping.clustering import ALIKE, MOST, Groups, place


def blobs(counts, seed, spread=0.05, dim=16):
    """Rows around one direction for each count, in random order, and which these are of."""
    random = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(counts)), counts)
    random.shuffle(labels)
    centres = np.eye(dim, dtype=np.float32)[: len(counts)]
    rows = centres[labels] + random.normal(0, spread, (len(labels), dim)).astype(np.float32)
    return normalised(rows.astype(np.float32)), labels


def same(one, other):
    """Whether two labellings part the rows in the same way."""
    return (
        len(set(zip(one.tolist(), other.tolist(), strict=True)))
        == len(set(one.tolist()))
        == len(set(other.tolist()))
    )


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 12), min_size=1, max_size=8), st.integers(0, 999), st.integers(1, 9))
def test_what_lies_together_is_grouped_in_whatever_parts_it_comes(counts, seed, parts):
    rows, labels = blobs(counts, seed)
    groups = Groups.none(rows.shape[1])
    placed = np.concatenate(
        [place(some, groups) for some in np.array_split(rows, parts) if len(some)]
    )
    assert same(placed, labels)
    assert groups.sizes.sum() == len(rows)
    for number in range(len(groups.sizes)):
        assert np.allclose(groups.sums[number], rows[placed == number].sum(0), atol=1e-4)


def test_at_once_it_is_average_linkage():
    random = np.random.default_rng(5)
    rows = normalised(random.normal(size=(80, 4)).astype(np.float32))
    tree = linkage(rows, "average", metric="cosine")
    assert same(place(rows, Groups.none(4)), fcluster(tree, 1 - ALIKE, "distance"))


def test_no_group_grows_beyond_the_bound():
    rows, _ = blobs([450, 3], 1)
    groups = Groups.none(16)
    first = place(rows[:400], groups)
    place(rows[400:], groups)
    assert groups.sizes.max() <= MOST
    assert groups.sizes.sum() == 453
    assert len(first) == 400
