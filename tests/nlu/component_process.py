"""Loads trained components in a process of its own and prints what they say, as JSON.

``python -m tests.nlu.component_process FOLDER NAME…``: each folder FOLDER/NAME was filled by
``component_contract.train_chain``.
"""

import json
import sys
from pathlib import Path

from tests.nlu.component_contract import CASES, TEXTS, answers, load_chain


def main() -> None:
    folder, *names = sys.argv[1:]
    said = {
        name: answers(load_chain(name, Path(folder, name)), [*TEXTS, CASES[name].text])
        for name in names
    }
    heavy = [module for module in ("torch", "transformers") if module in sys.modules]
    print(json.dumps({"said": said, "heavy": heavy}))


if __name__ == "__main__":
    main()
