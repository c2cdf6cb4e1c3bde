/**
 * Sessions of ONNX Runtime and the tensors that go in and out.
 *
 * <p>Entry type: {@link dev.heddle.runtime.session.ModelSession}. No class of {@code ai.onnxruntime} appears in a
 * public signature: tensors in Java memory are {@link dev.heddle.runtime.session.HostTensor}, tensors that stay with
 * ONNX Runtime are {@link dev.heddle.runtime.session.NativeTensor}. What the inputs mean (tokens, caches) belongs to
 * the packages above.
 */
@NullMarked
package dev.heddle.runtime.session;

import org.jspecify.annotations.NullMarked;
