/**
 * Shows a {@link dev.heddle.runtime.parity.ParityReport}: as text, JSON, JUnit XML, a web page, or an error of a test.
 *
 * <p>Names in reports come from files and are hostile: what a form could take for its own syntax is escaped, and
 * characters that cannot be seen are spelt out.
 */
@NullMarked
package dev.heddle.runtime.parity.report;

import org.jspecify.annotations.NullMarked;
