"""First weights for a small GPT-2 that copies from its prompt before it has learned anything.

A model that is trained from nothing for a minute on a few hundred texts does not find out how to
repeat a passage. What networks of attention learn for it is known: heads that look at the tokens
just before, and, layers above, induction heads that look for an earlier place where the same tokens
stood and give out what followed there (Elhage et al., A Mathematical Framework for Transformer
Circuits, 2021; Olsson et al., In-context Learning and Induction Heads, 2022). Here the weights begin
as such heads, as Trockman & Kolter (Mimetic Initialization of Self-Attention Layers, ICML 2023) begin
attention with the structure that trained models show. Everything stays free to learn.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

#: Heads that look back, and so tokens that one layer looks at; two layers look at twice as many.
_BACK = 4
#: Layers that are needed.
_LAYERS = 3
#: How much less a token counts, in a product of two, than the one after it.
_FADING = 0.6
#: Standard deviation of all that stands in a state.
_SCALE = 0.3
#: In the exponent of softmax: what the same token just before is worth, and the right position.
_MATCH, _NEAR = 10.0, 20.0
#: How much more the copied token counts than the current one.
_GAIN = 2.0


def begin_with_copying(model: Any, like: tuple[int, int] | None = None) -> bool:
    """Set the weights of a GPT-2 so that it repeats what followed the last tokens.

    A state is divided into a token's own numbers, its position, and a trace of the tokens before it.
    In layer 0 four heads put the tokens one to four places back into the trace, each turned as many
    times by one rotation, so that their order can be told; in layer 1 one head adds the trace of the
    token four places back, turned four times. In layer 2 half of the heads look for the place whose
    trace is that of the coming token (the own trace with the current token, turned once) and add the
    own numbers of the token that stood there, each a part of them; the other half take away the
    current token's, which would be given out otherwise. All other weights stay as they are.

    Args:
        model: a ``GPT2LMHeadModel`` with its first weights.
        like: two ids; the first one's vector becomes the second one's, so that what followed the
            second is given out after the first.

    Returns:
        False, and nothing is changed, when the model is too small for it.
    """
    config = model.config
    width, heads = config.n_embd, config.n_head
    inside = width // heads
    # As much of a token as half of the heads can carry; with four heads nothing is left over.
    copying = heads // 2
    if heads < _BACK or config.n_layer < _LAYERS or inside < 24 or inside % 2:
        return False
    parts = _Parts(copying * inside, inside // 2, inside)
    first, second, third = (layer.attn for layer in model.transformer.h[:_LAYERS])
    with torch.no_grad():
        _embed(model, parts, like)
        # Layer normalisation enlarges states a part of which is 0: in layer 0 the trace, and
        # everywhere what more than four heads leave over.
        filled, later = (math.sqrt(width / part.stop) for part in (parts.place, parts.trace))
        for at in range(_BACK):
            head = _Head(first, at, inside)
            head.look(parts.place, parts.back(at + 1), _NEAR / filled**2)
            head.carry(parts.own, parts.seen @ parts.turned(at + 1) / filled, parts.trace)
        head = _Head(second, 0, inside)
        head.look(parts.place, parts.back(_BACK), _NEAR / later**2)
        head.carry(parts.trace, parts.turned(_BACK) / later, parts.trace)
        for at in range(2 * copying):
            start = at % copying * inside
            copied = slice(start, start + inside)
            head = _Head(third, at, inside)
            if at < copying:
                head.match(parts, _MATCH / later**2)
                head.carry(copied, torch.eye(inside) / later, copied, _GAIN)
            else:
                head.look(parts.place, parts.back(0), _NEAR / later**2)
                head.carry(copied, torch.eye(inside) / later, copied, -1.0)
    return True


class _Parts:
    """Where in a state everything stands, and how a trace is made.

    Attributes:
        own: the token's own numbers.
        place: its position, as pairs of cosine and sine.
        trace: of the tokens before it.
        seen: (own, trace) makes a trace of a token's own numbers.
    """

    def __init__(self, own: int, pairs: int, trace: int) -> None:
        self.own = slice(0, own)
        self.place = slice(own, own + 2 * pairs)
        self.trace = slice(self.place.stop, self.place.stop + trace)
        # Multiples of the golden ratio: no distance between positions turns all pairs alike.
        self.angles = math.pi * (torch.arange(1, pairs + 1) * (math.sqrt(5) - 1) / 2 % 1)
        whole = sum(_FADING**back for back in range(1, 2 * _BACK + 1))
        self.seen = torch.randn(own, trace) / math.sqrt(own * whole)
        self._turn = torch.linalg.qr(torch.randn(trace, trace)).Q * math.sqrt(_FADING)

    def back(self, places: int) -> Tensor:
        """Return the rotation that makes a position the one so many places before it."""
        size = 2 * len(self.angles)
        rotation = torch.zeros(size, size)
        cosines, sines = (self.angles * places).cos(), (self.angles * places).sin()
        even, odd = torch.arange(0, size, 2), torch.arange(1, size, 2)
        rotation[even, even] = rotation[odd, odd] = cosines
        rotation[odd, even], rotation[even, odd] = sines, -sines
        return rotation

    def turned(self, times: int) -> Tensor:
        """Return the rotation of a trace, which fades it as well."""
        return torch.linalg.matrix_power(self._turn, times)


class _Head:
    """One attention head of a layer, cleared."""

    def __init__(self, attention: Any, number: int, inside: int) -> None:
        self._weights, self._out = attention.c_attn.weight, attention.c_proj.weight
        self._inside = inside
        width = len(self._weights)
        self._query, self._key, self._value = (part * width + number * inside for part in range(3))
        self._row = number * inside
        for start in (self._query, self._key, self._value):
            self._weights[:, start : start + inside] = 0
        self._out[self._row : self._row + inside] = 0

    def look(self, place: slice, rotation: Tensor, near: float) -> None:
        """Attend to the position that ``rotation`` makes of the own one."""
        size = len(rotation)
        strength = math.sqrt(near * math.sqrt(self._inside) / size)
        self._weights[place, self._query : self._query + size] = rotation * strength
        self._weights[place, self._key : self._key + size] = torch.eye(size) * strength

    def match(self, parts: _Parts, match: float) -> None:
        """Attend to the place before which the last tokens stood."""
        size = self._inside
        # A trace has about this variance, so products of equal ones are about `size`.
        strength = math.sqrt(match * math.sqrt(size) / size / _FADING)
        strength *= math.sqrt(sum(_FADING**back for back in range(1, 2 * _BACK + 1)))
        turn = parts.turned(1)
        self._weights[parts.own, self._query : self._query + size] = parts.seen @ turn * strength
        self._weights[parts.trace, self._query : self._query + size] = turn * strength
        self._weights[parts.trace, self._key : self._key + size] = torch.eye(size) * strength

    def carry(self, source: slice, through: Tensor, target: slice, gain: float = 1.0) -> None:
        """Add ``source`` of what is attended to, sent through a matrix, to ``target``."""
        size = through.shape[1]
        self._weights[source, self._value : self._value + size] = through
        self._out[self._row : self._row + size, target] = torch.eye(size) * gain * _SCALE


def _embed(model: Any, parts: _Parts, like: tuple[int, int] | None) -> None:
    tokens, positions = model.transformer.wte.weight, model.transformer.wpe.weight
    tokens.zero_()
    tokens[:, parts.own] = torch.randn(len(tokens), parts.own.stop) * _SCALE
    if like is not None:
        tokens[like[0]] = tokens[like[1]]
    angles = torch.arange(len(positions))[:, None] * parts.angles
    positions.zero_()
    pairs = torch.stack([angles.cos(), angles.sin()], -1).flatten(1)
    positions[:, parts.place] = pairs * math.sqrt(2) * _SCALE
