/**
 * What an operator looks like from outside: its inputs, outputs and attributes. {@link dev.heddle.ops.CustomOps} declares those of domain {@code dev.heddle} and
 * is the only place where they are written down; graphs, function bodies, native kernels and {@code docs/operators.md} follow it. Knows neither ONNX's file
 * format nor ONNX Runtime.
 */
@NullMarked
package dev.heddle.ops;

import org.jspecify.annotations.NullMarked;
