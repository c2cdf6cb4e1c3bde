/**
 * The model description: a decoder-only transformer as immutable data, with the place of every weight. Families make it from a configuration; the graph, the
 * float64 reference, the presets' parameter counts and the checks of a checkpoint all read it.
 */
@NullMarked
package dev.heddle.models.decoder;

import org.jspecify.annotations.NullMarked;
