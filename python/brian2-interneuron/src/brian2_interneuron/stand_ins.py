"""Packages of other devices, where they are not installed: scripts import them and set preferences, which mean nothing here."""

import sys
from importlib.util import find_spec
from types import ModuleType

from brian2 import BrianPreference, prefs

#: Devices whose scripts run here: Brian's own, and those of other packages.
DEVICES = ("runtime", "cpp_standalone", "interneuron", "cuda_standalone", "genn")

_BLOCKSIZES = (
    "pre_synapse_reset_blocksize neuron_blocksize synapse_blocksize learning_blocksize synapse_dynamics_blocksize "
    "init_blocksize init_sparse_blocksize "
)

#: Preferences of the packages, by category.
_PREFERENCES = {
    "brian2cuda": {
        "devices.cuda_standalone": "SM_multiplier parallel_blocks launch_bounds syn_launch_bounds calc_occupancy "
        "extra_threshold_kernel random_number_generator_type random_number_generator_ordering push_synapse_bundles "
        "threads_per_synapse_bundle bundle_threads_warp_multiple no_pre_references no_post_references "
        "default_functions_integral_convertion use_atomics profile_statemonitor_copy_to_host",
        "devices.cuda_standalone.cuda_backend": "gpu_heap_size detect_gpus gpu_id extra_compile_args_nvcc "
        "compute_capability detect_cuda cuda_path cuda_runtime_version device_query_path",
    },
    "brian2genn": {
        "devices.genn": "connectivity extra_compile_args_nvcc auto_choose_device default_device optimise_blocksize "
        + _BLOCKSIZES
        + "synapse_span_type path kernel_timing",
        "devices.genn.cuda_backend": "cuda_path extra_compile_args_nvcc device_select manual_device blocksize_select_method "
        "pre_neuron_reset_blocksize " + _BLOCKSIZES,
    },
}


def stand_in():
    """Puts modules in the place of packages that are not installed, with their preferences."""
    for package, categories in _PREFERENCES.items():
        found = find_spec(package) if package not in sys.modules else None
        # A folder of that name is no package.
        if package in sys.modules or (found is not None and found.origin is not None):
            continue
        sys.modules[package] = ModuleType(package, "Stands for a package that is not installed: interneuron runs its scripts.")
        for category, names in categories.items():
            given = {name: BrianPreference(None, "", validator=lambda value: True) for name in names.split()}
            prefs.register_preferences(category, f"Preferences of {package}, which mean nothing here.", **given)
