"""What comes after the candidates: business rules, caps and diversity; nothing here does I/O."""
