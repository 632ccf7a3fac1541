"""Writing variants: from templates, or by a language model, and what each rests on."""
