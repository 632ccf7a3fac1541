"""Small causal language models that tests make."""

from pathlib import Path

import torch
import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

TEXTS = [
    "现货 24 小时内发出，一般 2–4 天送到。",
    "Items in stock leave within 24 hours and usually arrive in 2–4 days.",
    "退货请在 7 天内申请，运费由您出。",
    "Ask for a return within 7 days; you pay the postage.",
    "几天能到",
    "how long does delivery take",
]


def foreign_tokenizer() -> Tokenizer:
    """A byte-level BPE that puts `<s>` before a text, as Llama's does, and knows no layout."""
    from tokenizers.processors import TemplateProcessing

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<s>", "</s>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(TEXTS, trainer)
    tokenizer.post_processor = TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 0)])
    return tokenizer


def foreign_folder(folder: Path, kind: str, positions: int = 256, layers: int = 2) -> Path:
    """Write a model with random weights, as somebody's save_pretrained does.

    Args:
        folder: to write into.
        kind: ``gpt2`` (tied embeddings) or ``llama`` (embeddings of its own for output).
        positions: longest text.
        layers: number of layers.
    """
    tokenizer = foreign_tokenizer()
    common = {"vocab_size": tokenizer.get_vocab_size(), "bos_token_id": 0, "eos_token_id": 1}
    torch.manual_seed(0)
    if kind == "gpt2":
        config = transformers.GPT2Config(
            n_embd=48, n_layer=layers, n_head=4, n_positions=positions, **common
        )
        model = transformers.GPT2LMHeadModel(config)
    else:
        config = transformers.LlamaConfig(
            hidden_size=48,
            intermediate_size=96,
            num_hidden_layers=layers,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=positions,
            tie_word_embeddings=False,
            **common,
        )
        model = transformers.LlamaForCausalLM(config)
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder
