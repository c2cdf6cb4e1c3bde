package dev.heddle.cli.trace;

import dev.heddle.exporter.graph.Node;
import dev.heddle.runtime.parity.TensorComparison;

/**
 * How one value differs.
 *
 * @param node that makes it
 * @param value its name; the comparison may carry another
 */
public record ValueComparison(Node node, String value, TensorComparison comparison) {}
