"""The same workloads in NumPy and PyTorch, for `kernelscope bench`: answers one line of JSON a request on standard input.

Requests: {"workload": "mlp-step" | "ntk" | "spectrum", "size": n, "repeats": r}. Answer: {"seconds": [...]}, or {"error": "..."}.
"""
import json
import os
import sys
import time

import numpy as np

SIZES = [784, 200, 200, 200, 200, 10]


def timed(run, repeats, warm):
    for _ in range(warm):
        run()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return seconds


def mlp_step(size, repeats):
    import torch

    layers = []
    for i in range(5):
        layers.append(torch.nn.Linear(SIZES[i], SIZES[i + 1]))
        if i < 4:
            layers.append(torch.nn.ReLU())
    net = torch.nn.Sequential(*layers)
    x = torch.rand(size, 784)
    y = torch.nn.functional.one_hot(torch.randint(0, 10, (size,)), 10).float()
    optimizer = torch.optim.Adam(net.parameters(), 1e-3, foreach=True)

    def step():
        optimizer.zero_grad(set_to_none=True)
        ((net(x) - y) ** 2).sum(1).mean().backward()
        optimizer.step()

    return timed(step, repeats, 20)


def ntk(size, repeats):
    """The class-traced NTK by layers, the same formula as Kernelscope's: no Jacobian is formed."""
    import torch

    torch.set_grad_enabled(False)
    x = torch.rand(size, 784)
    weights = [torch.randn(SIZES[i], SIZES[i + 1]) / SIZES[i] ** 0.5 for i in range(5)]

    def run():
        h = [x]
        for i in range(4):
            h.append(torch.relu(h[-1] @ weights[i]))
        mask = [(a > 0).float() for a in h]
        delta = [None] * 5
        delta[4] = weights[4].T[None] * mask[4][:, None, :]
        for i in (4, 3, 2):
            delta[i - 1] = (delta[i] @ weights[i - 1].T) * mask[i - 1][:, None, :]
        kernel = 10 * (h[4] @ h[4].T + 1)
        for i in range(1, 5):
            d = delta[i].reshape(size, -1)
            kernel += (h[i - 1] @ h[i - 1].T + 1) * (d @ d.T)
        return kernel / 10

    return timed(run, repeats, 1 if size <= 4000 else 0)


def spectrum(size, repeats):
    """Eigenvalues and target power of a P × P kernel: eigh and a projection."""
    rng = np.random.default_rng(0)
    psi = np.maximum(rng.standard_normal((size, 2 * size)), 0)
    kernel = psi @ psi.T / size
    target = np.eye(10)[rng.integers(0, 10, size)]

    def run():
        values, vectors = np.linalg.eigh(kernel)
        return values, ((vectors.T @ target) ** 2).sum(1)

    return timed(run, repeats, 1 if size <= 2000 else 0)


WORKLOADS = {"mlp-step": mlp_step, "ntk": ntk, "spectrum": spectrum}


def describe():
    found = {"numpy": np.__version__}
    try:
        import torch

        if os.environ.get("TORCH_THREADS"):
            torch.set_num_threads(int(os.environ["TORCH_THREADS"]))
        found["torch"] = torch.__version__
    except ImportError:
        pass
    return found


print(json.dumps(describe()), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = {"seconds": WORKLOADS[request["workload"]](request["size"], request["repeats"])}
    except ImportError as error:
        answer = {"error": str(error)}
    print(json.dumps(answer), flush=True)
