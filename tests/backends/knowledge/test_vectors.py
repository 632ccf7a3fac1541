"""The index of meaning in Qdrant: what it says, and which Qdrant collections it leaves behind."""

import shutil

import numpy as np
import pytest
from qdrant_client import QdrantClient, models

from backends.knowledge.collection import Collection
from backends.knowledge.preparing import Preparation
from backends.knowledge.reading import read_folder
from backends.knowledge.vectors import MeaningIndex
from backends.knowledge.whitening import Whitening, means
from xiaoer.lm import Encoder


@pytest.fixture(scope="module")
def encoder():
    return Encoder.load("bundled", threads=2)


@pytest.fixture
def client():
    return QdrantClient(":memory:")


@pytest.fixture
def index(small_base, prepared_state, encoder, client, tmp_path):
    """A function that indexes the small base, or a part of it."""
    preparation = Preparation(shutil.copytree(prepared_state, tmp_path / "state"), encoder)
    articles = list(read_folder(small_base).articles.values())

    def make(most=None, keep=""):
        collection = Collection(articles[:most])
        made = preparation.vectors(collection)
        return MeaningIndex(collection, encoder, *made, client, keep), collection, made

    return make


def names(client):
    return {one.name for one in client.get_collections().collections}


def test_its_values_are_plain_cosines(index, encoder):
    meaning, collection, (texts, background) = index()
    articles = collection.article_of_document[collection.document_of_text]
    whitening = Whitening(texts, articles, background)
    white = whitening.apply(texts)
    for question in ("when do I get my money back", "几天能到", "😀"):
        query = whitening.apply(encoder.encode([question], kind="query"))[0]
        languages = means(white, collection.document_of_text, len(collection.documents)) @ query
        expected = means(white, articles, 8) @ query + collection.by_article(languages)
        np.testing.assert_allclose(meaning.meaning(question), expected, atol=1e-3)


def test_the_same_articles_are_put_into_qdrant_once(index, client):
    first, *_ = index()
    (point,) = client.retrieve(first.name, [0])
    client.set_payload(first.name, {"mark": 1}, [0])
    again, *_ = index()
    assert again.name == first.name
    assert client.retrieve(first.name, [0])[0].payload == {"mark": 1}
    client.delete(first.name, [0])
    index()
    assert client.retrieve(first.name, [0])[0].id == point.id


def test_what_is_out_of_date_is_deleted_and_nothing_else(index, client):
    size = models.VectorParams(size=2, distance=models.Distance.COSINE)
    client.create_collection("somebody-elses", vectors_config=size)
    first, *_ = index()
    second, *_ = index(5, keep=first.name)
    assert names(client) == {"somebody-elses", first.name, second.name}
    # The one before goes on answering until it is let go.
    assert first.meaning("几天能到").shape == (8,)
    third, *_ = index(4, keep=second.name)
    assert names(client) == {"somebody-elses", second.name, third.name}
