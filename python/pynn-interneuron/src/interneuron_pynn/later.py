"""Packages that PyNN imports at its start and most scripts never use: they are loaded when they are first used."""

import importlib
import importlib.util
import sys
from types import ModuleType


class _Later(ModuleType):
    """Stands in for a package until somebody asks for something of it."""

    def __getattr__(self, name):
        own = self.__dict__["__name__"]
        root = own.partition(".")[0]
        standing_in = [key for key, each in sys.modules.items() if isinstance(each, _Later) and key.partition(".")[0] == root]
        for key in standing_in:
            del sys.modules[key]
        package = importlib.import_module(own)
        for key in standing_in:
            importlib.import_module(key)
        self.__dict__.update(package.__dict__)
        return getattr(package, name)


def load_when_used(*names):
    """Defers the loading of packages: `csa`, for example, loads all of matplotlib. What is not installed stays so."""
    for name in names:
        root, _, part = name.partition(".")
        if name in sys.modules or (part and not isinstance(sys.modules.get(root), _Later)):
            continue
        spec = importlib.util.find_spec(root)
        if spec is not None:
            sys.modules[name] = module = _Later(name)
            module.__spec__, module.__file__ = spec, spec.origin


__all__ = ["load_when_used"]
