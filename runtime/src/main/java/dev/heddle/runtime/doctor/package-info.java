/**
 * Looks at the machine and says what would keep a model from running, or make it slow.
 *
 * <p>Entry type: {@link dev.heddle.runtime.doctor.RuntimeDoctor}. Each check reads only what it is given, so that a
 * test can give it any machine. Printing belongs to the caller.
 */
@NullMarked
package dev.heddle.runtime.doctor;

import org.jspecify.annotations.NullMarked;
