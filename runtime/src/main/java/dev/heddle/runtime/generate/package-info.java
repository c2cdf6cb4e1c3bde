/**
 * Makes new tokens with a decoder model, one after the other.
 *
 * <p>Entry type: {@link dev.heddle.runtime.generate.LanguageModel}, which joins a session, the loop around its cache
 * and the tokenizer of the model folder. How a token is chosen is a {@link dev.heddle.runtime.generate.Sampling}; the
 * same prompt, options and seed give the same tokens. Prompts of different length run as one batch with padding on
 * the left.
 */
@NullMarked
package dev.heddle.runtime.generate;

import org.jspecify.annotations.NullMarked;
