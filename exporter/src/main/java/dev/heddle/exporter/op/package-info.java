/**
 * ONNX's own operators, as many as Heddle's graphs use: signatures and inference rules in {@link dev.heddle.exporter.op.StandardOps}, calls in
 * {@link dev.heddle.exporter.op.OnnxOps}. A test compares the signatures with ONNX's own.
 */
@NullMarked
package dev.heddle.exporter.op;

import org.jspecify.annotations.NullMarked;
