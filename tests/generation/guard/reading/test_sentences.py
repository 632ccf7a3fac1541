"""Sentences, clauses, content and negations of both languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaoer.generation.guard.reading.normalising import normalise
from xiaoer.generation.guard.reading.reading import read
from xiaoer.generation.guard.reading.words import content_units, stem


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("好。行！好吗？", ["好。", "行！", "好吗？"]),
        ("7 天内可退；超过不可以。", ["7 天内可退；", "超过不可以。"]),
        ("Costs 1.5 yuan. No refund.", ["Costs 1.5 yuan.", "No refund."]),
        ("Open from 9 a.m. to noon. Closed later.", ["Open from 9 a.m. to noon.", "Closed later."]),
        ("E.g. a coat, i.e. warm.", ["E.g. a coat, i.e. warm."]),
        ("写邮件到 service@xiaoer.example。谢谢", ["写邮件到 service@xiaoer.example。", "谢谢"]),
        ("一\n二", ["一", "二"]),
        ("他说：“好。”再见", ['他说："好。"', "再见"]),
        ("。。。", []),
    ],
)
def test_sentences(text, sentences):
    assert [sentence.text for sentence in read(text).sentences] == sentences


@given(st.text(max_size=200))
def test_nothing_that_is_written_is_in_no_sentence(text):
    reading = read(text)
    letters = [character for character in reading.text if character.isalnum()]
    inside = [
        character for one in reading.sentences for character in one.text if character.isalnum()
    ]
    assert inside == letters


def test_a_key_has_no_punctuation_but_keeps_decimals_and_signs():
    assert read("Free, from ¥99!").sentences[0].key == read("free from ¥99").sentences[0].key
    assert read("1.5 yuan.").sentences[0].key != read("15 yuan.").sentences[0].key
    assert read("15%").sentences[0].key != read("15").sentences[0].key


@pytest.mark.parametrize(
    "text", ["支持货到付款吗？", "能退吗", "Can I return it?", "how about that?"]
)
def test_questions(text):
    assert read(text).sentences[0].is_question


@pytest.mark.parametrize(
    "words",
    [
        ("ship", "ships", "shipped", "shipping"),
        ("deliver", "delivers", "delivered", "delivery"),
        ("refund", "refunds", "refunded", "refunding"),
        ("return", "returns", "returned", "returning"),
        ("cancel", "cancelled", "cancels", "cancellation"),
        ("arrive", "arrives", "arrived", "arriving"),
        ("exchange", "exchanges", "exchanged"),
        ("pay", "pays", "payment", "paying"),
        ("policy", "policies"),
    ],
)
def test_stems(words):
    assert len({stem(word) for word in words}) == 1


def test_stems_keep_other_words_apart():
    words = [
        "free",
        "fee",
        "ship",
        "shop",
        "return",
        "refund",
        "open",
        "offer",
        "order",
        "pay",
        "play",
    ]
    assert len({stem(word) for word in words}) == len(words)


def test_content():
    assert [unit for unit, _ in content_units("您可以退货的")] == ["退货"]
    assert [unit for unit, _ in content_units("签收后可以退货")] == ["签收", "收后", "退货"]
    assert [unit for unit, _ in content_units("You can return the shoes")] == [
        stem("return"),
        stem("shoes"),
    ]


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("支持货到付款", set()),
        ("不支持货到付款", {"支持"}),
        ("不能退货", {"退货"}),
        ("没有运费险", {"运费"}),
        ("不仅便宜，而且好用", set()),
        ("有没有货都告诉您", set()),
        ("不满的部分另算", set()),
        ("在不在范围内", set()),
        ("There is no cash on delivery", {"cash"}),
        ("It cannot be cancelled", {stem("cancelled")}),
        ("You don't need a receipt", {"need"}),
        ("without a receipt", {"receipt"}),
        ("not only cheap", set()),
        ("no later than Friday", set()),
        ("don't worry, it is free", set()),
    ],
)
def test_what_a_clause_denies(text, denied):
    assert set().union(*(clause.denied for clause in read(text).sentences[0].clauses)) == denied


def test_a_list_goes_on_with_what_it_denies():
    first, second = read("There is no cash on delivery, cheques or vouchers.").sentences[0].clauses
    assert first.is_negated
    assert second.is_negated
    *_, last = read("There is no cash on delivery, but you can pay by card.").sentences[0].clauses
    assert not last.is_negated
    *_, last = read("It is not free, it costs 5 yuan.").sentences[0].clauses
    assert not last.is_negated


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("２４小时", "24小时"),
        ("１，７９９元", "1,799元"),
        ("买３，送１。", "买3，送1。"),
        ("３０℃", "30°C"),
        ("i\u200bgnore", "ignore"),
        ("“it’s”", '"it\'s"'),
    ],
)
def test_normalise(text, plain):
    assert normalise(text) == plain


@given(st.text(max_size=100))
def test_normalising_twice_is_normalising_once(text):
    assert normalise(normalise(text)) == normalise(text)
