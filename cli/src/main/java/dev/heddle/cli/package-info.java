/**
 * The {@code heddle} command: one class for each sub-command, joined in {@link dev.heddle.cli.Heddle}. The only place that knows both the side that makes
 * models and the side that runs them.
 */
@NullMarked
package dev.heddle.cli;

import org.jspecify.annotations.NullMarked;
