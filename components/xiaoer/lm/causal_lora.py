"""Low-rank adaptation of a pretrained causal language model, by ``peft``. Imports torch."""

from __future__ import annotations

from typing import Any

from xiaoer.lm.causal_models import CausalModel
from xiaoer.lm.generator import GeneratorError


def with_lora(causal: CausalModel, rank: int, alpha: int) -> Any:
    """Return the model with low-rank updates beside each of its linear maps (Hu et al., 2022).

    Only these learn, and the embeddings of tokens that are new to the model.

    Args:
        causal: model and tokenizer; the model is changed in place.
        rank: of the updates.
        alpha: their scale is ``alpha / rank``.

    Raises:
        GeneratorError: peft knows no way to adapt this architecture.
    """
    from peft import LoraConfig, get_peft_model

    tokens = {name: list(causal.added) for name in _embeddings(causal.model)}
    try:
        return get_peft_model(
            causal.model,
            LoraConfig(
                r=rank,
                lora_alpha=alpha,
                lora_dropout=0.05,
                target_modules="all-linear",
                # GPT-2 keeps its matrices the other way round.
                fan_in_fan_out=causal.model.config.model_type == "gpt2",
                trainable_token_indices=tokens if causal.added else None,
                task_type="CAUSAL_LM",
            ),
        )
    except (ValueError, TypeError, NotImplementedError) as error:
        said = str(error).strip().splitlines() or [repr(error)]
        raise GeneratorError(f"This model cannot be trained with `lora`: {said[0]}") from error


def merged(adapted: Any) -> Any:
    """Return the model with the updates added to its weights."""
    return adapted.merge_and_unload()


def _embeddings(model: Any) -> list[str]:
    """Return the names of the modules that hold a row for each token."""
    inputs, outputs = model.get_input_embeddings(), model.get_output_embeddings()
    wanted = [inputs]
    if outputs is not None and outputs.weight is not inputs.weight:
        wanted.append(outputs)
    return [
        name for name, module in model.named_modules() if any(module is each for each in wanted)
    ]
