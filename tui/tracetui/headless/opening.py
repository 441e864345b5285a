"""`tracetui open` where there is no terminal to draw on: what a good filter prints."""

from collections.abc import Sequence

from tracetui.headless.load_options import LoadOptions
from tracetui.headless.loading import loaded
from tracetui.headless.output import say, say_lines
from tracetui.headless.show import print_trees
from tracetui.headless.summary import summary_lines


def run(paths: Sequence[str], options: LoadOptions) -> None:
    """Print the totals of `paths` and the span trees, bounded."""
    with loaded(paths, options) as reader:
        say_lines(summary_lines(reader))
        say()
        print_trees(reader, paths)
