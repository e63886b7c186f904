"""What GPUs can compute at most, from their vendors' datasheets: the denominator of MFU."""

from __future__ import annotations

import re

# Dense tensor-core peaks in TFLOP/s, bf16 with fp32 accumulation (half of what datasheets print "with sparsity").
# NVIDIA's datasheets: A100, A30, A40, A10, L4, L40, L40S, T4, H100 (SXM, PCIe, NVL), H200 (SXM, NVL), GH200, HGX B200;
# whitepapers "GA102 GPU Architecture", "Ada GPU Architecture", "RTX Blackwell GPU Architecture" for the RTX cards.
# The first pattern that matches the name decides, so longer names come first.
_PEAKS = (
    (r"laptop|max-q|mobile|\bMIG\b", None),  # less than the desktop card or the whole GPU, and not published
    (r"\bGB200\b", 2500.0),
    (r"\bB200\b", 2250.0),
    (r"\bGH200\b", 989.4),
    (r"\bH200 NVL\b", 835.5),
    (r"\bH200\b", 989.4),
    (r"\bH100 NVL\b", 835.5),
    (r"\bH100 PCIe\b", 756.0),
    (r"\bH[18]00\b", 989.4),
    (r"\bA[18]00\b", 312.0),
    (r"\bL40S\b", 362.0),
    (r"\bL40\b", 181.0),
    (r"\bL4\b", 121.0),
    (r"\bA40\b", 149.7),
    (r"\bA30\b", 165.0),
    (r"\bA10G\b", 70.0),
    (r"\bA10\b", 125.0),
    (r"\bT4\b", 65.0),  # fp16: Turing has no bf16 tensor cores
    (r"RTX 6000 Ada", 364.2),
    (r"RTX A6000", 154.8),
    (r"RTX 5090 D", None),
    (r"RTX 5090", 209.5),
    (r"RTX 5080", 112.6),
    (r"RTX 4090 D", None),
    (r"RTX 4090", 165.2),
    (r"RTX 4080 SUPER", 104.4),
    (r"RTX 4080", 97.5),
    (r"RTX 3090 Ti", 80.0),
    (r"RTX 3090", 71.0),
    (r"RTX 3080 Ti", 68.2),
)


def peak_flops(device_name: str) -> float | None:
    """Dense bf16 peak in FLOP/s of a GPU by the name that PyTorch gives it (T4: fp16); None where it is not known."""
    for pattern, teraflops in _PEAKS:
        if re.search(pattern, device_name, re.IGNORECASE):
            return None if teraflops is None else teraflops * 1e12
    return None
