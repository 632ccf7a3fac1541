import numpy as np
import pytest

from backends.search.vector_cache import VectorCache
from xiaoer.lm import Encoder


@pytest.fixture(scope="module")
def encoder():
    return Encoder.load("bundled")


class Counting:
    """The encoder, counting what it is given."""

    def __init__(self, encoder):
        self.encoder = encoder
        self.texts = []

    def encode(self, texts, kind="query"):
        self.texts += texts
        return self.encoder.encode(texts, kind=kind)

    def fingerprint(self):
        return self.encoder.fingerprint()


def test_each_text_is_encoded_once_over_restarts(tmp_path, encoder):
    first = Counting(encoder)
    made = VectorCache(tmp_path, "test", first).vectors(["茶", "tea", "茶"])
    assert sorted(first.texts) == ["tea", "茶"]
    second = Counting(encoder)
    cache = VectorCache(tmp_path, "test", second)
    assert cache.missing(["茶", "tea", "coffee"]) == 1
    again = cache.vectors(["茶", "coffee"])
    assert second.texts == ["coffee"]
    np.testing.assert_allclose(again[0], made[0], atol=1e-6)
    np.testing.assert_allclose(again[0], encoder.encode(["茶"], kind="passage")[0], atol=1e-3)


def test_a_damaged_file_is_made_again(tmp_path, encoder):
    cache = VectorCache(tmp_path, "test", encoder)
    cache.vectors(["tea"])
    cache.path.write_bytes(b"not a file of vectors")
    again = VectorCache(tmp_path, "test", encoder)
    assert again.missing(["tea"]) == 1
    assert again.vectors(["tea"]).shape == (1, encoder.dim)
    assert VectorCache(tmp_path, "test", encoder).missing(["tea"]) == 0
