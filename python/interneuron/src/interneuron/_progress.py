"""A progress bar, where tqdm is installed and somebody watches."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import Callable, Iterator


def _in_notebook() -> bool:
    """Whether a notebook runs this process."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return shell is not None and getattr(shell, "kernel", None) is not None


@contextmanager
def progress_bar(wanted: bool | None, title: str) -> Iterator[Callable[[float], None] | None]:
    """Yields what is to be told how much is done; None where nobody watches.

    Args:
        wanted: None: in notebooks, for runs that take longer than a second.
        title: text in front of the bar.
    """
    if wanted is False or (wanted is None and not _in_notebook()):
        yield None
        return
    try:
        from tqdm.auto import tqdm
    except ImportError:
        yield None
        return
    with tqdm(total=100, desc=title, unit="%", bar_format="{l_bar}{bar}| {elapsed}<{remaining}", delay=0 if wanted else 1) as bar:
        yield lambda fraction: bar.update(max(0.0, 100 * fraction - bar.n))
