"""What examples are made of articles and dialogues."""

import re
from collections import Counter

import pytest

from xiaoer.generation.corpus import Article, Corpus, Dialogue, Turn
from xiaoer.generation.examples import ExampleSource
from xiaoer.lm.causal_layout import Example


def name(number: int) -> str:
    """Return letters, which no change of numbers touches."""
    return chr(97 + number // 26) + chr(97 + number % 26)


ANSWERS = [
    f"Item {number} leaves the store within {number + 20} hours. It costs {number}{number} yuan more."
    for number in range(40)
]
ARTICLES = [
    Article(f"a{at}", "c" if at % 2 else "d", "en", (f"Q{name(at)}", f"V{name(at)}"), answer)
    for at, answer in enumerate(ANSWERS)
]
DIALOGUES = [
    Dialogue(
        "en",
        (
            Turn(f"D{name(at)}", f"Sure, item {at} leaves the store within {at + 20} hours."),
            Turn(f"E{name(at)}", "You are welcome!"),
        ),
    )
    for at in range(30)
]
CORPUS = Corpus(ARTICLES, DIALOGUES)


def drawn(source: ExampleSource, passes: int = 10) -> list[Example]:
    return [example for number in range(passes) for example in source.draw(number)]


def numbers(text: str) -> list[str]:
    return re.findall(r"\d+", text)


def test_one_in_ten_articles_and_dialogues_is_never_drawn() -> None:
    source = ExampleSource(CORPUS, 1)
    asked = {example.prompt.question for example in drawn(source) if example.prompt.question}
    held = {example.prompt.question for example in source.held}
    assert len([each for each in held if each[0] in "QV"]) == 4
    assert len([each for each in held if each[0] in "DE"]) == 6
    assert not held & asked
    texts = list(source.texts())
    for example in source.held:
        assert example.prompt.question not in texts
        if example.prompt.question[0] in "QV":
            assert example.reply not in texts


def test_few_articles_are_all_learned_from() -> None:
    source = ExampleSource(Corpus(ARTICLES[:9], DIALOGUES[:9]), 1)
    assert source.held == []
    assert source.count == 9 * 2 + 9 * 2
    assert ExampleSource(Corpus(ARTICLES[:1]), 1).count == 2
    assert len(list(ExampleSource(Corpus(ARTICLES[:1]), 1).draw(0))) == 2


def test_dialogues_are_repeated_where_articles_have_many_questions() -> None:
    many = [Article(f"a{at}", "c", "en", ("Q",) * 20, "A.") for at in range(9)]
    source = ExampleSource(Corpus(many, DIALOGUES[:3]), 1)
    replies = Counter(example.prompt.question for example in source.draw(0))
    assert replies["Q"] == 180
    assert replies["Daa"] == replies["Eac"] == 8


def test_a_pass_asks_each_question_once_and_the_next_in_another_way() -> None:
    source = ExampleSource(CORPUS, 1)
    first, second = list(source.draw(0)), list(source.draw(1))
    assert len(first) == len(second) == source.count == 36 * 2 + 27 * 2
    assert list(source.draw(0)) == first
    assert list(ExampleSource(CORPUS, 1).draw(0)) == first
    assert first != second
    assert list(ExampleSource(CORPUS, 2).draw(0)) != first


def test_a_reply_to_an_article_stands_in_a_passage_with_its_numbers() -> None:
    answered = [each for each in drawn(ExampleSource(CORPUS, 1)) if each.prompt.question[0] in "QV"]
    places = Counter()
    changed = mixed = 0
    for example in answered:
        passages = example.prompt.passages
        assert example.reply in passages
        assert 1 <= len(passages) <= 2
        places[len(passages), passages.index(example.reply)] += 1
        changed += example.reply not in ANSWERS and example.reply.count(".") == 2
        mixed += not example.reply.startswith("Item") or example.reply.count(".") != 2
    whole = len(answered)
    assert 0.35 < (places[2, 0] + places[2, 1]) / whole < 0.65
    assert places[2, 0] > places[2, 1] > 0
    assert changed / whole > 0.3
    assert mixed / whole > 0.1


def test_a_changed_number_is_the_same_wherever_it_stands() -> None:
    article = Article("a", "c", "en", ("is 24 enough",), "24 or 24 and 25, never 1,000.")
    found = set()
    for example in drawn(ExampleSource(Corpus([article]), 3), 40):
        first, again, other, thousands, rest = numbers(example.reply)[:5]
        assert first == again == numbers(example.prompt.question)[0]
        assert len(first) == 2
        assert first[0] != "0"
        assert len(rest) == 3
        found.add((first, other, thousands))
    assert len(found) > 10


def test_a_dialogue_gives_earlier_turns_and_the_answer_it_rests_on() -> None:
    examples = [
        each for each in drawn(ExampleSource(CORPUS, 1), 3) if each.prompt.question[0] in "DE"
    ]
    supported = 0
    for example in examples:
        prompt = example.prompt
        if prompt.question.startswith("D"):
            assert prompt.known == ()
            supported += any(numbers(example.reply)[1] in numbers(each) for each in prompt.passages)
        else:
            assert len(prompt.known) == 2
            assert prompt.known[0].startswith("D")
            assert example.reply == "You are welcome!"
    assert supported > 0.8 * sum(each.prompt.question.startswith("D") for each in examples)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_other_passages_are_in_the_same_language(language: str) -> None:
    both = [
        Article(f"a{at}", "c", each, (f"Q{at}",), ("你好。" if each == "zh" else "Hello. ") * 2)
        for at in range(20)
        for each in ("zh", "en")
    ]
    for example in drawn(ExampleSource(Corpus(both), 1), 3):
        if example.prompt.language == language:
            assert all(("你好" in each) == (language == "zh") for each in example.prompt.passages)
