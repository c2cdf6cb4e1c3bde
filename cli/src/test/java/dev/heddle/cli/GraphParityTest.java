package dev.heddle.cli;

import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.runtime.session.OpsMode;
import java.util.stream.Stream;

/** The function bodies: all samples, both opsets, with functions and inlined. */
final class GraphParityTest extends GraphParitySuite {

    GraphParityTest() {
        super(OpsMode.PORTABLE);
    }

    static Stream<Form> forms() {
        return forms(FunctionStyle.values());
    }
}
