"""The designer's file of tags."""

from pathlib import Path

import pytest
import yaml

from backends.customers.profiles.tags import read_tags
from backends.setup_error import SetupError

ROOT = Path(__file__).resolve().parents[4]
GOOD = {
    "groups": [
        {
            "id": "band",
            "zh": "价位",
            "en": "Band",
            "tags": [
                {"id": "low", "zh": "低", "en": "Low", "when": {"price_level": "< 0.5"}},
                {"id": "high", "zh": "高", "en": "High", "texts": {"en": ["the best, please"]}},
            ],
        }
    ],
    "never_read": {"en": ["pregnant"], "zh": ["怀孕"]},
}


def written(tmp_path, change):
    content = yaml.safe_load(yaml.safe_dump(GOOD))
    change(content)
    path = tmp_path / "tags.yml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


def test_the_shops_own_file_can_be_read():
    book = read_tags(ROOT / "data" / "customers" / "tags.yml")
    groups = {group.id: group for group in book.groups}
    assert {"price_band", "life_cycle", "service_tier", "leaving", "interests"} <= set(groups)
    assert groups["interests"].several
    assert "leaving.high" in book.names()


def test_rules_texts_and_customers_are_read(tmp_path):
    path = written(
        tmp_path, lambda file: file["groups"][0]["tags"][1].update(customers=["C1"], when=[])
    )
    low, high = (tag for _, tag in read_tags(path).tags())
    assert low.when[0].holds({"price_level": 0.4})
    assert list(high.texts.pairs()) == [("en", "the best, please")]
    assert high.customers == ("C1",)


def tag_of(file, at=0):
    return file["groups"][0]["tags"][at]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda file: file.pop("groups"), "groups must be a list"),
        (lambda file: file.update(tags=[]), "there is no key tags"),
        (lambda file: file["groups"].append(file["groups"][0]), "group band is there twice"),
        (lambda file: file["groups"][0].update(id="Band!"), "group Band!: id "),
        (lambda file: file["groups"][0].pop("en"), "group band: en field required"),
        (lambda file: file["groups"][0]["tags"].pop(), "group band needs two tags"),
        (lambda file: file["groups"].insert(0, "band"), "group 1"),
        (lambda file: file["groups"][0].update(id="hours"), "is called as features are"),
        (lambda file: tag_of(file, 1).update(id="low"), "has the tag low twice"),
        (lambda file: tag_of(file).pop("when"), "group band, tag low has no example"),
        (lambda file: tag_of(file).update(colour="red"), "tag low: colour extra fields"),
        (lambda file: tag_of(file).update(when={"age": "> 60"}), "tag low: when knows no 'age'"),
        (lambda file: tag_of(file).update(when={"name": "= 1"}), "tag low: when knows no 'name'"),
        (lambda file: tag_of(file).update(when={"breadth": "lots"}), 'breadth: "lots" is no bound'),
        (lambda file: tag_of(file).update(texts={"fr": ["oui"]}), "tag low: texts.fr extra fields"),
        (lambda file: tag_of(file).update(texts={"en": [""]}), "tag low: texts.en.0 is empty"),
        (lambda file: tag_of(file).update(texts={"en": ["I am pregnant"]}), "never_read protects"),
        (lambda file: file.update(never_read={"en": [3]}), "never_read: en.0 must be a string"),
    ],
)
def test_a_mistake_is_one_sentence_with_its_place(tmp_path, change, said):
    path = written(tmp_path, change)
    with pytest.raises(SetupError) as caught:
        read_tags(path)
    sentence = str(caught.value)
    assert said in sentence
    assert sentence.startswith(str(path))
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"groups: []\nnever_read: ]", "is no valid YAML in line 2"),
        (b"\xff\xfe\x00", "is not UTF-8 text"),
        (b"- a", "must be a mapping"),
        (b"", "must be a mapping"),
    ],
)
def test_a_file_that_is_none(tmp_path, content, said):
    path = tmp_path / "tags.yml"
    path.write_bytes(content)
    with pytest.raises(SetupError, match=said):
        read_tags(path)
    with pytest.raises(SetupError, match="There is no file"):
        read_tags(tmp_path / "none.yml")


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("I am Pregnant, what may I drink?", True),
        ("我怀孕了，能用这款面霜吗", True),
        ("two pregnants", True),
        ("a pregnancy", False),
        ("which tent is best?", False),
    ],
)
def test_protected_words_are_found_whole_and_in_any_case(tmp_path, said, found):
    assert read_tags(written(tmp_path, lambda file: None)).protected.found(said) is found
