#!/usr/bin/env bash
# One model on the CPU with portable operators and on CUDA with the kernels, whole and in chunks: the same numbers.
#   parity.sh WORK      from the repository's root; the environment is that of scripts/gpu-check
set -euo pipefail

work=$1
tools=$(dirname "$0")
input=$work/input.safetensors
rm -rf "$work/model"
bin/heddle export preset:mta-toy --init random --seed 7 -o "$work/model"
python3 "$tools/tokens.py" "$input" 300 32
bin/heddle run "$work/model" --input "$input" --output "$work/cpu.safetensors" --provider cpu --ops portable
for chunks in 300 200,50,1,1,48; do
  bin/heddle run "$work/model" --input "$input" --output "$work/cuda.safetensors" --provider cuda --ops native --chunks "$chunks"
  bin/heddle parity "$work/cpu.safetensors" "$work/cuda.safetensors"
done
