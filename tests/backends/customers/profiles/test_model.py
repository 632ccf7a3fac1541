"""The file of a model: what is damaged, older or half written is never taken for a model."""

import json
import os

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backends.customers.profiles import model as model_module
from backends.customers.profiles.figures import Figures
from backends.customers.profiles.model import Classifier, ProfileModel, TagName
from backends.customers.profiles.protected import ProtectedWords
from backends.customers.profiles.softmax import Softmax
from backends.customers.profiles.text_space import TextSpace
from backends.customers.profiles.vectorizer import Vectorizer
from backends.setup_error import SetupError


def made(seed=1):
    dice = np.random.default_rng(seed)
    space = TextSpace.fit(dice.normal(size=(9, 6)).astype(np.float32), ["zh"] * 9)
    size = space.size
    vectorizer = Vectorizer(
        ("recency_days", "breadth"), dice.normal(size=2), dice.gamma(1, size=2),
        space, space, np.ones(size), np.ones(size),
    )  # fmt: skip
    softmax = Softmax(dice.normal(size=(2, 2 + 2 * size)), dice.normal(size=2))
    return ProfileModel(
        vectorizer=vectorizer,
        classifiers=(Classifier("interests", (None, TagName("shoes", "鞋", "Shoes")), softmax),),
        encoder="some/1",
        protected=ProtectedWords(zh=["怀孕"], en=[]),
        figures={"interests": Figures(9, 0.9, 0.5, 0.2, 0.01)},
        trained="2026-06-01T00:00:00+00:00",
    )


def test_what_was_saved_is_loaded(tmp_path):
    model = made()
    model.save(tmp_path / "new" / "model")
    loaded = ProfileModel.load(tmp_path / "new" / "model")
    assert loaded.classifiers[0].tags == model.classifiers[0].tags
    assert np.array_equal(
        loaded.classifiers[0].softmax.weights, model.classifiers[0].softmax.weights
    )
    assert np.array_equal(loaded.vectorizer.said.directions, model.vectorizer.said.directions)
    assert (loaded.encoder, loaded.protected, loaded.figures, loaded.trained) == (
        model.encoder, model.protected, model.figures, model.trained
    )  # fmt: skip
    assert len(loaded.digest) == 64
    made(2).save(tmp_path / "other")
    assert ProfileModel.load(tmp_path / "other").digest != loaded.digest


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
def test_a_damaged_file_is_refused_in_one_sentence(tmp_path, data):
    path = tmp_path / "model"
    made().save(path)
    content = bytearray(path.read_bytes())
    if data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] ^= data.draw(st.integers(1, 255))
    else:
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    path.write_bytes(bytes(content))
    with pytest.raises(SetupError, match="xiaoer customers train") as caught:
        ProfileModel.load(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "content", [b"", b"\x80\x04N.", b"PK\x03\x04", json.dumps({}).encode(), b"\xff" * 64]
)
def test_another_kind_of_file_is_refused(tmp_path, content):
    (tmp_path / "model").write_bytes(content)
    with pytest.raises(SetupError, match="is damaged"):
        ProfileModel.load(tmp_path / "model")
    with pytest.raises(SetupError, match="There is no model"):
        ProfileModel.load(tmp_path / "none")


def test_an_older_format_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(model_module, "FORMAT", 0)
    made().save(tmp_path / "model")
    monkeypatch.undo()
    with pytest.raises(SetupError, match="another version of Xiaoer"):
        ProfileModel.load(tmp_path / "model")


def test_what_cannot_be_written_leaves_the_old_model(tmp_path, monkeypatch):
    path = tmp_path / "model"
    made().save(path)
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SetupError, match="No space left"):
        made(2).save(path)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["model"]
