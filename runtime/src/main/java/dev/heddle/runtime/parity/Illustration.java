package dev.heddle.runtime.parity;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Something to look at beside the numbers. */
public sealed interface Illustration {
    /** One line. */
    String title();

    /** |actual - expected| of a 2-D slice, the one with the worst pair. */
    record ErrorMap(String title, Grid errors) implements Illustration {}

    /** Attention probabilities of one head, queries by keys. */
    record AttentionScores(String title, Grid expected, Grid actual) implements Illustration {
        /** |actual - expected| of the cells that are shown; empty if the sides have other sizes. */
        public Optional<Grid> difference() {
            boolean same = expected.fullRows() == actual.fullRows() && expected.fullColumns() == actual.fullColumns();
            return same
                    ? Optional.of(Grid.of(
                            expected.rows(),
                            expected.columns(),
                            (row, column) -> Math.abs(
                                    actual.at((int) row, (int) column) - expected.at((int) row, (int) column))))
                    : Optional.empty();
        }
    }

    /**
     * The largest error of each step, first step first.
     *
     * @param step what is counted, as in "position"
     * @param allowed at the largest expected value of all steps
     */
    record Growth(String title, String step, List<Double> errors, double allowed) implements Illustration {
        public Growth {
            errors = List.copyOf(errors);
        }
    }

    /**
     * The part of a graph around a node.
     *
     * @param nodes those to draw, in any order; wires between them follow from their value names
     * @param first name of the first wrong node
     */
    record Neighbourhood(String title, List<Node> nodes, String first) implements Illustration {
        public Neighbourhood {
            nodes = List.copyOf(nodes);
        }
    }

    /**
     * A node of a graph.
     *
     * @param inputs value names
     * @param outputs value names
     * @param severities of the outputs that were compared, by value name; above 1 is wrong
     */
    record Node(String name, String type, List<String> inputs, List<String> outputs, Map<String, Double> severities) {
        public Node {
            inputs = List.copyOf(inputs);
            outputs = List.copyOf(outputs);
            severities = Map.copyOf(severities);
        }
    }
}
