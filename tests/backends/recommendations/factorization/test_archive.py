"""Models in files: the same comes back, and what is damaged is told in one sentence."""

import json
import os
import pickle
from itertools import islice

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.numpy import save_file

from backends.recommendations.factorization import archive as module
from backends.recommendations.factorization.archive import Archive, ModelFileError, load, save
from backends.recommendations.factorization.explicit import fit_ratings
from backends.recommendations.factorization.implicit import Strength, fit_preferences
from backends.recommendations.factorization.model import HybridMatrixFactorization
from tests.backends.recommendations.factorization.made_up import (
    features,
    planted_ratings,
    tastes,
)

ABOUT = {"trained_at": "2026-11-01T03:00:00+00:00", "ndcg@10": 0.31, "名": ["茶"]}


def of_kind(kind, size=3):
    """A model with what belongs to it."""
    if kind == "ratings":
        planted = planted_ratings(1, users=12, items=9)
        sweeps = fit_ratings(planted.seen, features(1, 12, size), features(2, 9, size), 4, 1)
    else:
        strength = Strength(0.4, 0.02)
        known = (features(1, 12, size), features(2, 9, size))
        sweeps = fit_preferences(tastes(1, users=12, items=9), *known, 4, strength, 1)
    model = HybridMatrixFactorization.of(list(islice(sweeps, 3))[-1])
    return Archive(model, tuple(f"P{1000 + item}" for item in range(9)), ABOUT)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The bytes of a file that can be read."""
    path = tmp_path_factory.mktemp("model") / "m.safetensors"
    save(of_kind("ratings"), path)
    return path.read_bytes()


def refused(path):
    """The sentence that says why."""
    with pytest.raises(ModelFileError) as caught:
        load(path)
    said = str(caught.value)
    assert path.name in said
    assert said.endswith(".")
    assert "\n" not in said
    return said


@pytest.mark.parametrize("kind", ["ratings", "preferences"])
@pytest.mark.parametrize("size", [0, 3])
def test_the_same_comes_back(kind, size, tmp_path):
    before = of_kind(kind, size)
    save(before, tmp_path / "deep" / "m.safetensors")
    after = load(tmp_path / "deep" / "m.safetensors")
    assert (after.items, after.about) == (before.items, before.about)
    for name in ("kind", "mean", "noise", "strength", "dimension"):
        assert getattr(after.model, name) == getattr(before.model, name), name
    someone = features(5, 1, size)[0]
    for done, values in (([], []), ([1, 5], [5.0, 1.0])):
        folded = [each.model.fold_in(done, values, someone) for each in (before, after)]
        assert np.array_equal(*(user.vector for user in folded))
        assert np.array_equal(*(user.pulls for user in folded))
        both = zip((before, after), folded, strict=True)
        assert np.array_equal(*(each.model.scores(user) for each, user in both))
    new = features(6, 2, size)
    for one, other in zip(before.model.new_items(new), after.model.new_items(new), strict=True):
        assert np.array_equal(one, other)
    assert os.listdir(tmp_path / "deep") == ["m.safetensors"]


def test_a_later_model_takes_the_place_of_the_former(tmp_path):
    path = tmp_path / "m.safetensors"
    save(of_kind("ratings"), path)
    save(of_kind("preferences"), path)
    assert load(path).model.kind == "preferences"


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_one_bit_that_changed_is_found(data, written, tmp_path):
    """Wherever it is: in the header or in a vector."""
    length = len(written)
    header = 8 + int.from_bytes(written[:8], "little")
    place = data.draw(st.one_of(st.integers(0, header - 1), st.integers(header, length - 1)))
    changed = bytearray(written)
    changed[place] ^= 1 << data.draw(st.integers(0, 7))
    path = tmp_path / "m.safetensors"
    path.write_bytes(changed)
    refused(path)


@pytest.mark.parametrize("share", [0, 0.001, 0.1, 0.5, 0.9, 0.999])
def test_a_file_cut_off(written, share, tmp_path):
    path = tmp_path / "m.safetensors"
    path.write_bytes(written[: int(len(written) * share)])
    assert "train a new model" in refused(path)


def test_what_is_no_model(tmp_path):
    path = tmp_path / "m.safetensors"
    for content in (b"\0" * 100, b"{}", pickle.dumps({"item_vectors": [1.0]}), os.urandom(500)):
        path.write_bytes(content)
        assert "damaged or no model" in refused(path)
    for metadata in (None, {"other": "1"}, {"header": "[]", "sha256": ""}, {"header": "7"}):
        save_file({"vectors": np.ones((2, 2), np.float32)}, path, metadata)
        assert "damaged or no model" in refused(path)


def test_no_file_and_a_folder(tmp_path):
    assert "is not there" in refused(tmp_path / "none.safetensors")
    (tmp_path / "folder").mkdir()
    refused(tmp_path / "folder")


def rewritten(written, path, change):
    """The file with another header, whose digest is right."""
    path.write_bytes(written)
    with safe_open(path, framework="np") as file:
        header = json.loads(file.metadata()["header"])
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    change(header, arrays)
    text = json.dumps(header)
    save_file(arrays, path, {"header": text, "sha256": module._digest(text, arrays)})


def test_a_file_of_another_format_says_so(written, tmp_path):
    path = tmp_path / "m.safetensors"
    rewritten(written, path, lambda header, arrays: header.update(format=99))
    assert "format 99" in refused(path)
    assert "train a new model" in refused(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda header, arrays: header["items"].pop(),
        lambda header, arrays: header.pop("items"),
        lambda header, arrays: header.update(items=None),
        lambda header, arrays: header.update(strength={"background": 1}),
        lambda header, arrays: arrays.pop("item_vectors"),
        lambda header, arrays: arrays.pop("item_variances"),
        lambda header, arrays: arrays.pop("user_prior.weights"),
    ],
)
def test_a_header_that_does_not_fit(written, tmp_path, change):
    path = tmp_path / "m.safetensors"
    rewritten(written, path, lambda header, arrays: None)
    load(path)
    rewritten(written, path, change)
    assert "damaged or no model" in refused(path)


def test_as_many_products_as_vectors():
    whole = of_kind("ratings")
    with pytest.raises(ValueError, match="one product id"):
        Archive(whole.model, whole.items[1:], {})


@pytest.mark.parametrize("when", ["writing", "moving"])
def test_a_save_that_fails_leaves_the_old_file_and_no_draft(tmp_path, monkeypatch, when):
    path = tmp_path / "m.safetensors"
    save(of_kind("ratings"), path)
    before = path.read_bytes()

    def fail(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(*{"writing": (module, "save_file"), "moving": (os, "replace")}[when], fail)
    with pytest.raises(OSError, match="No space"):
        save(of_kind("preferences"), path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["m.safetensors"]


def test_what_json_cannot_hold_is_refused_before_anything_is_written(tmp_path):
    whole = of_kind("ratings")
    with pytest.raises(TypeError):
        save(Archive(whole.model, whole.items, {"when": object()}), tmp_path / "m.safetensors")
    assert os.listdir(tmp_path) == []
