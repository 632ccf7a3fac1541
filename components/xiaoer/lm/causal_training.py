"""Trains a causal language model to answer prompts. Imports torch: never serve it."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from tqdm import tqdm

from xiaoer.lm.causal_layout import Example, Layout
from xiaoer.lm.causal_models import CausalModel
from xiaoer.lm.generator import GeneratorError

logger = logging.getLogger(__name__)

#: Examples from which batches of similar length are made.
_POOL = 512
#: Longest reply that is learned, as a part of the context.
_REPLY_PART = 0.5
#: The rate rises for this part of training.
_WARM_UP = 0.05
#: The rate falls to this part of the highest.
_LAST_RATE = 0.02
#: Steps after which it can be told whether the passes will end in time.
_FIRST_STEPS = 5
#: Steps in which the number of threads is chosen, half of them with one.
_TRIALS = 6


@dataclass(frozen=True)
class Plan:
    """How to train.

    Attributes:
        epochs: most passes over the examples.
        seconds: training ends when they are over.
        learning_rate: highest rate of AdamW; it rises first, then falls along a cosine.
        batch_tokens: most tokens of a step.
        prompt_weight: what a token of the prompt counts in the loss; one of the reply counts 1.
        weight_decay: AdamW's, of matrices alone.
        seed: of order and dropout.
        progress: whether to show a bar.
    """

    epochs: int
    seconds: float
    learning_rate: float
    batch_tokens: int = 2048
    prompt_weight: float = 0.1
    weight_decay: float = 0.01
    seed: int = 42
    progress: bool = True


def train(
    causal: CausalModel,
    examples: Callable[[int], Iterable[Example]],
    count: int,
    plan: Plan,
    model: Any = None,
) -> int:
    """Train in place; the same arguments give the same weights as long as time does not end it.

    Args:
        causal: model and tokenizer.
        examples: returns the examples of a pass, given its number from 0.
        count: how many they are.
        plan: how to train.
        model: a wrapper around the model that is trained in its place.

    Returns:
        How many steps were made.

    Raises:
        GeneratorError: the loss is no number any more.
    """
    trained = causal.model if model is None else model
    # The order of examples is theirs; dropout draws from torch.
    torch.manual_seed(plan.seed)
    random = np.random.default_rng(plan.seed)
    optimizer = _optimizer(trained, plan)
    loss_of = _Loss(trained, plan.prompt_weight)
    began, steps, shown = time.monotonic(), 0, 0
    trained.train()
    bar = tqdm(total=100, desc="Text generator", unit="%", disable=not plan.progress)
    with bar, _Threads() as threads:
        for part, batch in _batches(causal, examples, count, plan, random):
            used = (time.monotonic() - began) / plan.seconds
            # The clock counts only where the passes cannot end in time: else equal seeds would not
            # give equal weights.
            if used >= 1 or (steps >= _FIRST_STEPS and used > part):
                part = used
            if part >= 1:
                break
            for group in optimizer.param_groups:
                group["lr"] = plan.learning_rate * _rate(part)
            threads.begin(steps)
            loss = loss_of(batch)
            if not math.isfinite(float(loss.detach())):
                raise GeneratorError(
                    "The training of the text generator failed: its loss is no number any more; "
                    "set a smaller `learning_rate`."
                )
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(trained.parameters(), 1.0)
            optimizer.step()
            threads.end(steps, sum(len(prompt) + len(reply) for prompt, reply in batch))
            steps += 1
            percent = int(100 * part)
            bar.set_postfix(loss=f"{float(loss.detach()):.2f}", steps=steps, refresh=False)
            bar.update(percent - shown)
            shown = percent
        bar.update(100 - shown)
    trained.eval()
    return steps


def perplexity(causal: CausalModel, examples: Sequence[Example]) -> float:
    """Return the perplexity, a token, of the replies of one example or more given their prompts."""
    causal.model.eval()
    total, tokens = 0.0, 0
    with torch.inference_mode():
        for example in examples:
            prompt, reply = encode(causal.layout, example, causal.context)
            ids = torch.tensor([[*prompt, *reply]])
            logits = causal.model(input_ids=ids, use_cache=False).logits[0, len(prompt) - 1 : -1]
            total += float(F.cross_entropy(logits.float(), ids[0, len(prompt) :], reduction="sum"))
            tokens += len(reply)
    return math.exp(min(total / tokens, 50.0))


def encode(layout: Layout, example: Example, context: int) -> tuple[list[int], list[int]]:
    """Return the ids of prompt and reply, which together fit into the context."""
    reply = layout.reply(example.reply)[: int(context * _REPLY_PART)]
    return layout.prompt(example.prompt, context - len(reply)), reply


Batch = list[tuple[list[int], list[int]]]


class _Threads:
    """Finds out in the first steps whether one thread is faster than all.

    It is where others use the processors: a step waits for its slowest thread.
    """

    def __init__(self) -> None:
        self._all = torch.get_num_threads()
        self._spent = {self._all: 0.0, 1: 0.0}
        self._began = 0.0

    def __enter__(self) -> _Threads:
        return self

    def __exit__(self, *_: object) -> None:
        torch.set_num_threads(self._all)

    def begin(self, step: int) -> None:
        """Set the threads of a step, counted from 0; the first warms up."""
        if self._all > 1 and 0 < step <= _TRIALS:
            torch.set_num_threads(1 if step % 2 else self._all)
        elif self._all > 1 and step == _TRIALS + 1:
            torch.set_num_threads(min(self._spent, key=self._spent.__getitem__))
        self._began = time.monotonic()

    def end(self, step: int, tokens: int) -> None:
        """Count the time of a step."""
        if 0 < step <= _TRIALS:
            self._spent[torch.get_num_threads()] += (time.monotonic() - self._began) / tokens


class _Loss:
    """Cross-entropy of tokens, those of replies before all."""

    def __init__(self, model: Any, prompt_weight: float) -> None:
        self._model = model
        self._weight = prompt_weight
        # Only the scores that count are computed where the architecture is known.
        self._short = type(model).__name__ == "GPT2LMHeadModel"

    def __call__(self, batch: Batch) -> Tensor:
        """Return the weighted mean."""
        longest = max(len(prompt) + len(reply) for prompt, reply in batch)
        ids = torch.zeros(len(batch), longest, dtype=torch.long)
        weights = torch.zeros(len(batch), longest)
        for row, (prompt, reply) in enumerate(batch):
            length = len(prompt) + len(reply)
            ids[row, :length] = torch.tensor([*prompt, *reply])
            weights[row, : length - 1] = self._weight
            weights[row, len(prompt) - 1 : length - 1] = 1.0
        counted = weights > 0
        # What is padded comes last: nothing that counts looks at it.
        if self._short:
            states = self._model.transformer(ids, use_cache=False).last_hidden_state
            logits = self._model.lm_head(states[counted])
        else:
            mask = torch.arange(longest)[None] < torch.tensor(
                [[len(prompt) + len(reply)] for prompt, reply in batch]
            )
            said = self._model(input_ids=ids, attention_mask=mask.long(), use_cache=False)
            logits = said.logits[counted]
        wanted = ids.roll(-1, 1)[counted]
        losses = F.cross_entropy(logits.float(), wanted, reduction="none")
        shares = weights[counted]
        return (losses * shares).sum() / shares.sum()


def _batches(
    causal: CausalModel,
    examples: Callable[[int], Iterable[Example]],
    count: int,
    plan: Plan,
    random: np.random.Generator,
) -> Iterator[tuple[float, Batch]]:
    """Yield what part of all passes is done, and the next batch."""
    for number in range(plan.epochs):
        seen = 0
        stream = iter(examples(number))
        while pool := [
            encode(causal.layout, each, causal.context) for each in islice(stream, _POOL)
        ]:
            batches = _by_length(pool, plan.batch_tokens)
            for at in random.permutation(len(batches)):
                yield (number + min(1.0, seen / max(1, count))) / plan.epochs, batches[at]
                seen += len(batches[at])


def _by_length(pool: Batch, most: int) -> list[Batch]:
    batches: list[Batch] = []
    longest = 0
    for pair in sorted(pool, key=lambda pair: len(pair[0]) + len(pair[1])):
        longest = len(pair[0]) + len(pair[1])
        if not batches or longest * (len(batches[-1]) + 1) > most:
            batches.append([])
        batches[-1].append(pair)
    return batches


def _optimizer(model: Any, plan: Plan) -> torch.optim.AdamW:
    learned = [weights for weights in model.parameters() if weights.requires_grad]
    groups = [
        {"params": [each for each in learned if each.dim() > 1], "weight_decay": plan.weight_decay},
        {"params": [each for each in learned if each.dim() <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=plan.learning_rate, betas=(0.9, 0.99), fused=True)


def _rate(part: float) -> float:
    """Return what part of the highest rate is used when ``part`` (0..1) of training is over."""
    falling = _LAST_RATE + (1 - _LAST_RATE) * 0.5 * (1 + math.cos(math.pi * part))
    return min(1.0, (part + 0.002) / _WARM_UP) * falling
