#!/usr/bin/env python3
"""Prints the lines of the bench program as a table, beside PyTorch's times for the same cases where torch is there.

  table.py LINES      lines: name|milliseconds|bytes|part of the memory rate

SDPA computes plain attention only: what comes on top is the price of the parts. Eager is the whole of Multi-Token
Attention from PyTorch's own operators, for prompts whose scores fit into memory.
"""
import re
import statistics
import sys

try:
    import torch
    import torch.nn.functional as F
except ImportError:
    torch = None

CASE = re.compile(r"(?P<parts>.+?), (?P<kind>prompt|one token), H=(?P<heads>\d+)/(?P<kv>\d+) d=(?P<d>\d+) \w+=(?P<length>\d+)")


def milliseconds(call):
    times = []
    for i in range(26):
        begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        begin.record()
        call()
        end.record()
        end.synchronize()
        if i >= 5:
            times.append(begin.elapsed_time(end))
    return statistics.median(times)


def eager(q, k, v, parts, visible):
    heads = q.shape[1]
    kernel = torch.randn(heads, 1, 6, 11, device="cuda", dtype=q.dtype)
    mix = torch.randn(heads, heads, device="cuda", dtype=q.dtype)
    conv = lambda s: F.conv2d(F.pad(s, (5, 5, 5, 0)), kernel, groups=heads)
    has_kernel, has_mix = parts in ("pre-conv", "full"), parts in ("talking heads", "full")

    def call():
        s = torch.matmul(q, k.transpose(2, 3)) * q.shape[3] ** -0.5
        if has_kernel:
            s = conv(s.masked_fill(~visible, 0))
        if has_mix:
            s = torch.einsum("on,bnij->boij", mix, s)
        a = torch.softmax(s.masked_fill(~visible, float("-inf")).float(), -1).to(q.dtype)
        if parts == "full":
            a = conv(a).masked_fill(~visible, 0)
        if has_mix:
            a = torch.einsum("on,bnij->boij", mix, a)
        return torch.matmul(a, v)

    return call


def torch_times(case):
    heads, kv, d, length = (int(case[n]) for n in ("heads", "kv", "d", "length"))
    rows = length if case["kind"] == "prompt" else 1
    make = lambda h, n: torch.randn(1, h, n, d, device="cuda", dtype=torch.bfloat16)
    q, k, v = make(heads, rows), make(kv, length), make(kv, length)
    k, v = (x.repeat_interleave(heads // kv, 1) for x in (k, v))
    sdpa = milliseconds(lambda: F.scaled_dot_product_attention(q, k, v, is_causal=rows > 1))
    if rows == 1 or case["parts"] == "plain" or heads * length * length > 1 << 29:
        return sdpa, None
    visible = torch.ones(rows, length, device="cuda", dtype=torch.bool).tril()
    return sdpa, milliseconds(eager(q, k, v, case["parts"], visible))


def main():
    print("| case | ms | GB/s | of the copy rate | PyTorch SDPA ms | ours / SDPA | PyTorch eager ms | eager / ours |")
    print("|---|---|---|---|---|---|---|---|")
    text = lambda x: "" if x is None else f"{x:.3f}"
    for line in open(sys.argv[1], encoding="utf-8"):
        name, ms, size, share = line.rstrip("\n").split("|")
        ms, case, sdpa, slow = float(ms), CASE.fullmatch(name), None, None
        if torch is not None and case is not None:
            with torch.no_grad():
                sdpa, slow = torch_times(case)
            torch.cuda.empty_cache()
        print(f"| {name} | {ms:.3f} | {int(size) / ms / 1e6:.0f} | {share} | {text(sdpa)} | {text(sdpa and ms / sdpa)} | {text(slow)} | {text(slow and slow / ms)} |", flush=True)
    print("\nGB/s: bytes that must move (keys and values once, or rows in and out) by time; of the copy rate: against a copy of 1 GiB")
    print("in the same run. For prompts it says little: they are bound by arithmetic.")
    if torch is None:
        print("This python3 has no torch, so there is nothing to compare with.")


main()
