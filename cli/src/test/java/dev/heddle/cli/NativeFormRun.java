package dev.heddle.cli;

import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.models.attention.KvCache;
import dev.heddle.models.attention.ReferenceRun;
import dev.heddle.models.attention.VariantSamples;
import dev.heddle.models.reference.DoubleTensor;
import dev.heddle.runtime.session.OpsMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A program: compares samples on native kernels with the reference, so that a test can choose the environment for it. */
final class NativeFormRun {

    private NativeFormRun() {}

    /**
     * Prints one line for each sample: name, whether it is close, hash of all bits.
     *
     * @param arguments a folder for models, then names of samples
     */
    public static void main(String[] arguments) throws IOException {
        for (String name : Arrays.copyOfRange(arguments, 1, arguments.length)) {
            GraphForm form = new GraphForm(
                    VariantSamples.valueOf(name),
                    23,
                    FunctionStyle.FUNCTION,
                    ElementPrecision.FLOAT32,
                    new KvCache.Dynamic());
            Path folder = Files.createDirectory(Path.of(arguments[0], name));
            ReferenceRun reference = form.reference();
            try (OrtAttention graph = OrtAttention.open(
                    form.variant(),
                    form.weights(),
                    23,
                    form.style(),
                    form.precision(),
                    form.cache(),
                    OpsMode.NATIVE,
                    folder)) {
                ReferenceRun run =
                        new ReferenceRun(reference.variant(), graph, reference.q(), reference.k(), reference.v());
                DoubleTensor whole = run.whole();
                boolean close = form.isClose(whole, reference.whole())
                        && form.isClose(run.chunked(5, 1, 1, 3, 1, 1, 5), reference.whole());
                System.out.println(
                        name + (close ? " close " : " wrong ") + Integer.toHexString(Arrays.hashCode(whole.data())));
            }
        }
    }
}
