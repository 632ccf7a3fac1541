"""The log loss of a linear-chain conditional random field, to be minimised by torch."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from xiaoer.nlu.tagging import is_inside, may_follow
from xiaoer.nlu.training.states import UNLABELLED

#: Score of what cannot be.
_NEVER = -1e4
#: Added to shares before their logarithm is taken.
_LEAST = 1e-30


class ConditionalRandomField(nn.Module):
    """What steps from tag to tag are worth; see ``xiaoer.nlu.crf``."""

    def __init__(self, count: int) -> None:
        """Begin with steps that are all worth the same.

        Args:
            count: of the tags.
        """
        super().__init__()
        self.steps = nn.Parameter(torch.zeros(count, count))
        self.register_buffer("_allowed", torch.from_numpy(may_follow(count)), persistent=False)
        start = torch.where(torch.from_numpy(is_inside(count)), _NEVER, 0.0)
        self.register_buffer("_start", start, persistent=False)

    def forward(self, scores: Tensor, tags: Tensor) -> Tensor:
        """Return (batch,) the log loss of each text, the sum over its words.

        Args:
            scores: (batch, length, tags) of each tag at each word.
            tags: (batch, length) of the words, ``UNLABELLED`` behind the end of a text.
        """
        there = tags != UNLABELLED
        moves = self.steps.exp() * self._allowed
        reached = scores[:, 0] + self._start
        for at in range(1, scores.shape[1]):
            top = reached.amax(1, keepdim=True)
            onward = ((reached - top).exp() @ moves + _LEAST).log() + top + scores[:, at]
            reached = torch.where(there[:, at, None], onward, reached)
        wanted = tags.clamp(min=0)
        own = scores.gather(2, wanted[..., None])[..., 0]
        taken = (own * there).sum(1) + (
            self.steps[wanted[:, :-1], wanted[:, 1:]] * there[:, 1:]
        ).sum(1)
        return (reached.logsumexp(1) - taken) * there[:, 0]
