/**
 * Builds graphs, checks them and writes them as ONNX files; reads them back. The packages below do the work: {@code graph}, {@code op}, {@code onnx}. What a
 * model is, and where its weights come from, must not come in.
 */
@NullMarked
package dev.heddle.exporter;

import org.jspecify.annotations.NullMarked;
