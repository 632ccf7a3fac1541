"""Trains the text generator, or finds it in the cache where the same was trained before."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xiaoer import generation, lm
from xiaoer.generation.corpus import Corpus, corpus_files, read_corpus
from xiaoer.generation.corpus_files import digest_of
from xiaoer.lm.cache import cache_dir, cached_folder
from xiaoer.lm.causal_folder import FORMAT
from xiaoer.lm.generator import GeneratorError
from xiaoer.openmp import sleep_while_waiting

logger = logging.getLogger(__name__)

#: Trained generators that are kept, the latest used ones.
_KEPT = 4
#: Seconds in which one that was used is not removed: another process may be reading it.
_IN_USE = 3600
#: What part of the time measuring may take.
_MEASURING = 0.05
#: Replies that are logged, and the seconds for them.
_SHOWN, _SHOWING = 4, 10.0
#: Modules that decide what is learned.
_CODE = {
    lm: (
        "bpe",
        "causal_initialization",
        "causal_layout",
        "causal_lora",
        "causal_models",
        "causal_training",
    ),
    generation: ("corpus", "corpus_files", "examples", "training"),
}
#: Tokens of a step, and highest learning rates: from nothing, going on, pretrained, by LoRA.
_BATCHES = {"scratch": 2048, "pretrained": 512}
_RATES = {"scratch": 7e-4, "onwards": 2e-4, "pretrained": 5e-5, "lora": 3e-4}


@dataclass(frozen=True)
class TrainingOptions:
    """What decides which weights come out, but for the corpus and the code.

    Attributes:
        model: ``scratch``, a folder or an id of the hub.
        seconds: of training.
        epochs: most passes.
        vocabulary_size: of a model from nothing; so are layers, width and heads.
        layers: number of layers.
        width: of a state.
        heads: attention heads.
        context: most tokens.
        learning_rate: the highest; 0 chooses.
        lora: whether only low-rank updates are trained.
        lora_r: their rank.
        lora_alpha: their scale times their rank.
        seed: of all randomness.
    """

    model: str
    seconds: float
    epochs: int
    vocabulary_size: int
    layers: int
    width: int
    heads: int
    context: int
    learning_rate: float
    lora: bool
    lora_r: int
    lora_alpha: int
    seed: int


def trained(
    options: TrainingOptions,
    dialogues: Any,
    knowledge: Any,
    start: Path | None = None,
    progress: bool = True,
) -> Path | None:
    """Return the folder of a trained generator in the cache; None when there is nothing to learn.

    Args:
        options: how to train.
        dialogues: files and folders.
        knowledge: files and folders.
        start: folder of a generator to go on from, instead of ``options.model``.
        progress: whether to show a bar.

    Raises:
        CorpusError: a file of the corpus is not as it should be.
        GeneratorError: the base model cannot be used, or the result not be written.
        LanguageModelError: the cache cannot be written.
    """
    spoken, known = corpus_files(dialogues), corpus_files(knowledge)
    key = _key(options, spoken, known, start)
    place = f"generators-{FORMAT}/{key[:32]}"
    folder = cache_dir() / place
    if folder.is_dir():
        logger.info("The text generator is taken from the cache: nothing it learns from changed.")
    else:
        corpus = read_corpus(spoken, known, options.seconds, options.seed)
        if not corpus:
            logger.warning(
                "The text generator has nothing to learn: there are no dialogues and no articles "
                f"in {dialogues} and {knowledge}; answers are not generated."
            )
            return None
        folder = cached_folder(place, lambda empty: _train(options, corpus, start, progress, empty))
    _touch(folder)
    _prune(folder)
    return folder


def fingerprint(model: str, dialogues: Any, knowledge: Any) -> str:
    """Return a hash of all that training reads: corpus, code and the folder of a base model.

    Raises:
        CorpusError: a file cannot be read.
    """
    parts = [
        _code_hash(),
        digest_of(corpus_files(dialogues)),
        digest_of(corpus_files(knowledge)),
        digest_of(_model_files(model)),
    ]
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def _key(
    options: TrainingOptions, dialogues: list[Path], knowledge: list[Path], start: Path | None
) -> str:
    parts = [
        json.dumps(vars(options), sort_keys=True),
        _code_hash(),
        digest_of(dialogues),
        digest_of(knowledge),
        digest_of(_model_files(options.model)),
        digest_of(_model_files(str(start))) if start else "",
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _code_hash() -> str:
    """Return a hash of the code that decides what is learned, without importing torch."""
    seen = hashlib.sha256()
    for package, names in _CODE.items():
        for name in names:
            seen.update((Path(package.__path__[0]) / f"{name}.py").read_bytes())
    return seen.hexdigest()


def _model_files(name: str) -> list[Path]:
    """Return the files of a model's folder by which its change is told; none for an id."""
    folder = Path(name).expanduser()
    if name == "scratch" or not folder.is_dir():
        return []
    kinds = (".json", ".txt", ".safetensors", ".bin", ".model")
    return sorted(path for path in folder.iterdir() if path.suffix in kinds)


