"""A progress bar, where tqdm is installed and somebody watches."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Callable, Iterator


@contextmanager
def progress_bar(wanted: bool, title: str) -> Iterator[Callable[[float], None] | None]:
    """What is to be told how much is done; None where nobody watches."""
    if not wanted:
        yield None
        return
    try:
        from tqdm.auto import tqdm
    except ImportError:
        yield None
        return
    with tqdm(total=100, desc=title, unit="%", bar_format="{l_bar}{bar}| {elapsed}<{remaining}") as bar:
        yield lambda fraction: bar.update(max(0.0, 100 * fraction - bar.n))
