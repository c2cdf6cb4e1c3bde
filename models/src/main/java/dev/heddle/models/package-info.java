/** Transformer checkpoints and presets as immutable model descriptions, and their emission as graphs. */
@NullMarked
package dev.heddle.models;

import org.jspecify.annotations.NullMarked;