def _train(
    options: TrainingOptions, corpus: Corpus, start: Path | None, progress: bool, folder: Path
) -> None:
    """Train and write into an empty folder.

    Raises:
        GeneratorError: the base model cannot be used, or the disk is full.
    """
    sleep_while_waiting()
    # torch takes seconds to import, and what comes from the cache needs none.
    from xiaoer.generation.examples import ExampleSource
    from xiaoer.lm import causal_lora, causal_models, causal_training
    from xiaoer.lm.decoding import Decoding

    began = time.monotonic()
    source = ExampleSource(corpus, options.seed)
    small = options.model == "scratch"
    if start is None and small:
        shape = causal_models.Scratch(
            options.vocabulary_size,
            options.layers,
            options.width,
            options.heads,
            options.context,
            options.seed,
        )
        causal = causal_models.make_scratch(source.texts(), shape)
        rate = _RATES["scratch"]
    else:
        base = str(start) if start else options.model
        causal = causal_models.open_base(base, options.context)
        rate = _RATES["onwards" if start else "lora" if options.lora else "pretrained"]
    if not source.held:
        logger.warning(
            f"The text generator learns from {source.count} questions and replies, too few to hold "
            "some out and measure it by."
        )
    ready = time.monotonic()
    held = _measurable(causal, source.held, options.seconds * _MEASURING)
    before = _perplexity(causal, held)
    # It is measured once more afterwards.
    spent = time.monotonic() - began + time.monotonic() - ready
    plan = causal_training.Plan(
        epochs=options.epochs,
        seconds=max(1.0, options.seconds - spent),
        learning_rate=options.learning_rate or rate,
        batch_tokens=_BATCHES["scratch" if small else "pretrained"],
        seed=options.seed,
        progress=progress,
    )
    lora = options.lora and start is None
    adapted = causal_lora.with_lora(causal, options.lora_r, options.lora_alpha) if lora else None
    steps = causal_training.train(causal, source.draw, source.count, plan, adapted)
    if adapted is not None:
        causal = causal_models.CausalModel(
            causal_lora.merged(adapted), causal.layout, causal.context
        )
    after = _perplexity(causal, held)
    about = {
        "model": options.model,
        "articles": len(corpus.articles),
        "dialogues": len(corpus.dialogues),
        "steps": steps,
        "perplexity": {"before": before, "after": after},
    }
    try:
        causal.save(folder, Decoding(), about)
    except OSError as error:
        raise GeneratorError(
            f"The text generator cannot be written ({error.strerror or error}): free some space on "
            "the disk and train again."
        ) from error
    if before is not None and after is not None:
        logger.info(
            f"The text generator made {steps} steps in {time.monotonic() - began:.0f} s; the "
            f"perplexity of held-out replies went from {before:.4g} to {after:.4g}."
        )
    _show(folder, source, options.seed)


def _measurable(causal: Any, held: list, seconds: float) -> list:
    """Return as many held-out examples as can be looked at in so many seconds."""
    began = time.monotonic()
    _perplexity(causal, held[:1])
    return held[: max(1, int(seconds / max(1e-6, time.monotonic() - began)))]


def _perplexity(causal: Any, held: list) -> float | None:
    from xiaoer.lm.causal_training import perplexity

    return round(perplexity(causal, held), 3) if held else None


def _show(folder: Path, source: Any, seed: int) -> None:
    """Log replies to some questions that were held out."""
    from xiaoer.lm.causal_decoders import open_decoder
    from xiaoer.lm.causal_folder import read_layout
    from xiaoer.lm.causal_sampling import sample
    from xiaoer.lm.decoding import Decoding

    decoder, layout, decoding = open_decoder(folder), read_layout(folder), Decoding()
    most = min(decoding.max_new_tokens, decoder.context // 2)
    ends_at = time.monotonic() + _SHOWING
    for example in source.held[:_SHOWN]:
        ids = layout.prompt(example.prompt, decoder.context - most)
        found = sample(
            decoder, layout, ids, decoding, most, seed, lambda: ends_at - time.monotonic()
        )
        texts = [layout.read_reply(each.ids) for each in sorted(found, key=lambda x: -x.score)]
        reply = next((text for text in texts if text), "–")
        logger.info(f"Held out: {example.prompt.question} → {reply}")


def _touch(folder: Path) -> None:
    try:
        (folder / "used").write_text(f"{time.time()}", "ascii")
    except OSError:
        logger.debug("The cache is read-only.")


def _prune(current: Path) -> None:
    """Remove the generators that were not used for longest."""

    def used(folder: Path) -> float:
        try:
            return (folder / "used").stat().st_mtime
        except OSError:
            return 0.0

    folders = [each for each in current.parent.iterdir() if each.is_dir() and each.name[0] != "."]
    for folder in sorted(folders, key=used, reverse=True)[_KEPT:]:
        if folder != current and used(folder) < time.time() - _IN_USE:
            shutil.rmtree(folder, ignore_errors=True)
