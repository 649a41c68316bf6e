"""The same workloads in NumPy and PyTorch, for `kernelscope bench`: answers one line of JSON a request on standard input.

Requests: {"workload": "mlp-step" | "ntk" | "spectrum" | "resnet-step" | "alignments" | "feature-spectrum", "size": n, "repeats": r}. Answer: {"seconds": [...]}, or {"error": "..."}.
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


def resnet_step(size, repeats):
    """The same eleven convolutions; channels first and channels last, the faster of the two."""
    import torch
    from torch import nn

    def unit(i, o, k=3):
        return nn.Sequential(nn.Conv2d(i, o, k, padding=k // 2, bias=False), nn.BatchNorm2d(o), nn.ReLU(inplace=True))

    class Block(nn.Module):
        def __init__(self, c):
            super().__init__()
            self.inner = nn.Sequential(unit(c, c), unit(c, c))

        def forward(self, x):
            return x + self.inner(x)

    best = None
    for layout in (torch.channels_last, torch.contiguous_format):
        net = nn.Sequential(
            unit(3, 16), Block(16), nn.MaxPool2d(2), unit(16, 32), Block(32), nn.MaxPool2d(2), unit(32, 64), Block(64), nn.MaxPool2d(8),
            unit(64, 128, 1), unit(128, 64, 1), nn.Flatten(), nn.Linear(64, 10, bias=False),
        ).to(memory_format=layout)
        x = torch.rand(size, 3, 32, 32).to(memory_format=layout)
        y = torch.nn.functional.one_hot(torch.randint(0, 10, (size,)), 10).float()
        optimizer = torch.optim.SGD(net.parameters(), 1e-3, momentum=0.9, foreach=True)

        def step():
            optimizer.zero_grad(set_to_none=True)
            loss = ((net(x) - y) ** 2).sum(1).mean()
            loss.backward()
            optimizer.step()
            return loss.item()

        seconds = timed(step, repeats, 2)
        if best is None or np.median(seconds) < np.median(best):
            best = seconds
    return best


def alignments(size, repeats):
    """CKA of ten layers with target and input by products of features, in float64."""
    rng = np.random.default_rng(0)
    x = np.maximum(rng.standard_normal((size, 3072)), 0).astype(np.float32)
    y = np.eye(10, dtype=np.float32)[rng.integers(0, 10, size)]
    layers = [np.maximum(rng.standard_normal((size, n)), 0).astype(np.float32) for n in (64, 64, 128, 128, 128, 256, 256, 256, 512, 256)]

    def run():
        def centred(f):
            return (f - f.mean(0)).astype(np.float64)

        a, b = centred(x), centred(y)
        na, nb = np.linalg.norm(a.T @ a), np.linalg.norm(b.T @ b)
        found = []
        for f in layers:
            c = centred(f)
            n = np.linalg.norm(c.T @ c)
            found.append((np.linalg.norm(c.T @ b) ** 2 / (n * nb), np.linalg.norm(c.T @ a) ** 2 / (n * na)))
        return found

    return timed(run, repeats, 1)


def feature_spectrum(size, repeats):
    """Eigenvalues and target power of P × 512 features: thin SVD and a projection."""
    rng = np.random.default_rng(0)
    psi = np.maximum(rng.standard_normal((size, 512)), 0)
    target = np.eye(10)[rng.integers(0, 10, size)]

    def run():
        u, s, _ = np.linalg.svd(psi, full_matrices=False)
        return s**2, ((u.T @ target) ** 2).sum(1)

    return timed(run, repeats, 1)


WORKLOADS = {"mlp-step": mlp_step, "ntk": ntk, "spectrum": spectrum, "resnet-step": resnet_step, "alignments": alignments, "feature-spectrum": feature_spectrum}


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
