"""Training a writer of copy, and keeping it where the server finds it."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from backends.campaigns.copy.material.book import read_material
from backends.campaigns.copy.settings import CopySettings
from backends.campaigns.copy.training.examples import (
    HELD_OUT,
    Approved,
    Lessons,
    all_wares,
    approved_examples,
    made_up_examples,
)
from backends.db import checked_database
from backends.settings import Settings
from backends.setup_error import SetupError
from xiaoer.generation.archive import extracted, newest_archive
from xiaoer.lm.generator import GeneratorError

#: Trained writers that are kept, the newest ones.
_KEPT = 2
_SEED = 20261126
#: The model that is made where there is none to go on from, and the longest text it writes.
_SHAPE = {"vocabulary_size": 6000, "layers": 3, "width": 192, "heads": 3, "context": 640}
_LONGEST = 200
_RATES = {"scratch": 7e-4, "onwards": 2e-4}
_BATCH = 1536


@dataclass(frozen=True)
class Trained:
    """What came of training.

    Attributes:
        folder: where the writer lies.
        base: what it went on from.
        approved, held_out, made_up: numbers of examples.
        steps: of the optimizer.
        before, after: perplexity a token of the held-out texts, without and with training.
        seconds: how long it took.
    """

    folder: Path
    base: str
    approved: int
    held_out: int
    made_up: int
    steps: int
    before: float
    after: float
    seconds: float


async def train(
    settings: Settings, copy: CopySettings, base: str, seconds: float, least: int, progress: bool
) -> Trained:
    """Train on all approved copy and keep the result; the server takes it up by itself.

    Args:
        settings: which database and which folder of material.
        copy: where writers are kept.
        base: ``auto`` goes on from the newest text generator of `rasa train` and else begins anew,
            ``scratch`` begins anew; else a folder or an id of the Hugging Face hub.
        seconds: of training; making the examples and measuring take some more.
        least: fewest approved texts.
        progress: whether to show bars.

    Raises:
        SetupError: there is too little approved copy, the base cannot be used, or the disk is full.
    """
    material = read_material(settings.campaigns_data)
    async with checked_database(settings) as database, database.read() as session:
        approved = await approved_examples(session, material)
        wares = await all_wares(session)
    if len(approved) < least:
        raise SetupError(
            f"There are {len(approved)} approved texts and training wants at least {least}: "
            "approve more in the console at /staff/campaigns."
        )
    held = approved[::HELD_OUT]
    kept = [one for number, one in enumerate(approved) if number % HELD_OUT]
    made_up = made_up_examples(wares, material, _SEED)
    try:
        return _fit(copy, base, seconds, kept, held, Lessons(kept, made_up, _SEED), progress)
    except GeneratorError as error:
        raise SetupError(str(error)) from None
    except OSError as error:
        raise SetupError(
            f"The writer cannot be kept in {copy.writers} ({error.strerror or error}): make room or "
            "set XIAOER_STATE_DIR."
        ) from None


def _fit(
    copy: CopySettings,
    base: str,
    seconds: float,
    kept: Sequence[Approved],
    held: Sequence[Approved],
    lessons: Lessons,
    progress: bool,
) -> Trained:
    # Threads that wait by spinning take the processor from each other where others work too.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from xiaoer.lm import causal_training
    from xiaoer.lm.decoding import Decoding

    began = time.monotonic()
    causal, named, rate = _begin(copy, base, lessons)
    measured = [one.example for one in held]
    before = causal_training.perplexity(causal, measured)
    plan = causal_training.Plan(
        epochs=40,
        seconds=seconds,
        learning_rate=rate,
        batch_tokens=_BATCH,
        seed=_SEED,
        progress=progress,
    )
    steps = causal_training.train(causal, lessons.draw, lessons.count, plan)
    after = causal_training.perplexity(causal, measured)
    about = {
        "base": named,
        "approved": len(kept),
        "steps": steps,
        "perplexity": {"before": round(before, 3), "after": round(after, 3)},
    }
    decoding = Decoding(max_new_tokens=_LONGEST, candidates=6, temperature=0.8)
    folder = _keep(copy.writers, lambda empty: causal.save(empty, decoding, about))
    took = time.monotonic() - began
    return Trained(folder, named, len(kept), len(held), lessons.made_up, steps, before, after, took)


def _begin(copy: CopySettings, base: str, lessons: Lessons) -> tuple[Any, str, float]:
    """Return the model to train, its name, and the highest learning rate."""
    from xiaoer.lm import causal_models

    if base == "auto":
        archive = newest_archive(copy.models)
        if archive is not None:
            try:
                folder = extracted(archive, copy.state / "generators")
            except GeneratorError:
                base = "scratch"
            else:
                made = causal_models.open_base(str(folder), _SHAPE["context"])
                return made, f"the text generator of {archive.name}", _RATES["onwards"]
        else:
            base = "scratch"
    if base == "scratch":
        made = causal_models.make_scratch(
            lessons.texts(), causal_models.Scratch(**_SHAPE, seed=_SEED)
        )
        return made, "scratch", _RATES["scratch"]
    return causal_models.open_base(base, _SHAPE["context"]), base, _RATES["onwards"]


def _keep(writers: Path, save: Callable[[Path], None]) -> Path:
    """Write a folder that appears whole or not at all; its name begins with the moment."""
    writers.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=".writer-", dir=writers))
    try:
        save(temporary)
        moment = datetime.now(timezone.utc)
        folder = writers / f"writer-{moment:%Y%m%dT%H%M%S%f}"
        temporary.rename(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    for old in sorted(path for path in writers.iterdir() if path.name[:1] != ".")[:-_KEPT]:
        shutil.rmtree(old, ignore_errors=True)
    return folder
