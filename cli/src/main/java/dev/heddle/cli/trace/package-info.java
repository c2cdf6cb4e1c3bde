/** Looks into models: inner values of two sides of one graph, the first node where they part, and that node alone. */
@NullMarked
package dev.heddle.cli.trace;

import org.jspecify.annotations.NullMarked;
