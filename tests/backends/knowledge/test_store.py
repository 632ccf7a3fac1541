"""Any changes one after another leave files that hold what was written, and nothing else."""

import tempfile
from datetime import date
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backends.knowledge.article import Article
from backends.knowledge.store import ArticleStore
from tests.backends.knowledge.conftest import SMALL

_TEXT = st.sampled_from(
    [
        "yes",
        "a: b #c",
        "- x",
        "茶？",
        "12:30",
        "'q'",
        "line\nline",
        "|",
        "# no\n\n  two ",
        "x" * 100,
    ]
)
_LINE = _TEXT.map(lambda text: text.partition("\n")[0])
_WORDING = st.fixed_dictionaries(
    {"question": _LINE, "variants": st.lists(_LINE, max_size=3), "answer": _TEXT}
)
_NAMES = [
    "delivery-time",
    "delivery-fee",
    "delivery-gifts",
    "returns-how",
    "opening-hours",
    "no",
    "1",
]
_ARTICLE = st.builds(
    Article,
    id=st.sampled_from(_NAMES),
    category=st.sampled_from(["delivery", "returns", "contact", "no"]),
    source=st.none() | st.fixed_dictionaries({"en": _LINE}),
    valid_from=st.none() | st.just(date(2026, 1, 1)),
    en=_WORDING,
    zh=st.none() | _WORDING,
)
_CHANGES = st.lists(_ARTICLE | st.sampled_from(_NAMES), min_size=1, max_size=8)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(_CHANGES)
def test_any_row_of_changes_is_kept(changes):
    with tempfile.TemporaryDirectory() as folder:
        for name, content in SMALL.items():
            path = Path(folder) / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(content, encoding="utf-8")
        store = ArticleStore(Path(folder))
        expected = store.read().articles
        for change in changes:
            version = store.version()
            if isinstance(change, str):
                assert store.delete(change) is (expected.pop(change, None) is not None)
            else:
                assert store.put(change) is (change.id not in expected)
                expected[change.id] = change
                assert store.version() != version
            reading = store.read()
            assert reading.problems == []
            assert set(reading.articles) == set(expected)
            for name, article in reading.articles.items():
                wanted = expected[name]
                assert article.dict(exclude={"source"}) == wanted.dict(exclude={"source"})
                assert wanted.source is None or article.source == wanted.source
        files = {path.name for path in Path(folder).rglob("*") if path.is_file()}
        assert files <= {"delivery.yml", "returns.yml", "contact.yml", "no.yml", ".lock"}
