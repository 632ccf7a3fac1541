"""The tokenizer of a checkpoint as one ``tokenizers.Tokenizer``."""

from __future__ import annotations

import json
from typing import NamedTuple

from tokenizers import Tokenizer

from xiaoer.lm.checkpoint import Checkpoint
from xiaoer.lm.errors import LanguageModelError

#: Special subwords around a text, as far as no post-processor says which.
_AROUND = (("[CLS]", "[SEP]"), ("<s>", "</s>"))


class FastTokenizer(NamedTuple):
    """A tokenizer without truncation and padding, and the ids that it puts around a text."""

    tokenizer: Tokenizer
    start_id: int
    end_id: int


def read_tokenizer(checkpoint: Checkpoint, rows: int) -> FastTokenizer:
    """Read tokenizer.json, or convert a vocabulary of the older kinds with transformers.

    tokenizer.json goes first and as it is: ``AutoTokenizer`` (transformers 5.3) builds the
    tokenizers of BERT and ALBERT anew from the vocabulary alone and forgets whether the file keeps
    capitals and accents.

    Args:
        checkpoint: the model's files.
        rows: how many word embeddings the model has.

    Raises:
        LanguageModelError: there is no vocabulary, it cannot be converted, or it is another
            model's.
    """
    tokenizer = _read(checkpoint)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    vocabulary = tokenizer.get_vocab(with_added_tokens=True)
    if max(vocabulary.values(), default=0) >= rows:
        raise LanguageModelError(
            f"The tokenizer of {checkpoint.name} knows {max(vocabulary.values()) + 1} subwords, "
            f"its weights {rows}: the files are those of two models, so save both again with "
            "save_pretrained."
        )
    around = tokenizer.encode("").ids
    if len(around) != 2:
        pairs = [pair for pair in _AROUND if vocabulary.keys() >= set(pair)]
        if not pairs:
            raise LanguageModelError(
                f"The tokenizer of {checkpoint.name} names no subwords that start and end a text "
                "([CLS] and [SEP], or <s> and </s>)."
            )
        around = [vocabulary[name] for name in pairs[0]]
    return FastTokenizer(_without_names(tokenizer), *around)


def _without_names(tokenizer: Tokenizer) -> Tokenizer:
    """Return a tokenizer of texts alone: a customer who types "<s>" means three characters.

    Special subwords keep their ids, but their names begin with NUL, which no text that is split
    holds (see ``ExportedModel.subwords``).
    """
    said = json.loads(tokenizer.to_str())
    special = {each["content"] for each in said["added_tokens"] if each["special"]}
    special.discard(said["model"].get("unk_token"))

    def name(piece: str) -> str:
        return f"\0{piece}" if piece in special else piece

    for each in said["added_tokens"]:
        each["content"] = name(each["content"])
    vocabulary = said["model"]["vocab"]
    said["model"]["vocab"] = (
        {name(piece): number for piece, number in vocabulary.items()}
        if isinstance(vocabulary, dict)
        else [[name(piece), score] for piece, score in vocabulary]
    )
    said["post_processor"] = None
    return Tokenizer.from_str(json.dumps(said))


def _read(checkpoint: Checkpoint) -> Tokenizer:
    path = checkpoint.file("tokenizer.json")
    if path is not None:
        try:
            return Tokenizer.from_file(str(path))
        except Exception as error:
            raise LanguageModelError(
                f"The tokenizer.json of {checkpoint.name} cannot be read: {error}"
            ) from error
    import transformers

    # Chinese models of other families come with BERT's vocabulary too and do not always say so.
    word_piece = checkpoint.file("vocab.txt") is not None
    auto = transformers.BertTokenizer if word_piece else transformers.AutoTokenizer
    try:
        made = checkpoint.read(auto)
    except LanguageModelError as error:
        raise LanguageModelError(_no_tokenizer(checkpoint)) from error
    backend = getattr(made, "backend_tokenizer", None)
    # Without a vocabulary transformers makes one of nothing but special subwords.
    if backend is None or backend.get_vocab_size() <= len(set(made.all_special_ids)):
        raise LanguageModelError(_no_tokenizer(checkpoint))
    return backend


def _no_tokenizer(checkpoint: Checkpoint) -> str:
    return (
        f"The model {checkpoint.name} has no tokenizer that can be read here: it needs "
        "tokenizer.json (AutoTokenizer.from_pretrained(...).save_pretrained(...) makes it from a "
        "SentencePiece model where the package sentencepiece is installed), vocab.txt, or "
        "vocab.json and merges.txt."
    )
