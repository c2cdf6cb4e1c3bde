/**
 * Compares tensors and says how far they are apart.
 *
 * <p>Entry type: {@link dev.heddle.runtime.parity.ParityReport}. That tensors differ is a result, never an exception.
 * All sums are made in double precision, and NaN never passes. Where the tensors come from is no concern of this
 * package.
 */
@NullMarked
package dev.heddle.runtime.parity;

import org.jspecify.annotations.NullMarked;
