"""Writes the signatures that ONNX itself declares, for StandardOpsTest to compare with ours.

python exporter/src/test/scripts/dump_standard_ops.py > exporter/src/test/resources/dev/heddle/exporter/op/standard-ops.tsv

Needs the onnx wheel. The operators are those that StandardOps.java names.
"""

import pathlib
import re

import onnx

OPSETS = (21, 23)
SOURCE = pathlib.Path(__file__).parents[2] / "main/java/dev/heddle/exporter/op/StandardOps.java"
MARKS = {"Single": "", "Optional": "?", "Variadic": "*"}


def parameters(formals):
    return " ".join(formal.name + MARKS[formal.option.name] for formal in formals) or "-"


def attributes(schema):
    declared = sorted(schema.attributes.items())
    return " ".join(f"{name}:{a.type.name}{'!' if a.required else ''}" for name, a in declared) or "-"


def main():
    history = onnx.defs.get_all_schemas_with_history()
    names = set(re.findall(r'"([A-Z]\w+)"', SOURCE.read_text()))
    print(f"# onnx {onnx.__version__}: operator, opset, since_version, inputs, outputs, attributes")
    for name in sorted(names):
        for opset in OPSETS:
            versions = [s for s in history if s.name == name and s.domain == "" and s.since_version <= opset]
            if versions:
                s = max(versions, key=lambda version: version.since_version)
                row = (name, opset, s.since_version, parameters(s.inputs), parameters(s.outputs), attributes(s))
                print(*row, sep="\t")


main()
