"""Reports of progress, as Brian's runtime gives them."""

import sys

from brian2.core.network import TextReport


def report_to(report):
    """The callback that a progress report goes to."""
    if report is None:
        return None
    if report in ("text", "stdout"):
        return TextReport(sys.stdout)
    if report == "stderr":
        return TextReport(sys.stderr)
    if isinstance(report, str):
        raise ValueError(f'Do not know how to handle report argument "{report}".')
    if callable(report):
        return report
    raise TypeError(
        "Do not know how to handle report argument, it has to be one of 'text', 'stdout', 'stderr', or a callable "
        f"function/object, but it is of type {type(report)}"
    )
