"""Runs graphs of NIR in platforms: each function takes a graph, spikes [steps, ...units] and a time step in s, and returns the spikes of the output."""

import numpy as np


def norse(graph, spikes, dt):
    import norse.torch
    import torch

    model, state, out = norse.torch.from_nir(graph, ignore_warnings=True, dt=dt), None, []
    for step in torch.tensor(spikes, dtype=torch.float32):
        z, state = model(step[None], state)
        out.append(z[0].detach().numpy())
    return np.array(out)


def snntorch(graph, spikes, dt):
    import torch
    from snntorch.import_nir import import_from_nir

    model, state, out = import_from_nir(graph), None, []
    for step in torch.tensor(spikes, dtype=torch.float32):
        z, state = model(step[None], state)
        out.append(z[0].detach().numpy())
    return np.array(out)


def spikingjelly(graph, spikes, dt):
    import torch
    from spikingjelly.activation_based.nir_exchange import import_from_nir

    model, state, out = import_from_nir(graph, dt=dt), None, []
    for step in torch.tensor(spikes, dtype=torch.float32):
        z, state = model(step[None], state)
        out.append(z[0].detach().numpy())
    return np.array(out)


def sinabs(graph, spikes, dt):
    import torch
    from sinabs.nir import from_nir

    z = from_nir(graph, batch_size=1)(torch.tensor(spikes, dtype=torch.float32))
    return (z[0] if isinstance(z, tuple) else z).detach().numpy()


def rockpool(graph, spikes, dt):
    import torch
    from rockpool.nn.modules.torch.nir import from_nir

    z = from_nir(graph)(torch.tensor(spikes, dtype=torch.float32)[None])
    return (z[0] if isinstance(z, tuple) else z)[0].detach().numpy()
