/**
 * Attention as data. A {@link dev.heddle.models.attention.AttentionVariant} is one data flow; its parts are small sealed interfaces. Each variant has
 * three files with one prefix: the record (data and checks), its emitter (graph) and its reference (float64). Nothing else may reach the latter two.
 */
@NullMarked
package dev.heddle.models.attention;

import org.jspecify.annotations.NullMarked;
