"""Upper layers with both heads on top, as one torch module."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from xiaoer.lm.base import Architecture, FloatArray
from xiaoer.lm.trainable import TrainableStack
from xiaoer.nlu.heads import IntentHead, TagHead
from xiaoer.nlu.training.priors import advantages
from xiaoer.nlu.training.states import UNLABELLED, States
from xiaoer.nlu.training.tag_model import TagModel

_BATCH = 64


@dataclass(frozen=True)
class Scored:
    """The scores of some texts.

    Attributes:
        intents: (texts, intents), or None.
        tags: (m, tags) logarithms of the probabilities of their words' tags, or None.
        wanted: (m,) tags these should have.
    """

    intents: FloatArray | None
    tags: FloatArray | None
    wanted: NDArray[np.int64]


class JointModel(nn.Module):
    """Layers and heads that are trained together.

    What the intent head makes of the characters of a text is added as it was fitted.
    """

    def __init__(
        self,
        architecture: Architecture,
        arrays: Sequence[dict[str, FloatArray]],
        frozen: int,
        states: States,
        intent: IntentHead | None,
        tag: TagHead | None,
    ) -> None:
        super().__init__()
        self.states = states
        self.intent_head, self.tag_head = intent, tag
        self.stack = TrainableStack(architecture, arrays)
        for layer in list(self.stack.layers)[:frozen]:
            layer.requires_grad_(False)
        if intent:
            self.intent = nn.Linear(*intent.weight.shape)
            with torch.no_grad():
                self.intent.weight.copy_(torch.from_numpy(intent.weight.T))
                self.intent.bias.copy_(torch.from_numpy(intent.bias))
            self._intent_mean = torch.from_numpy(intent.scaling.mean)
            self._intent_scale = torch.from_numpy(intent.scaling.scale)
            # What part each subword has in the vector of its text.
            parts = [states.shares(text, intent.rarity) for text in range(len(states.texts))]
            self._shares = torch.from_numpy(np.concatenate(parts))
            self._advantages = torch.from_numpy(advantages(states.intents, len(intent.labels)))
            self._by_characters = None
            if intent.ngrams and intent.ngram_weight is not None:
                found = intent.ngrams(states.texts) @ intent.ngram_weight
                self._by_characters = torch.from_numpy(found.astype(np.float32))
        if tag:
            self.tag = TagModel(tag.types, tag.edges, tag.scaling, tag.whole_words, tag)

    def snapshot(self) -> dict[str, Tensor]:
        """Return a copy of all weights."""
        return {name: values.detach().clone() for name, values in self.state_dict().items()}

    def forward(
        self, texts: NDArray[np.int64], places: NDArray[np.int64]
    ) -> tuple[Tensor | None, Tensor | None]:
        """Return intent scores (batch, intents) and tag scores (m, tags).

        Args:
            texts: numbers of the texts of the batch.
            places: (m,) where their tagged subwords are, as ``States.positions`` gives them.
        """
        states = self.states
        starts, ends = states.starts[texts], states.starts[texts + 1]
        length = int((ends - starts).max())
        lower = torch.zeros(len(texts), length, states.lower.shape[1])
        mask = torch.zeros(len(texts), length, dtype=torch.bool)
        shares = torch.zeros(len(texts), length)
        for row, (start, end) in enumerate(zip(starts, ends, strict=True)):
            lower[row, : end - start] = torch.from_numpy(states.lower[start:end]).float()
            mask[row, : end - start] = True
            if self.intent_head:
                shares[row, : end - start] = self._shares[start:end]
        upper = self.stack(lower, mask)
        intents = scores = None
        if self.intent_head:
            vectors = (shares[..., None] * upper).sum(1)
            intents = self.intent((vectors - self._intent_mean) * self._intent_scale)
            if self._by_characters is not None:
                intents = intents + self._by_characters[texts]
        if self.tag_head:
            rows = np.repeat(np.arange(len(texts)), states.counts(texts))
            columns = places - starts[rows]
            parts = [lower[rows, columns + step] for step in (-1, 0, 1)]
            scores = self.tag(torch.cat([*parts, upper[rows, columns]], 1))
        return intents, scores

    def losses(self, texts: NDArray[np.int64]) -> Tensor:
        """Return (batch,) what each of some texts adds to both heads' mean log losses over them."""
        places = self.states.positions(texts)
        intents, scores = self(texts, places)
        total = torch.zeros(len(texts), requires_grad=True)
        wanted = torch.from_numpy(self.states.intents[texts])
        labelled = int((wanted != UNLABELLED).sum())
        if intents is not None and labelled:
            of_intents = F.cross_entropy(
                intents + self._advantages, wanted, ignore_index=UNLABELLED, reduction="none"
            )
            total = total + of_intents / labelled
        if scores is not None and len(places):
            tags = torch.from_numpy(self.states.tags[places])
            begins = torch.from_numpy(self.states.words(places))
            counts = self.states.counts(texts).tolist()
            total = total + self.tag.losses(scores, tags, begins, counts)
        return total

    @torch.no_grad()
    def scored(self, texts: NDArray[np.int64]) -> Scored:
        """Return the scores of some texts, with nothing dropped out."""
        self.eval()
        batches = [texts[at : at + _BATCH] for at in range(0, len(texts), _BATCH)]
        found = [self.states.positions(batch) for batch in batches]
        intents, tags = zip(*map(self, batches, found), strict=True)
        places = np.concatenate(found)
        begins = self.states.words(places)
        marginals = None
        if self.tag_head:
            counts = self.states.counts(texts).tolist()
            marginals = self.tag.log_marginals(torch.cat(tags), torch.from_numpy(begins), counts)
        return Scored(
            torch.cat(intents).numpy() if self.intent_head else None,
            marginals,
            self.states.tags[places[begins]],
        )

    def exported(
        self,
    ) -> tuple[list[dict[str, FloatArray]], IntentHead | None, TagHead | None]:
        """Return the layers' arrays and the heads as they are now."""
        intent = tag = None
        if self.intent_head:
            intent = replace(
                self.intent_head,
                weight=self.intent.weight.detach().numpy().T.copy(),
                bias=self.intent.bias.detach().numpy().copy(),
            )
        if self.tag_head:
            tag = self.tag.head(self.tag_head.temperature)
        return self.stack.exported(), intent, tag
