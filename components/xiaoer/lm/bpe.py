"""Byte-level BPE, trained on a shop's own texts."""

from __future__ import annotations

from collections.abc import Iterable

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from xiaoer.lm.causal_layout import SPECIAL


def train_bpe(texts: Iterable[str], vocabulary_size: int) -> Tokenizer:
    """Return a tokenizer for which every text has tokens, the layout's first.

    Digits stand alone, so that a number never seen is copied digit by digit; so do Chinese
    characters, since a few hundred texts show too little of each longer word.

    Args:
        texts: to learn from.
        vocabulary_size: most tokens; never fewer than the 256 bytes and the layout's.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.Split(Regex(r"\p{Han}"), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary_size,
        min_frequency=2,
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer
