/** Where each weight of a model comes from: a stored tensor, or a change of layout of one. Streams them to the exporter and reads them as float64. */
@NullMarked
package dev.heddle.models.weight;

import org.jspecify.annotations.NullMarked;
