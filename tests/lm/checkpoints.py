"""Small random checkpoints of every family, written as the hub's are."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

CORPUS = [
    "我想买红色的手机,有没有便宜的? 退货怎么办",
    "i want to buy two red phones, hello, how much is it?",
    "café déjà vu naïve Ａｐｐｌｅ ｗａｔｃｈ",
    "where is my order XD202610050012 please",
]
_BERT = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
_ROBERTA = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
_ALBERT = ["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"]


def word_pieces() -> list[str]:
    """Return a WordPiece vocabulary of the corpus: characters and some words."""
    text = " ".join(CORPUS)
    characters = sorted({*text, *text.lower(), "e", "a", "i"} - {" "})
    words = ["phone", "phones", "hello", "order", "cafe", "want"]
    return [*_BERT, *characters, *(f"##{each}" for each in characters), *words]


def word_piece_tokenizer(lowercase: bool) -> Tokenizer:
    """Return BERT's tokenizer as tokenizer.json holds it."""
    made = Tokenizer(
        models.WordPiece({each: at for at, each in enumerate(word_pieces())}, unk_token="[UNK]")
    )
    made.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.add_special_tokens(_BERT)
    made.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return made


def byte_tokenizer() -> Tokenizer:
    """Return a byte-level BPE as RoBERTa's, trained on the corpus."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=320,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=_ROBERTA,
        show_progress=False,
    )
    made.train_from_iterator(CORPUS, trainer)
    made.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    return made


def unigram_tokenizer(special: list[str], lowercase: bool) -> Tokenizer:
    """Return a SentencePiece-like unigram model as XLM-R's or ALBERT's, trained on the corpus."""
    made = Tokenizer(models.Unigram())
    steps = [normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase()]
    made.normalizer = normalizers.Sequence(steps) if lowercase else normalizers.NFKC()
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=150, unk_token="<unk>", special_tokens=special, show_progress=False
    )
    made.train_from_iterator(CORPUS, trainer)
    start, end = ("[CLS]", "[SEP]") if "[CLS]" in special else ("<s>", "</s>")
    made.post_processor = processors.TemplateProcessing(
        single=f"{start} $A {end}",
        special_tokens=[(each, special.index(each)) for each in (start, end)],
    )
    return made


def _shape(**changed: Any) -> dict[str, Any]:
    return {
        "hidden_size": 64,
        "num_hidden_layers": 3,
        "num_attention_heads": 4,
        "intermediate_size": 96,
        "max_position_embeddings": 64,
        **changed,
    }


def save(
    folder: Path,
    model_type: str,
    tokenizer: Tokenizer | list[str],
    head: str = "AutoModel",
    **shape: Any,
) -> Path:
    """Write a random model and its tokenizer (tokenizer.json, or vocab.txt for a list)."""
    import torch
    import transformers

    size = len(tokenizer) if isinstance(tokenizer, list) else tokenizer.get_vocab_size()
    config = transformers.AutoConfig.for_model(model_type, vocab_size=size, **shape)
    torch.manual_seed(7)
    model = getattr(transformers, head).from_config(config)
    with torch.no_grad():
        for name, values in model.named_parameters():
            # Every array must show in the vectors: biases and norms start as zeros and ones.
            values.add_(torch.randn_like(values) * 0.1)
            if "embeddings.weight" in name:
                values.add_(torch.randn_like(values) * 0.3)
    model.save_pretrained(folder)
    if isinstance(tokenizer, list):
        (folder / "vocab.txt").write_text("\n".join(tokenizer), "utf-8")
    else:
        tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def _bert_uncased(folder: Path) -> Path:
    save(folder, "bert", word_pieces(), **_shape())
    (folder / "tokenizer_config.json").write_text(json.dumps({"do_lower_case": True}), "utf-8")
    return folder


def _roberta_merges(folder: Path) -> Path:
    """RoBERTa's older files, vocab.json and merges.txt."""
    made = byte_tokenizer()
    save(folder, "roberta", made, **_shape(pad_token_id=1, max_position_embeddings=66))
    (folder / "tokenizer.json").unlink()
    made.model.save(str(folder))
    return folder


#: What the families are called in the tests, and how each is made.
CHECKPOINTS: dict[str, Callable[[Path], Path]] = {
    "bert-uncased": _bert_uncased,
    "bert-chinese-without-pooler": lambda folder: save(
        folder, "bert", word_piece_tokenizer(False), head="AutoModelForMaskedLM", **_shape()
    ),
    "ernie": lambda folder: save(
        folder, "ernie", word_piece_tokenizer(True), **_shape(use_task_id=True, hidden_act="relu")
    ),
    "electra-projected": lambda folder: save(
        folder, "electra", word_piece_tokenizer(True), **_shape(embedding_size=32)
    ),
    "electra": lambda folder: save(
        folder, "electra", word_piece_tokenizer(True), **_shape(embedding_size=64)
    ),
    "roberta": _roberta_merges,
    "xlm-roberta": lambda folder: save(
        folder,
        "xlm-roberta",
        unigram_tokenizer(_ROBERTA, lowercase=False),
        **_shape(pad_token_id=1, max_position_embeddings=66),
    ),
    "distilbert": lambda folder: save(
        folder,
        "distilbert",
        word_piece_tokenizer(True),
        dim=64,
        n_layers=3,
        n_heads=4,
        hidden_dim=96,
        max_position_embeddings=64,
    ),
    "albert": lambda folder: save(
        folder,
        "albert",
        unigram_tokenizer(_ALBERT, lowercase=True),
        **_shape(embedding_size=32, num_hidden_layers=4),
    ),
    "albert-groups-chinese": lambda folder: save(
        folder,
        "albert",
        word_pieces(),
        **_shape(embedding_size=32, num_hidden_layers=4, num_hidden_groups=2, inner_group_num=2),
    ),
}
