#!/usr/bin/env python3
"""Writes a safetensors file with one sequence of token numbers.

  tokens.py FILE LENGTH VOCABULARY
"""
import json
import struct
import sys

path, length, vocabulary = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
ids = [(7 * i + 3) % vocabulary for i in range(length)]
data = struct.pack(f"<{length}q", *ids)
header = json.dumps({"input_ids": {"dtype": "I64", "shape": [1, length], "data_offsets": [0, len(data)]}}).encode()
with open(path, "wb") as file:
    file.write(struct.pack("<Q", len(header)) + header + data)
