/** Float64 arithmetic for the references: {@link dev.heddle.models.reference.DoubleTensor} and the few operations they need. Slow and plain on purpose. */
@NullMarked
package dev.heddle.models.reference;

import org.jspecify.annotations.NullMarked;
