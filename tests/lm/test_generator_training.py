"""What training does to a causal language model, from nothing and from a pretrained one."""

import math
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
import transformers

from tests.lm.generator_models import TEXTS, foreign_folder
from xiaoer.lm.bpe import train_bpe
from xiaoer.lm.causal_initialization import begin_with_copying
from xiaoer.lm.causal_layout import SPECIAL, Example, Layout
from xiaoer.lm.causal_lora import merged, with_lora
from xiaoer.lm.causal_models import CausalModel, Scratch, make_scratch, open_base
from xiaoer.lm.causal_training import Plan, encode, perplexity, train
from xiaoer.lm.decoding import Decoding
from xiaoer.lm.generator import GeneratorError, Prompt
from xiaoer.lm.local_generator import LocalGenerator

SHAPE = Scratch(600, 3, 192, 4, 256, 7)
EXAMPLES = [
    Example(Prompt(question, (TEXTS[at],), language), TEXTS[at])
    for at, question, language in [
        (0, "几天能到", "zh"),
        (1, "how long does delivery take", "en"),
        (2, "怎么退货", "zh"),
        (3, "can I send it back", "en"),
    ]
]
#: Nothing of it is in any text that is learned from.
UNSEEN = [
    Example(
        Prompt("在哪", ("咖啡馆五楼靠窗的座位要提前 36 小时预订",), "zh"),
        "咖啡馆五楼靠窗的座位要提前 36 小时预订",
    ),
    Example(
        Prompt("where", ("The cafe upstairs keeps 17 quiet tables by the window.",), "en"),
        "The cafe upstairs keeps 17 quiet tables by the window.",
    ),
]


def examples(_: int) -> Iterator[Example]:
    return iter(EXAMPLES)


def plan(**changed: object) -> Plan:
    return Plan(**{"epochs": 8, "seconds": 60, "learning_rate": 5e-4, "progress": False, **changed})


def weights(causal: CausalModel) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in causal.model.state_dict().items()}


def test_it_copies_from_the_prompt_before_it_learned_anything() -> None:
    copying = make_scratch(TEXTS, SHAPE)
    ordinary = make_scratch(TEXTS, SHAPE)
    ordinary.model.apply(ordinary.model._init_weights)
    assert perplexity(copying, UNSEEN) < 2
    assert perplexity(ordinary, UNSEEN) > 100


@pytest.mark.parametrize("shape", [(1, 192, 4), (3, 64, 4), (3, 192, 2)])
def test_a_model_too_small_for_it_begins_as_usual(shape: tuple[int, int, int]) -> None:
    layers, width, heads = shape
    config = transformers.GPT2Config(vocab_size=50, n_embd=width, n_layer=layers, n_head=heads)
    model = transformers.GPT2LMHeadModel(config)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    assert begin_with_copying(model) is False
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


def test_training_lowers_the_perplexity_of_replies() -> None:
    causal = make_scratch(TEXTS, SHAPE)
    by_heart = [
        Example(Prompt(each.prompt.question, (), each.prompt.language), each.reply)
        for each in EXAMPLES
    ]
    before = perplexity(causal, by_heart)
    assert train(causal, lambda _: iter(by_heart), 4, plan(epochs=60, learning_rate=2e-3)) == 60
    assert perplexity(causal, by_heart) < min(2.0, before / 10)


def test_the_same_seed_gives_the_same_weights() -> None:
    def made(seed: int) -> dict[str, torch.Tensor]:
        causal = make_scratch(TEXTS, SHAPE)
        train(causal, examples, 4, plan(epochs=2, seed=seed))
        return weights(causal)

    # How many threads are faster depends on what else the machine does.
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    first, again, other = made(1), made(1), made(2)
    torch.set_num_threads(threads)
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert any(not torch.equal(first[name], other[name]) for name in first)


def test_the_time_ends_training() -> None:
    causal = make_scratch(TEXTS, SHAPE)
    steps = train(causal, examples, 4, plan(epochs=10_000, seconds=1.0))
    assert 1 <= steps < 5_000


def test_a_loss_that_is_no_number_is_told() -> None:
    causal = make_scratch(TEXTS, SHAPE)
    with torch.no_grad():
        causal.model.transformer.ln_f.bias.fill_(math.nan)
    with pytest.raises(GeneratorError, match="smaller `learning_rate`"):
        train(causal, examples, 4, plan())


