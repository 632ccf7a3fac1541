"""How fast replies are written beside plain `transformers`, and what the generator learns in its time.

Speed: four candidates of the same length for each of some prompts of the shop, by our own sampling and
by `generate(do_sample=True, num_return_sequences=4, use_cache=True)` of the same weights on the same
number of threads, in turns. The weights are random: speed does not depend on them. Learning
(`--learn`): held-out articles and dialogues of this project; the peer is the same GPT-2 with ordinary
first weights, trained as long.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
import transformers
from transformers.utils import logging as transformers_logging

from benchmarks.harness import ROOT, Figure, parser, report
from xiaoer.generation import generator_config as keys
from xiaoer.generation.corpus import corpus_files, read_corpus
from xiaoer.generation.examples import ExampleSource
from xiaoer.lm import causal_models
from xiaoer.lm.causal_decoders import Decoder, Gpt2Decoder, TransformersDecoder
from xiaoer.lm.causal_gpt2 import Gpt2, Shape
from xiaoer.lm.causal_layout import Example, Layout
from xiaoer.lm.causal_models import CausalModel, Scratch
from xiaoer.lm.causal_sampling import sample
from xiaoer.lm.causal_training import Plan, perplexity, train
from xiaoer.lm.decoding import Decoding

#: Tokens of each reply, replies of each kind, and those of the large model.
TOKENS, REPLIES, FEW_REPLIES = 60, 12, 2
LONGEST = 100


@dataclass(frozen=True)
class Speed:
    """How fast one way of writing is.

    Args:
        rate: Tokens a second, of all candidates together.
        p50: Median milliseconds of a reply with all its candidates.
    """

    rate: float
    p50: float


def main() -> int:
    """Measure and report."""
    options = parser(__doc__)
    options.add_argument("--threads", type=int, default=1, help="processor threads for a reply")
    options.add_argument("--learn", action="store_true", help="also train, twice as long as in use")
    options.add_argument(
        "--seconds",
        type=float,
        default=keys.defaults()[keys.MAX_TRAINING_TIME],
        help="of each training",
    )
    arguments = options.parse_args()
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    corpus = read_corpus(
        corpus_files([str(ROOT / "data" / "dialogues")]),
        corpus_files([str(ROOT / "data" / "knowledge")]),
        arguments.seconds,
        arguments.seed,
    )
    source = ExampleSource(corpus, arguments.seed)
    # Learning first, by all processors, as `rasa train` does.
    figures = learning(source, arguments) if arguments.learn else []
    return report("generation", [*speed(source, arguments), *figures], arguments)


def speed(source: ExampleSource, arguments: argparse.Namespace) -> list[Figure]:
    """Return the figures of speed, of the default model and of one as large as GPT-2 small."""
    torch.set_num_threads(arguments.threads)
    small = _scratch(source, arguments.seed)
    large = transformers.GPT2LMHeadModel(transformers.GPT2Config(eos_token_id=None))
    figures = []
    for name, causal, count in (
        ("default model", small, REPLIES),
        ("124M parameters", replace(small, model=large), FEW_REPLIES),
    ):
        prompts = [
            causal.layout.prompt(example.prompt, causal.context - TOKENS)
            for example in source.held[:count]
        ]
        ours, generic, peer = measured(causal, prompts, arguments.seed)
        figures += [
            Figure(f"{name}: tokens", ours.rate, "/s", peer.rate, f">= {peer.rate:.1f}"),
            Figure(f"{name}: reply, p50", ours.p50, "ms", peer.p50, f"<= {peer.p50:.1f}"),
            Figure(f"{name}: tokens, any architecture's way", generic.rate, "/s", peer.rate),
        ]
    return figures


def measured(
    causal: CausalModel, prompts: Sequence[list[int]], seed: int
) -> tuple[Speed, Speed, Speed]:
    """Return the speed of our decoder of GPT-2, of that of all models, and of `generate`."""
    causal.model.eval()
    # Nothing ends a reply, so that all are equally long.
    endless = Layout(causal.layout.tokenizer)
    endless.ends, endless.banned = set(), set()
    decoding = Decoding(max_new_tokens=TOKENS)

    def by(decoder: Decoder) -> Callable[[list[int]], None]:
        def write(prompt: list[int]) -> None:
            found = sample(decoder, endless, prompt, decoding, TOKENS, seed, lambda: 1e9)
            assert [len(each.ids) for each in found] == [TOKENS] * decoding.candidates

        return write

    def peer(prompt: list[int]) -> None:
        given = torch.tensor([prompt])
        found = causal.model.generate(
            given,
            attention_mask=torch.ones_like(given),
            do_sample=True,
            num_return_sequences=decoding.candidates,
            use_cache=True,
            max_new_tokens=TOKENS,
            min_new_tokens=TOKENS,
            top_k=decoding.top_k,
            top_p=decoding.top_p,
            temperature=decoding.temperature,
            pad_token_id=0,
        )
        assert found.shape == (decoding.candidates, len(prompt) + TOKENS)

    ours = Gpt2Decoder(_gpt2(causal))
    generic = TransformersDecoder(causal.model, causal.context)
    _check_the_same(ours, generic, prompts[0])
    ways = [by(ours), by(generic), peer]
    times: list[list[float]] = [[] for _ in ways]
    for way in ways:
        way(prompts[0])
    for prompt in prompts:
        for way, taken in zip(ways, times, strict=True):
            began = time.perf_counter()
            way(prompt)
            taken.append(time.perf_counter() - began)
    whole = TOKENS * decoding.candidates * len(prompts)
    first, second, third = (
        Speed(whole / sum(taken), 1000 * statistics.median(taken)) for taken in times
    )
    return first, second, third


def _check_the_same(ours: Decoder, theirs: Decoder, prompt: list[int]) -> None:
    with torch.inference_mode():
        scores = [decoder.begin(torch.tensor(prompt), 1, 1) for decoder in (ours, theirs)]
    torch.testing.assert_close(*scores, atol=1e-3, rtol=1e-3)


def learning(source: ExampleSource, arguments: argparse.Namespace) -> list[Figure]:
    """Return what is learned of this project's data, the peer's with ordinary first weights."""
    copying = _scratch(source, arguments.seed)
    ordinary = _scratch(source, arguments.seed)
    torch.manual_seed(arguments.seed)
    ordinary.model.apply(ordinary.model._init_weights)
    articles = [each for each in source.held if each.reply in each.prompt.passages]
    dialogues = [each for each in source.held if each.reply not in each.prompt.passages]
    figures: list[list[tuple[str, float, str]]] = []
    for causal in (copying, ordinary):
        before = perplexity(causal, articles)
        plan = Plan(1000, arguments.seconds, 7e-4, seed=arguments.seed)
        steps = train(causal, source.draw, source.count, plan)
        figures.append(
            [
                ("learning: steps", steps, ""),
                ("held-out articles: perplexity before", before, ""),
                ("held-out articles: perplexity after", perplexity(causal, articles), ""),
                ("held-out articles: said word for word", _word_for_word(causal, articles), "%"),
                ("held-out dialogues: perplexity", perplexity(causal, dialogues), ""),
            ]
        )
    return [
        Figure(name, value, unit, theirs)
        for (name, value, unit), (_, theirs, _) in zip(*figures, strict=True)
    ]


def _word_for_word(causal: CausalModel, examples: Sequence[Example]) -> float:
    """Return the percentage of examples whose reply stands in the best candidate unchanged."""
    decoder, decoding = Gpt2Decoder(_gpt2(causal)), Decoding()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    right = 0
    for example in examples:
        prompt = causal.layout.prompt(example.prompt, causal.context - LONGEST)
        found = sample(decoder, causal.layout, prompt, decoding, LONGEST, 1, lambda: 1e9)
        finished = sorted((each for each in found if each.finished), key=lambda x: -x.score)
        right += bool(finished) and causal.layout.read_reply(finished[0].ids) == example.reply
    torch.set_num_threads(threads)
    return 100 * right / len(examples)


def _scratch(source: ExampleSource, seed: int) -> CausalModel:
    default = keys.defaults()
    shape = Scratch(
        default[keys.VOCABULARY_SIZE],
        default[keys.LAYERS],
        default[keys.WIDTH],
        default[keys.HEADS],
        default[keys.CONTEXT],
        seed,
    )
    return causal_models.make_scratch(source.texts(), shape)


def _gpt2(causal: CausalModel) -> Gpt2:
    config = causal.model.config
    shape = Shape(
        config.n_embd,
        config.n_head,
        config.n_layer,
        config.n_positions,
        config.layer_norm_epsilon,
    )
    weights = causal.model.state_dict()
    return Gpt2(
        shape, {name.removeprefix("transformer."): value for name, value in weights.items()}
    )


if __name__ == "__main__":
    raise SystemExit(main())
