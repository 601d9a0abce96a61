"""Run the benchmark: ``python -m benchmark --help`` tells the parts and the options."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch

from benchmark.machine import machine_facts
from benchmark.measurements import Result
from benchmark.options import TITLES, check, make_parser, read_parts, read_settings
from benchmark.report import table, warnings_about, write_report
from benchmark.settings import Settings
from course_utils.console import replace_unprintable


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what the command line asks for, print the table, and write the results; 0."""
    replace_unprintable()
    parser = make_parser()
    options = parser.parse_args(arguments)
    try:
        parts, settings = read_parts(options.only), read_settings(options)
        check(parts, settings)
    except (ValueError, OSError) as error:
        parser.error(str(error))
    with computing_with(settings.threads):
        machine = machine_facts()
        results = run(parts, settings)
    facts = [f"{name}: {fact}" for name, fact in machine.items() if name != "packages"]
    titles = {part: title for part, title in TITLES.items() if part in parts}
    print("; ".join(facts), table(results, titles), warnings_about(machine), sep="\n")
    write_report(results, machine, settings.as_facts(), options.out)
    return 0


def run(parts: Sequence[str], settings: Settings) -> list[Result]:
    """Measure the wanted parts one after another, saying which on standard error."""
    from benchmark.parts import MEASURES  # takes seconds, and --help does without it

    results = []
    for letters, measure in MEASURES.items():
        wanted = [part for part in parts if part in letters]
        if wanted:
            print(f"part {' and '.join(wanted)}: {TITLES[wanted[0]]} ...", file=sys.stderr)
            results += [result for result in measure(settings) if result.part in wanted]
    return results


@contextmanager
def computing_with(threads: int | None) -> Iterator[None]:
    """Let torch compute with so many threads in a ``with`` block; None leaves it as it is."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


if __name__ == "__main__":
    sys.exit(main())
