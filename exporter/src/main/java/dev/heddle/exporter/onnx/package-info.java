/**
 * Models as files: {@link dev.heddle.exporter.onnx.ModelWriter} streams a model and its weights to disk, {@link dev.heddle.exporter.onnx.ModelReader} reads one
 * back, {@link dev.heddle.exporter.onnx.ModelChecker} proves that it follows ONNX's rules, {@link dev.heddle.exporter.onnx.GraphText} prints it in ONNX's textual syntax.
 */
@NullMarked
package dev.heddle.exporter.onnx;

import org.jspecify.annotations.NullMarked;
