/**
 * Runs ONNX models from Java through ONNX Runtime.
 *
 * <p>Entry types: {@code session.ModelSession} for tensors, {@code generate.LanguageModel} for tokens and text. This
 * package itself holds only what all of them share: the failures they throw and the rule for closing native objects.
 * It knows neither the exporter nor the model families; what joins them is a folder on disk.
 */
@NullMarked
package dev.heddle.runtime;

import org.jspecify.annotations.NullMarked;
