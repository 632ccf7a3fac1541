"""Reading data/campaigns, and mistakes in it."""

import shutil

import pytest

from backends.campaigns.copy.checking import check
from backends.campaigns.copy.material.book import MaterialBook, read_material
from backends.setup_error import SetupError
from tests.backends.campaigns.copy.conftest import DATA


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(DATA, tmp_path / "campaigns")
    return tmp_path / "campaigns"


def change(folder, name, old, new):
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("channels.yml", "most: 900", "most: 9000", "platform"),
        ("channels.yml", "unit: bytes", "unit: pages", "unit"),
        ("tones.yml", "  plain:", "  plain: {}\n  other:", "tones.plain"),
        ("limits.yml", "likeness: 0.72", "likeness: 7", "likeness"),
        ("templates/zh.yml", "tones: [plain]", "tones: [shrill]", "no tone shrill"),
        ("templates/zh.yml", "{summary}", "{sumary}", "no place {sumary}"),
        ("templates/zh.yml", "[[{offer}。]]", "", "offer"),
        ("templates/en.yml", "{name}:", "It:", "name"),
        ("phrases.yml", "months: [January, ", "months: [", "twelve"),
        ("forbidden.yml", "claims:", "claim:", "claim"),
    ],
)
def test_a_mistake_is_one_sentence_with_its_place(folder, name, old, new, said):
    change(folder, name, old, new)
    with pytest.raises(SetupError) as caught:
        read_material(folder)
    assert said in str(caught.value)
    assert name in str(caught.value)


def test_a_file_that_is_changed_is_read_again(folder):
    book = MaterialBook(folder)
    before = book.material()
    assert book.material() is before
    change(folder, "limits.yml", "most_percent_off: 50", "most_percent_off: 20")
    assert book.material().limits.most_percent_off == 20


def test_the_shops_own_files_have_no_problem(wares):
    checked = check(DATA, list(wares.values()))
    assert checked.problems == []
    assert checked.templates >= 80


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("慢慢挑就好", "全店最好", "forbidden (most"),
        ("慢慢挑就好", "仅剩三件", "scarcity"),
        ("慢慢挑就好", "今天截止", "urgency"),
        ("慢慢挑就好", "满 99 元送礼", "number or date of its own"),
    ],
)
def test_check_finds_words_that_state_something(folder, old, new, said):
    change(folder, "templates/zh.yml", old, new)
    assert any(said in problem for problem in check(folder).problems)
