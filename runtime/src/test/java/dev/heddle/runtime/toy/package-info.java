/**
 * Tiny ONNX models, written by the tests that run them.
 *
 * <p>{@link dev.heddle.runtime.toy.ToyLanguageModel} follows the graph contract with integer arithmetic, so that a
 * cache, a chunk size or a batch must not change a single bit.
 */
@NullMarked
package dev.heddle.runtime.toy;

import org.jspecify.annotations.NullMarked;