def test_any_text_has_tokens_and_comes_back() -> None:
    layout = Layout(train_bpe(TEXTS, 400), [])
    for text in ("😀👍🏽 naïve ﬁ", "¥1,234.50", "日本語 مرحبا", " two  spaces ", "a\tb\nc"):
        ids = layout.text(text)
        assert layout.tokenizer.decode(ids) == text
    # So a number that was never seen can be copied.
    digits = {number: layout.text(number) for number in "0123456789"}
    assert layout.text("907") == [token for each in "907" for token in digits[each]]


def test_example_and_reply_fit_into_the_context() -> None:
    causal = make_scratch(TEXTS, SHAPE)
    long = Example(Prompt("几天" * 300, ("现货" * 300,) * 3, "zh", ("x" * 300,)), "能到" * 300)
    prompt, reply = encode(causal.layout, long, 256)
    assert len(prompt) + len(reply) <= 256
    assert len(reply) == 128


@pytest.mark.parametrize("kind", ["gpt2", "llama"])
@pytest.mark.parametrize("lora", [False, True])
async def test_fine_tuning_a_pretrained_model(kind: str, lora: bool, tmp_path: Path) -> None:
    folder = foreign_folder(tmp_path / "base", kind)
    base = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    before = {name: value.clone() for name, value in base.state_dict().items()}
    causal = open_base(str(folder), 256)
    assert causal.layout.complete
    assert len(causal.added) == len(SPECIAL)
    first = perplexity(causal, EXAMPLES)
    adapted = with_lora(causal, 4, 8) if lora else None
    train(causal, examples, 4, plan(epochs=60, learning_rate=2e-2 if lora else 5e-3), adapted)
    if adapted is not None:
        causal = CausalModel(merged(adapted), causal.layout, causal.context)
    last = perplexity(causal, EXAMPLES)
    assert last < first / (1.5 if lora else 10)
    after = causal.model.state_dict()
    assert set(after) == set(before), "an adapter is left in the model"
    changed = {
        name
        for name, value in before.items()
        if not torch.equal(
            value, after[name][: len(value)] if "wte" in name else _old(value, after[name])
        )
    }
    if lora:
        assert changed
        for name in changed:
            assert before[name].dim() == 2
            difference = after[name] - before[name]
            assert int(torch.linalg.matrix_rank(difference, rtol=1e-3)) <= 4, name
        assert not [name for name in changed if "norm" in name or "ln_" in name or "emb" in name]
    else:
        assert len(changed) > len(before) / 2
    out = tmp_path / "out"
    out.mkdir()
    causal.save(out, Decoding(), {})
    assert sorted(path.name for path in out.iterdir()) == [
        "config.json",
        "generation_config.json",
        "generator.json",
        "model.safetensors",
        "tokenizer.json",
    ]
    generator = LocalGenerator.open(out, Decoding(temperature=0.0))
    found = await generator.generate(EXAMPLES[0].prompt, 80, 20)
    await generator.close()
    if not lora:
        assert [candidate.text for candidate in found] == [EXAMPLES[0].reply]


def _old(before: torch.Tensor, after: torch.Tensor) -> torch.Tensor:
    """Return the rows that were there before tokens were added."""
    return after[: len(before)]


def test_going_on_from_a_trained_model_keeps_its_tokenizer(tmp_path: Path) -> None:
    causal = make_scratch(TEXTS, SHAPE)
    causal.save(tmp_path, Decoding(), {})
    again = open_base(str(tmp_path), 512)
    assert again.added == ()
    assert again.context == 256
    assert again.layout.tokenizer.get_vocab() == causal.layout.tokenizer.get_vocab()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("no such model", 'There is no model "no such model": write `scratch`'),
        ("{file}", "is a file: `model` names the folder"),
        ("{empty}", "holds no language model: it needs config.json"),
        ("{damaged}", "cannot be read as a causal language model"),
        ("{encoder}", "cannot be read as a causal language model"),
        ("{untold}", "has no tokenizer|cannot be read"),
        ("nobody-at-all/no-model-of-this-name", "could not be fetched from the Hugging Face hub"),
    ],
)
def test_a_base_model_that_cannot_be_used_is_told_in_one_sentence(
    name: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "empty").mkdir()
    (foreign_folder(tmp_path / "damaged", "llama") / "model.safetensors").write_bytes(b"1")
    (foreign_folder(tmp_path / "untold", "llama") / "tokenizer.json").unlink()
    encoder = foreign_folder(tmp_path / "encoder", "gpt2")
    (encoder / "config.json").write_text('{"model_type": "no-such-kind"}')
    places = {
        each: str(tmp_path / each) for each in ("file", "empty", "damaged", "encoder", "untold")
    }
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(GeneratorError, match=message) as raised:
        open_base(name.format(**places), 256)
    assert "\n" not in str(raised.value)
