import pytest

from backends.campaigns.copy.rules.law import Law


def test_a_forbidden_word_is_named_with_its_entry(copy_of):
    found = Law().objection(copy_of("这是顶级耳机。"))
    assert (found.what, found.why) == ("顶级", "top")


@pytest.mark.parametrize("text", ["最近到货。", "Best before May.", "静谷 Pro 降噪耳机，¥499。"])
def test_what_only_looks_like_it_passes(copy_of, text):
    assert Law().objection(copy_of(text)) is None
