package dev.heddle.cli;

import java.io.IOException;
import java.nio.file.Path;

/** Small models that tests of other commands run. */
final class ExportedModels {

    private static final Path SAMPLES = Path.of("../models/src/test/resources/samples");

    private ExportedModels() {}

    /** The sample as a model of that name in the folder. */
    static Path export(String sample, Path folder, Object... options) {
        Path target = folder.resolve(sample);
        Object[] arguments = new Object[4 + options.length];
        arguments[0] = "export";
        arguments[1] = SAMPLES.resolve(sample);
        arguments[2] = "-o";
        arguments[3] = target;
        System.arraycopy(options, 0, arguments, 4, options.length);
        CommandRun.of(arguments).assertDone();
        return target;
    }

    static Path copy(Path model, Path target) throws IOException {
        FolderContents.copy(model, target);
        return target;
    }
}
