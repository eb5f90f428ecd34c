"""Runs those of Brian's own tests that any device has to pass, with this device.

    python brians_tests.py [MODULE ...]      such as subgroup; writes what came of them as JSON on the last line

It needs pytest. What the device leaves to Brian's runtime is counted apart; Brian's tests themselves say whether results are right.
"""

import gc
import json
import os
import sys

import brian2
import pytest

import brian2_interneuron  # noqa: F401
from brian2_interneuron.device import InterneuronDevice

FOLDER = os.path.join(os.path.dirname(brian2.__file__), "tests")


class Settings:
    """What Brian's fixtures read from pytest, and what came of each test."""

    def __init__(self):
        self.device, self.device_options, self.fail_for_not_implemented = "interneuron", {}, True
        self.passed, self.failed, self.left = [], {}, {}
        self._reasons = []
        usual = InterneuronDevice._fall_back

        def fall_back(device, net, reason):
            self._reasons.append(str(reason))
            return usual(device, net, reason)

        InterneuronDevice._fall_back = fall_back

    def pytest_configure(self, config):
        """Brian's fixtures set these for every test."""
        config.brian_prefs = {"codegen.target": "numpy"}
        config.device, config.device_options = self.device, self.device_options
        config.fail_for_not_implemented = self.fail_for_not_implemented
        for name in ("standalone_compatible", "standalone_only", "codegen_independent", "multiple_runs", "cpp_standalone"):
            config.addinivalue_line("markers", name)

    def pytest_runtest_setup(self):
        """Brian collects garbage around every run: what is here to stay need not be looked at again."""
        gc.collect()
        gc.freeze()

    def pytest_runtest_logreport(self, report):
        """Notes what came of a test."""
        name = report.nodeid.split("/")[-1]
        if report.failed:
            self.failed[name] = str(getattr(report.longrepr, "reprcrash", report.longrepr))[-300:]
        if report.when != "call":
            return
        if report.passed and self._reasons:
            self.left[name] = [*self._reasons]
        elif report.passed:
            self.passed.append(name)
        self._reasons.clear()


def main(names):
    """Runs the modules of these names, all without any."""
    settings = Settings()
    paths = [os.path.join(FOLDER, f"test_{name}.py") for name in names] or [FOLDER]
    words = ["-q", "-p", "no:cacheprovider", "-W", "ignore", "-m", "standalone_compatible and not standalone_only", "--no-header"]
    words += ["--confcutdir", os.path.dirname(FOLDER), "--rootdir", os.path.dirname(FOLDER), "-c", os.devnull]
    pytest.main([*words, *paths], plugins=[settings])
    print(json.dumps({"passed": len(settings.passed), "left": settings.left, "failed": settings.failed}))


if __name__ == "__main__":
    main(sys.argv[1:])
