package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.HostTensor;
import dev.heddle.runtime.session.OpsLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The client of ONNX Runtime in C that the native build makes beside the library, in a process without a JVM. */
final class NativeClient {

    private static final Path PROGRAM = Path.of("../custom-ops/target/native/client");
    private static final long LIMIT_SECONDS = 60;

    private final Path runtime;
    private final Path library;
    private final Path folder;

    private NativeClient(Path runtime, Path library, Path folder) {
        this.runtime = runtime;
        this.library = library;
        this.folder = folder;
    }

    /** @param folder for files that the client is given */
    static NativeClient in(Path folder) throws IOException {
        assumeTrue(Files.isExecutable(PROGRAM), "the client was not built on this machine: no C compiler or no cmake");
        Path library = OpsLibrary.installed().locate().orElseThrow();
        return new NativeClient(runtimeOfTheJar(folder), library, folder);
    }

    private static Path runtimeOfTheJar(Path folder) throws IOException {
        String machine = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x64";
        String resource = "/ai/onnxruntime/native/linux-" + machine + "/libonnxruntime.so";
        Path file = folder.resolve("libonnxruntime.so");
        try (InputStream in = NativeClient.class.getResourceAsStream(resource)) {
            assertThat(in).as(resource).isNotNull();
            Files.copy(in, file);
        }
        return file;
    }

    /** Opens, runs and closes the model; {@code options} are those of the client after its files. */
    CommandRun run(
            Path model,
            Map<String, HostTensor> inputs,
            Map<String, HostTensor> outputs,
            Map<String, String> environment,
            Object... options)
            throws IOException, InterruptedException {
        Path tensors = folder.resolve("tensors.txt");
        try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(tensors))) {
            inputs.forEach((name, tensor) -> print(out, "input", name, tensor));
            outputs.forEach((name, tensor) -> print(out, "output", name, tensor));
        }
        List<String> command = new ArrayList<>();
        for (Object word : List.of(PROGRAM, runtime, library, model.resolve("model.onnx"), tensors)) {
            command.add(word.toString());
        }
        for (Object option : options) {
            command.add(option.toString());
        }
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        return new CommandRun(
                process.exitValue(),
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8),
                new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
    }

    private static void print(PrintWriter out, String kind, String name, HostTensor tensor) {
        boolean whole = tensor.dtype() == DType.INT64;
        out.print(kind + ' ' + name + ' ' + (whole ? 7 : 1) + ' ' + tensor.rank());
        for (long length : tensor.shape()) {
            out.print(" " + length);
        }
        for (int i = 0; i < tensor.elementCount(); i++) {
            // In hexadecimal, a float32 is exact.
            out.print(
                    whole
                            ? " " + tensor.longs().get(i)
                            : " " + Float.toHexString(tensor.floats().get(i)));
        }
        out.println();
    }
}
