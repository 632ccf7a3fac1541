"""Draws replies from a causal language model, all of a prompt side by side. Imports torch."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from xiaoer.lm.causal_decoders import Decoder, TransformersDecoder
from xiaoer.lm.causal_layout import Layout
from xiaoer.lm.decoding import Decoding


@dataclass(frozen=True)
class Written:
    """One reply in tokens.

    Attributes:
        ids: its tokens, without the one that ends it.
        score: mean log-probability of its tokens, the one that ends it included.
        finished: whether the model ended it itself.
    """

    ids: list[int]
    score: float
    finished: bool


def sample(
    decoder: Decoder,
    layout: Layout,
    prompt: Sequence[int],
    decoding: Decoding,
    most: int,
    seed: int,
    left: Callable[[], float],
) -> list[Written]:
    """Draw ``decoding.candidates`` replies token by token.

    Args:
        decoder: the model.
        layout: says which tokens end a reply and which never stand in one.
        prompt: ids.
        decoding: how to draw: temperature, then top k, then nucleus (Holtzman et al., 2020).
        most: longest reply in tokens.
        seed: of the draws.
        left: seconds that are left; asked before each token.

    Returns:
        As many as were begun; none when there was no time for the prompt.
    """
    random = torch.Generator().manual_seed(seed)
    banned = torch.tensor(sorted(layout.banned), dtype=torch.long)
    ends = torch.tensor(sorted(layout.ends), dtype=torch.long)
    rows = decoding.candidates if decoding.temperature else 1
    ids: list[list[int]] = [[] for _ in range(rows)]
    totals, finished = torch.zeros(rows), torch.zeros(rows, dtype=torch.bool)
    counts = torch.zeros(rows)
    if left() <= 0:
        return []
    with torch.inference_mode():
        began = time.monotonic()
        scores = decoder.begin(torch.tensor(prompt, dtype=torch.long), rows, most)
        for step in range(most):
            # The next token may take as long as this one did: what is late is no use to anybody.
            took, began = time.monotonic() - began, time.monotonic()
            if left() <= (took if step > 1 else 0):
                break
            scores = scores.index_fill(1, banned, -torch.inf)
            if step == 0:
                scores = scores.index_fill(1, ends, -torch.inf)
            drawn = draw(scores, decoding, random)
            logs = scores.log_softmax(-1).gather(1, drawn[:, None])[:, 0]
            totals += torch.where(finished, 0.0, logs)
            counts += (~finished).float()
            ended = torch.isin(drawn, ends)
            for row, (token, skip) in enumerate(
                zip(drawn.tolist(), (ended | finished).tolist(), strict=True)
            ):
                if not skip:
                    ids[row].append(token)
            finished |= ended
            if bool(finished.all()):
                break
            if step + 1 < most:
                scores = decoder.feed(drawn)
    means = (totals / counts.clamp(min=1)).tolist()
    return [
        Written(row, mean, end)
        for row, mean, end in zip(ids, means, finished.tolist(), strict=True)
        if row
    ]


def draw(scores: Tensor, decoding: Decoding, random: torch.Generator) -> Tensor:
    """Return one token a row, (rows,), of scores (rows, vocabulary)."""
    if not decoding.temperature:
        return scores.argmax(-1)
    kept = min(decoding.top_k or scores.shape[-1], scores.shape[-1])
    best, tokens = (scores / decoding.temperature).topk(kept)
    shares = best.softmax(-1)
    # A token is kept while those before it have not reached top_p, so one always is.
    shares = shares.masked_fill(shares.cumsum(-1) - shares >= decoding.top_p, 0.0)
    return tokens.gather(1, torch.multinomial(shares, 1, generator=random))[:, 0]


def search_beams(
    decoder: TransformersDecoder,
    layout: Layout,
    prompt: Sequence[int],
    decoding: Decoding,
    most: int,
    left: Callable[[], float],
) -> list[Written]:
    """Search replies by beams, with ``transformers``; arguments as in ``sample``."""

    def late(ids: Tensor, scores: Any, **_: Any) -> Tensor:
        return torch.full((len(ids),), left() <= 0, dtype=torch.bool)

    if left() <= 0:
        return []
    ends = sorted(layout.ends)
    given = torch.tensor([list(prompt)], dtype=torch.long)
    with torch.inference_mode():
        said = decoder.model.generate(
            given,
            attention_mask=torch.ones_like(given),
            do_sample=False,
            num_beams=decoding.num_beams,
            num_return_sequences=min(decoding.candidates, decoding.num_beams),
            max_new_tokens=most,
            suppress_tokens=sorted(layout.banned) or None,
            eos_token_id=ends or None,
            pad_token_id=ends[0] if ends else 0,
            stopping_criteria=[late],
            return_dict_in_generate=True,
            output_scores=True,
        )
    found = []
    for row, score in zip(
        said.sequences[:, len(prompt) :].tolist(), said.sequences_scores.tolist(), strict=True
    ):
        at = next((at for at, token in enumerate(row) if token in layout.ends), None)
        if row[:at]:
            found.append(Written(row[:at], score, at is not None))
    return found
