/**
 * Models of published sizes without published weights: a configuration in its source's own layout, and weights that are
 * made up when they are read. Starts at {@link dev.heddle.models.preset.Presets}.
 */
@NullMarked
package dev.heddle.models.preset;

import org.jspecify.annotations.NullMarked;
