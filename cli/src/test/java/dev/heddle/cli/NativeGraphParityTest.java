package dev.heddle.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.runtime.session.OpsLibrary;
import dev.heddle.runtime.session.OpsMode;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** The kernels of the native library, on the same files as the function bodies. */
@Tag("native")
final class NativeGraphParityTest extends GraphParitySuite {

    NativeGraphParityTest() {
        super(OpsMode.NATIVE);
    }

    @BeforeAll
    static void needsTheLibrary() {
        assumeTrue(
                OpsLibrary.installed().locate().isPresent(),
                "libheddle_ops was not built on this machine: no C++ compiler or no cmake");
    }

    static Stream<GraphForm> forms() {
        return GraphForm.all(FunctionStyle.FUNCTION);
    }
}
