/**
 * The graph while it is built: types and symbolic shapes, values, scopes that name them, nodes, and the rules that infer every value's type at
 * the call that makes it. Starts at {@link dev.heddle.exporter.graph.GraphScope}. Knows neither files nor what is being built.
 */
@NullMarked
package dev.heddle.exporter.graph;

import org.jspecify.annotations.NullMarked;
