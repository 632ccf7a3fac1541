import json

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from backends.recommendations.index.inner_product import MaximumInnerProductIndex
from backends.recommendations.index.storage import FILE, IndexFileError, load, save


@pytest.fixture
def index():
    draw = np.random.default_rng(3)
    vectors = draw.standard_normal((500, 8)).astype(np.float32)
    return MaximumInnerProductIndex(vectors, draw.standard_normal(500).astype(np.float32))


def test_what_was_saved_finds_the_same(tmp_path, index):
    save(index, tmp_path / "new" / "folder")
    queries = np.eye(8, dtype=np.float32)
    for found, wanted in zip(
        load(tmp_path / "new" / "folder").search(queries, 20),
        index.search(queries, 20),
        strict=True,
    ):
        np.testing.assert_array_equal(found, wanted)


def test_saving_again_replaces_and_leaves_nothing_behind(tmp_path, index):
    save(MaximumInnerProductIndex(np.ones((2, 3), np.float32)), tmp_path)
    save(index, tmp_path)
    assert len(load(tmp_path)) == 500
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_a_failed_save_leaves_the_old_index(tmp_path, index, monkeypatch):
    save(index, tmp_path)
    monkeypatch.setattr("os.replace", _full)
    with pytest.raises(OSError, match="no space"):
        save(MaximumInnerProductIndex(np.ones((2, 3), np.float32)), tmp_path)
    assert len(load(tmp_path)) == 500
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_a_missing_index_is_said_to_be_missing(tmp_path):
    with pytest.raises(IndexFileError, match="is not there"):
        load(tmp_path)


@pytest.mark.parametrize("at", [0, 3, 60, 700, -1])
def test_any_damaged_byte_is_found(tmp_path, index, at):
    save(index, tmp_path)
    content = bytearray((tmp_path / FILE).read_bytes())
    content[at] ^= 0xFF
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(IndexFileError, match="build the index anew"):
        load(tmp_path)


@pytest.mark.parametrize("length", [0, 7, 100, 5_000])
def test_a_cut_file_is_found(tmp_path, index, length):
    save(index, tmp_path)
    (tmp_path / FILE).write_bytes((tmp_path / FILE).read_bytes()[:length])
    with pytest.raises(IndexFileError, match="is damaged"):
        load(tmp_path)


def test_another_format_is_told_by_its_number(tmp_path, index):
    save(index, tmp_path)
    header = _metadata(tmp_path / FILE)
    save_file(load_file(tmp_path / FILE), tmp_path / FILE, {**header, "format": "99"})
    with pytest.raises(IndexFileError, match="has format 99, this version reads 1"):
        load(tmp_path)


def test_a_file_of_something_else_is_refused(tmp_path, index):
    save_file({"vectors": index.vectors}, tmp_path / FILE)
    with pytest.raises(IndexFileError, match="is damaged"):
        load(tmp_path)


def _metadata(path):
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    return json.loads(content[8 : 8 + length])["__metadata__"]


def _full(*_):
    raise OSError("no space left")
