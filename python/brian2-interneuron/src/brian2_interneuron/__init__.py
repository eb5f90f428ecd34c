"""A Brian 2 device: scripts run on interneuron's engines.

>>> import brian2_interneuron                      # doctest: +SKIP
>>> set_device('interneuron', target='auto')       # doctest: +SKIP

Nothing else of a script changes. What the device cannot run, Brian's own runtime does, with a warning that names it.
"""

# First: it removes the current folder from the search path of `python -m`.
import interneuron
from brian2.devices.device import all_devices

from .device import InterneuronDevice

__version__ = "0.1.0"
__all__ = ["InterneuronDevice"]

all_devices["interneuron"] = InterneuronDevice()
