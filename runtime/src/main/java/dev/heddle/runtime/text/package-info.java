/**
 * Text to tokens and back, with the tokenizer files of a model folder.
 *
 * <p>Entry type: {@link dev.heddle.runtime.text.Tokenizer#open}. The work is done by libraries, one adapter for each
 * file format; none of them may reach the network. A folder without a tokenizer is fine: models run on token ids.
 */
@NullMarked
package dev.heddle.runtime.text;

import org.jspecify.annotations.NullMarked;
