"""Replies written on this machine by a causal language model."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from xiaoer.lm.causal_folder import read_config, read_decoding, read_layout
from xiaoer.lm.decoding import Decoding, ends_a_sentence
from xiaoer.lm.generator import Candidate, Generator, GeneratorError, Prompt

if TYPE_CHECKING:
    from xiaoer.lm.causal_decoders import Decoder

#: Seconds after the deadline in which what was finished may still be handed over.
_GRACE = 0.1
#: How much more willingly the thread lets others go first (Linux; 19 is the most).
_NICE = 10


class LocalGenerator(Generator):
    """A causal language model of a folder, in one thread of its own.

    The thread is created when the model is loaded and is nicer than the rest of the process, so an
    event loop beside it stays quick. torch is imported in that thread, never with this module.

    Example:
        >>> generator = LocalGenerator.open(Path("my-model"))
        >>> await generator.generate(Prompt("几天能到", ("一般 2–4 天送到。",), "zh"), 80, 3.0)
    """

    def __init__(self, folder: Path, decoding: Decoding | None = None, threads: int = 1) -> None:
        """Prepare; ``LocalGenerator.open`` also loads.

        Args:
            folder: of the model, see ``causal_folder``.
            decoding: options; None for those that the folder holds, else the defaults.
            threads: processor threads for one token.

        Raises:
            GeneratorError: there is no model in the folder, or it was trained by another version.
        """
        read_config(folder)
        self._folder = folder
        self.decoding = decoding or read_decoding(folder)
        self._layout = read_layout(folder)
        self._threads = threads
        self._decoder: Decoder | None = None
        self._closed = threading.Event()
        self._pool = ThreadPoolExecutor(1, "xiaoer-generator", initializer=_let_others_go_first)

    @classmethod
    def open(
        cls, folder: Path, decoding: Decoding | None = None, threads: int = 1
    ) -> LocalGenerator:
        """Load the model and write one reply for practice, which takes seconds and blocks.

        Raises:
            GeneratorError: the model cannot be read.
        """
        made = cls(folder, decoding, threads)
        try:
            made._pool.submit(made._load).result()
        except BaseException:
            made._pool.shutdown(wait=False)
            raise
        return made

    async def generate(
        self, prompt: Prompt, max_new_tokens: int, deadline: float
    ) -> list[Candidate]:
        """Return different candidates, best first; see ``Generator``.

        A reply that was cut off, by the deadline or by its length, is left out unless it ends in a
        whole sentence. Calls are carried out one after the other, and waiting counts.

        Raises:
            GeneratorError: the generator is closed, or the model fails.
        """
        if self._closed.is_set():
            raise GeneratorError("The text generator is closed.")
        ends_at = time.monotonic() + deadline
        given_up = threading.Event()

        def left() -> float:
            over = given_up.is_set() or self._closed.is_set()
            return 0.0 if over else ends_at - time.monotonic()

        work = self._pool.submit(self._write, prompt, max_new_tokens, left)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(work), max(0.0, deadline) + _GRACE)
        except asyncio.TimeoutError:
            return []
        finally:
            given_up.set()

    async def close(self) -> None:
        """Stop what is being written and let the thread end."""
        self._closed.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _load(self) -> None:
        import torch

        from xiaoer.lm.causal_decoders import open_decoder

        torch.set_num_threads(self._threads)
        self._decoder = open_decoder(self._folder, beams=self.decoding.num_beams > 1)
        # The first call of each kernel is the slowest.
        practice = Prompt("你好", ("hello",), "zh")
        self._write(practice, 4, lambda: 60.0)

    def _write(
        self, prompt: Prompt, max_new_tokens: int, left: Callable[[], float]
    ) -> list[Candidate]:
        if left() <= 0:
            return []
        if self._decoder is None:
            self._load()
        assert self._decoder is not None
        from xiaoer.lm import causal_sampling
        from xiaoer.lm.causal_decoders import TransformersDecoder

        decoder, decoding = self._decoder, self.decoding
        most = max(1, min(max_new_tokens, decoding.max_new_tokens, decoder.context // 2))
        ids = self._layout.prompt(prompt, decoder.context - most)
        try:
            if isinstance(decoder, TransformersDecoder) and decoding.num_beams > 1:
                found = causal_sampling.search_beams(
                    decoder, self._layout, ids, decoding, most, left
                )
            else:
                found = causal_sampling.sample(
                    decoder, self._layout, ids, decoding, most, _seed(decoding.seed, ids), left
                )
        # torch raises bare RuntimeErrors, for want of memory too.
        except (RuntimeError, IndexError, ValueError) as error:
            said = str(error).strip().splitlines() or [repr(error)]
            raise GeneratorError(f"The language model failed: {said[0]}") from error
        best: dict[str, float] = {}
        for written in found:
            text = self._layout.read_reply(written.ids)
            if text and (written.finished or ends_a_sentence(text)):
                best[text] = max(written.score, best.get(text, written.score))
        candidates = [Candidate(text, score) for text, score in best.items()]
        return sorted(candidates, key=lambda candidate: -candidate.score)


def _seed(seed: int, ids: list[int]) -> int:
    """Return a seed that is another for each prompt."""
    digest = hashlib.sha256(f"{seed}:{ids}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 2**63


def _let_others_go_first() -> None:
    # Elsewhere a thread has no niceness of its own.
    if sys.platform == "linux":
        thread = threading.get_native_id()
        now = os.getpriority(os.PRIO_PROCESS, thread)
        os.setpriority(os.PRIO_PROCESS, thread, min(19, now + _NICE))
