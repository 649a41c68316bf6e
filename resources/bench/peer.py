"""The same workloads in NumPy and PyTorch, for `kernelscope bench`: answers one line of JSON a request on standard input.

Its first line says what is there: {"numpy": version, "torch": version, "cuda": name of the GPU}, the last two only where they are.
Requests: {"workload": "mlp-step" | "ntk" | "spectrum" | "resnet-step" | "alignments" | "feature-spectrum", "size": n, "repeats": r}. Answer: {"seconds": [...]}, or {"error": "..."}.

In the environment PEER_DEVICE=cuda has mlp-step, ntk and resnet-step computed on the first GPU, in float32 without TF32; where PyTorch has no CUDA they answer with an error. The other three are NumPy in float64 on the processor, as they are on Kernelscope's side whatever its device. TORCH_THREADS sets PyTorch's threads.

What a repetition reads back is what Kernelscope's reads: a step its loss, the NTK the whole kernel.
"""
import json
import os
import sys
import time

import numpy as np

SIZES = [784, 200, 200, 200, 200, 10]
ON_GPU = os.environ.get("PEER_DEVICE") == "cuda"


def timed(run, repeats, warm, wait=lambda: None):
    """Seconds of each repetition; wait returns once the device is done with what it was given."""
    for _ in range(warm):
        run()
    seconds = []
    for _ in range(repeats):
        wait()
        start = time.perf_counter()
        run()
        wait()
        seconds.append(time.perf_counter() - start)
    return seconds


def torch_device():
    """The device of the float32 workloads, and what waits for it."""
    import torch

    if not ON_GPU:
        return torch.device("cpu"), lambda: None
    if not torch.cuda.is_available():
        raise RuntimeError("PyTorch here has no CUDA")
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    # The fastest of cuDNN's convolutions is found while warming up.
    torch.backends.cudnn.benchmark = True
    return torch.device("cuda"), torch.cuda.synchronize


def mlp_step(size, repeats):
    import torch

    device, wait = torch_device()
    layers = []
    for i in range(5):
        layers.append(torch.nn.Linear(SIZES[i], SIZES[i + 1]))
        if i < 4:
            layers.append(torch.nn.ReLU())
    net = torch.nn.Sequential(*layers).to(device)
    x = torch.rand(size, 784).to(device)
    y = torch.nn.functional.one_hot(torch.randint(0, 10, (size,)), 10).float().to(device)
    optimizer = torch.optim.Adam(net.parameters(), 1e-3, foreach=True)

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = ((net(x) - y) ** 2).sum(1).mean()
        loss.backward()
        optimizer.step()
        return loss.item()

    return timed(step, repeats, 20, wait)


def ntk(size, repeats):
    """The class-traced NTK by layers, the same formula as Kernelscope's: no Jacobian is formed."""
    import torch

    device, wait = torch_device()
    x = torch.rand(size, 784).to(device)
    weights = [(torch.randn(SIZES[i], SIZES[i + 1]) / SIZES[i] ** 0.5).to(device) for i in range(5)]

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
        return (kernel / 10).cpu()

    with torch.no_grad():
        return timed(run, repeats, 1 if ON_GPU or size <= 4000 else 0, wait)


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

    device, wait = torch_device()

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
        ).to(device).to(memory_format=layout)
        x = torch.rand(size, 3, 32, 32).to(device).to(memory_format=layout)
        y = torch.nn.functional.one_hot(torch.randint(0, 10, (size,)), 10).float().to(device)
        optimizer = torch.optim.SGD(net.parameters(), 1e-3, momentum=0.9, foreach=True)

        def step():
            optimizer.zero_grad(set_to_none=True)
            loss = ((net(x) - y) ** 2).sum(1).mean()
            loss.backward()
            optimizer.step()
            return loss.item()

        seconds = timed(step, repeats, 5 if ON_GPU else 2, wait)
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
        if ON_GPU and torch.cuda.is_available():
            found["cuda"] = torch.cuda.get_device_name(0)
    except ImportError:
        pass
    return found


print(json.dumps(describe()), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = {"seconds": WORKLOADS[request["workload"]](request["size"], request["repeats"])}
    except (ImportError, RuntimeError, MemoryError) as error:
        # no PyTorch, no CUDA, no memory: a reason for the table, on one line
        answer = {"error": (str(error).splitlines() or [type(error).__name__])[0]}
    print(json.dumps(answer), flush=True)
