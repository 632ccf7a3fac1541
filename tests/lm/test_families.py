"""Every family gives the states of transformers, and offsets of the text as it was typed."""

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lm.checkpoints import CHECKPOINTS, CORPUS
from xiaoer.lm import Encoder
from xiaoer.lm.exported import ExportedModel
from xiaoer.lm.exporting import export

TEXTS = [*CORPUS, "hello 😀 ﬁne", "cafe\u0301", "x" * 200, ""]
#: What the vocabularies of these tests know, in forms that their normalisation changes.
TYPED = "我买手机的 wantphoneCAFÉéÀÏ\u0301\u0308Ａｐｐ,?2"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Path, Encoder]]:
    """The folder of a checkpoint and the encoder that came of it; each is made once."""
    found: dict[str, tuple[Path, Encoder]] = {}

    def make(name: str) -> tuple[Path, Encoder]:
        if name not in found:
            folder = CHECKPOINTS[name](tmp_path_factory.mktemp(name))
            exported = tmp_path_factory.mktemp(f"{name}-exported")
            export(str(folder), exported)
            found[name] = folder, Encoder(ExportedModel(name, exported))
        return found[name]

    return make


def cosine(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return (a * b).sum(-1) / np.linalg.norm(a, axis=-1) / np.linalg.norm(b, axis=-1)


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_states_are_those_of_transformers(made, name: str) -> None:
    import torch
    from transformers import AutoModel

    folder, encoder = made(name)
    model = AutoModel.from_pretrained(folder).eval()
    for text, ours in zip(TEXTS, encoder.encode_tokens(TEXTS), strict=True):
        prepared = encoder.prepare(text)
        with torch.no_grad():
            states = model(torch.tensor(prepared.ids)[None]).last_hidden_state[0].numpy()
        assert ours.states.shape == (len(prepared.content), encoder.dim)
        assert cosine(ours.states, states[prepared.content]).min(initial=1) > 0.999
        assert cosine(ours.mean, states.mean(0)) > 0.999


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_torch_layers_are_those_of_transformers(made, name: str) -> None:
    """Without the eight bits of the graph nearly nothing is left of the difference."""
    import torch
    import torch.nn.functional as F
    from transformers import AutoModel

    from xiaoer.lm.trainable import TrainableStack

    folder, encoder = made(name)
    base, ids = encoder.base, encoder.prepare(CORPUS[0]).ids
    states = torch.from_numpy(encoder.embed(ids)[None])
    weight, bias = map(torch.from_numpy, base.embedding_norm())
    states = F.layer_norm(states, states.shape[-1:], weight, bias, base.architecture.epsilon)
    projection = base.projection()
    if projection is not None:
        states = F.linear(states, *map(torch.from_numpy, projection))
    arrays = [base.layer(at) for at in range(base.architecture.layers)]
    stack = TrainableStack(base.architecture, arrays).eval()
    with torch.no_grad():
        ours = stack(states, torch.ones(states.shape[:2]).bool())[0].numpy()
        model = AutoModel.from_pretrained(folder).eval()
        theirs = model(torch.tensor(ids)[None]).last_hidden_state[0].numpy()
    assert cosine(ours, theirs).min() > 0.99999


@pytest.mark.parametrize("name", ["bert-uncased", "roberta"])
def test_subwords_are_those_of_transformers(made, name: str) -> None:
    """Where there is no tokenizer.json, which is read as it is."""
    from transformers import AutoTokenizer

    folder, encoder = made(name)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    for text in TEXTS:
        theirs = tokenizer(text, truncation=True, max_length=64)["input_ids"]
        assert encoder.prepare(text).ids.tolist() == theirs


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_longer_texts_than_there_are_positions(made, name: str) -> None:
    _, encoder = made(name)
    assert encoder.architecture.positions == 64
    assert len(encoder.prepare("我 " * 500, max_tokens=512).ids) == 64
    assert np.isfinite(encoder.encode(["我 " * 500, "😀" * 500], max_tokens=512)).all()


#: One for each kind of tokenizer.
TOKENIZERS = [
    "bert-uncased",
    "bert-chinese-without-pooler",
    "roberta",
    "xlm-roberta",
    "albert",
]


@pytest.mark.parametrize("name", TOKENIZERS)
def test_offsets_of_any_text(made, name: str) -> None:
    _, encoder = made(name)

    @settings(max_examples=150, deadline=None)
    @given(st.text(max_size=40) | st.text(TYPED + "😀👍🏽‍️", max_size=40))
    def check(text: str) -> None:
        spans = encoder.subwords(text)
        assert all(0 <= a < b <= len(text) for a, b in spans)
        assert all(first[1] <= second[0] for first, second in itertools.pairwise(spans))
        prepared = encoder.prepare(text)
        assert len(prepared.content) == len(prepared.offsets)
        assert ((prepared.content > 0) & (prepared.content < len(prepared.ids) - 1)).all()
        assert (prepared.offsets[:, 0] < prepared.offsets[:, 1]).all()
        assert prepared.offsets.max(initial=0) <= len(text)

    check()


@pytest.mark.parametrize("name", TOKENIZERS)
def test_a_subword_is_what_stands_at_its_offsets(made, name: str) -> None:
    _, encoder = made(name)
    tokenizer = encoder.base._tokenizer
    names = {number: token for token, number in tokenizer.get_vocab().items()}

    def written(text: str) -> str:
        """Return a piece of text as the vocabulary writes it."""
        normal = tokenizer.normalizer.normalize_str(text) if tokenizer.normalizer else text
        if name != "roberta":
            return normal
        return "".join(token for token, _ in tokenizer.pre_tokenizer.pre_tokenize_str(normal))

    @settings(max_examples=150, deadline=None)
    @given(st.text(TYPED, max_size=30))
    def check(text: str) -> None:
        found = encoder.base.subwords(text)
        for number, (start, end) in zip(found.ids, found.offsets, strict=True):
            token = names[number].removeprefix("##").strip("▁Ġ")
            if "unk" not in token.lower():
                assert token in written(text[start:end])

    check()


@pytest.mark.parametrize("name", TOKENIZERS)
def test_every_visible_character_is_covered(made, name: str) -> None:
    """Marks too, wherever they follow a letter, so that an entity ends where its word does."""
    _, encoder = made(name)

    @settings(max_examples=150, deadline=None)
    @given(st.lists(st.sampled_from([*"我买手机wantphone ，", "É", "e\u0301", "ï\u0323"])))
    def check(pieces: list[str]) -> None:
        text = "".join(pieces)
        covered = {at for a, b in encoder.subwords(text) for at in range(a, b)}
        assert covered == {at for at, character in enumerate(text) if not character.isspace()}

    check()


@pytest.mark.parametrize("name", TOKENIZERS)
def test_typed_special_subwords_are_characters(made, name: str) -> None:
    _, encoder = made(name)
    around = {encoder.architecture.start_id, encoder.architecture.end_id}
    for text in ("[CLS] hello [SEP]", "<s> hello </s>", "\0[CLS] \0<s>hello\0</s>\0[SEP]"):
        ids = encoder.prepare(text).ids[1:-1].tolist()
        assert len(ids) > 4
        assert not around & set(ids)
