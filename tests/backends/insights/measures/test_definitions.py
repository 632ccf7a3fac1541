"""Each figure has its definition in both languages."""

from __future__ import annotations

import re

from backends.insights.measures.definitions import measures
from backends.insights.measures.values import values_of


def test_each_figure_is_defined_in_both_languages():
    found = measures()
    assert list(values_of({}, None)) == list(found)
    for name, measure in found.items():
        assert measure.name == name
        for texts in (measure.labels, measure.definitions, measure.of):
            assert set(texts) == {"zh", "en"}
            assert re.search("[\u4e00-\u9fff]", texts["zh"])
            assert not re.search("[\u4e00-\u9fff]", texts["en"])


def test_a_share_of_nothing_is_nothing():
    for name, value in values_of({}, None).items():
        assert value.of == 0
        assert value.value in (None, 0)
        assert (value.value is None) == (measures()[name].unit not in ("count", "money"))
