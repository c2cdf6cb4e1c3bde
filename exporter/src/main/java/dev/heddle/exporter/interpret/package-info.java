/** Runs graphs in float64, slowly and plainly, so that every value of a graph has something to be judged by. */
@NullMarked
package dev.heddle.exporter.interpret;

import org.jspecify.annotations.NullMarked;
