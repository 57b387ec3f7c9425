"""The part of the drill of rubbish that atheris guides: inputs that lead the readers where none has led them before.

    python tests/drills/rubbish_guided.py N FOLDER

``tests/drills/rubbish.py`` calls it. What was lost stands in ``FOLDER/lost.txt``, a line for each.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

sys.path.insert(0, str(Path(__file__).parents[2]))

import atheris

with atheris.instrument_imports(include=["feeds"]):
    import feeds.readers

    for module in iter_modules(feeds.readers.__path__, "feeds.readers."):
        import_module(module.name)

from tests.drills.rubbish import Drill
from tests.drills.rubbish_inputs import Sample

NAMES = ("a.md", "a.mdx", "a.json", "a.jsonl", "a.csv", "a.tsv", "a.txt", "a.rss", "a.atom", "a.xml", "a.wxr", "a.html")
SECONDS = 5.0  # of the processor: what is measured runs many times as slow


def main() -> None:
    """Read what atheris gives: the first byte tells the name, the others are the file."""
    count, folder = int(sys.argv[1]), Path(sys.argv[2])
    drill = Drill(folder, second=SECONDS)
    drill.warm_up()
    corpus = folder / "corpus"
    corpus.mkdir()
    suffixes = [name[1:] for name in NAMES]
    for number, sample in enumerate(drill.samples):
        kind = suffixes.index(Path(sample.name).suffix)
        (corpus / str(number)).write_bytes(bytes([kind]) + sample.data[:4000])

    def one(data: bytes) -> None:
        known = len(drill.lost)
        drill.file(Sample(NAMES[data[0] % len(NAMES)] if data else "a.md", data[1:]))
        drill.kept.clear()
        if len(drill.lost) > known:
            with (folder / "lost.txt").open("a", encoding="utf-8", errors="backslashreplace") as report:
                report.writelines(f"{sentence!a:.3000}\n" for sentence in drill.lost[known:])

    options = (f"-runs={count}", "-max_len=5000", "-seed=1", "-rss_limit_mb=3000", "-timeout=60", "-verbosity=1")
    atheris.Setup([sys.argv[0], *options, str(corpus)], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
