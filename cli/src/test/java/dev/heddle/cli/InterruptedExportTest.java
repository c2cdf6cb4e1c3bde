package dev.heddle.cli;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Exports that end in the middle: the real program, on a model that takes much longer to write than a test waits. */
final class InterruptedExportTest {

    private static final String LARGE = "preset:mta-300m";
    private static final String STAGING = ".model.heddle-new-";
    private static final long LIMIT_SECONDS = 60;

    @TempDir
    private Path folder;

    private ExportTrial trial;

    /** How a program is ended. */
    enum Signal {
        TERMINATE {
            @Override
            void send(ProcessHandle process) {
                process.destroy();
            }
        },
        KILL {
            @Override
            void send(ProcessHandle process) {
                process.destroyForcibly();
            }
        };

        abstract void send(ProcessHandle process);
    }

    @BeforeEach
    void copySample() throws IOException {
        trial = ExportTrial.of("llama-tiny", folder);
    }

    /** Starts an export, waits until it writes weights, and ends it. */
    private CommandRun interrupt(Signal signal, Object... options) throws IOException, InterruptedException {
        Object[] arguments = new Object[4 + options.length];
        System.arraycopy(new Object[] {"export", LARGE, "-o", trial.target()}, 0, arguments, 0, 4);
        System.arraycopy(options, 0, arguments, 4, options.length);
        try (WatchService watch = trial.around().getFileSystem().newWatchService()) {
            trial.around().register(watch, ENTRY_CREATE);
            HeddleProcess export = HeddleProcess.start("exec \"$@\"", arguments);
            try {
                String staging = await(watch, STAGING);
                trial.around().resolve(staging).register(watch, ENTRY_MODIFY);
                await(watch, "model.onnx.data");
                signal.send(export.handle());
                return export.finish();
            } finally {
                export.handle().destroyForcibly();
            }
        }
    }

    /** @return the name of a file that begins so, once something happened to it */
    private static String await(WatchService watch, String prefix) throws InterruptedException {
        while (true) {
            WatchKey key = watch.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
            assertThat(key).as("event for " + prefix).isNotNull();
            for (WatchEvent<?> event : key.pollEvents()) {
                if (String.valueOf(event.context()).startsWith(prefix)) {
                    return event.context().toString();
                }
            }
            key.reset();
        }
    }

    @Test
    void export_toldToStop_leavesNothing() throws IOException, InterruptedException {
        CommandRun run = interrupt(Signal.TERMINATE);

        assertThat(run.exitCode()).isEqualTo(128 + 15);
        assertThat(run.err()).isEmpty();
        assertThat(FolderContents.names(trial.around())).isEmpty();
    }

    @Test
    void export_thatWasKilled_leavesOnlyWhatTheNextOneRemoves() throws IOException, InterruptedException {
        interrupt(Signal.KILL);
        assertThat(FolderContents.names(trial.around())).allMatch(name -> name.startsWith(STAGING));

        trial.export().assertDone();

        assertThat(FolderContents.names(trial.around())).containsExactly("model");
    }

    @ParameterizedTest
    @EnumSource
    void export_overAnOldModel_keepsItWhole(Signal signal) throws IOException, InterruptedException {
        trial.export().assertDone();
        Map<String, String> before = FolderContents.of(trial.target());

        interrupt(signal, "--force");

        assertThat(FolderContents.of(trial.target())).isEqualTo(before);
        trial.export("--force").assertDone();
        assertThat(FolderContents.names(trial.around())).containsExactly("model");
        assertThat(Files.isRegularFile(trial.target().resolve("model.onnx"))).isTrue();
    }

    @Test
    void demo_toldToStop_leavesNothing() throws IOException, InterruptedException {
        try (WatchService watch = trial.around().getFileSystem().newWatchService()) {
            trial.around().register(watch, ENTRY_CREATE);
            HeddleProcess demo = HeddleProcess.start("exec \"$@\"", "demo", "-o", trial.target());
            try {
                await(watch, "");
                Signal.TERMINATE.send(demo.handle());

                assertThat(demo.finish().exitCode()).isEqualTo(128 + 15);
            } finally {
                demo.handle().destroyForcibly();
            }
        }
        assertThat(FolderContents.names(trial.around())).isEmpty();
    }

    @Test
    void bench_toldToStop_removesItsTemporaryFolder() throws IOException, InterruptedException {
        try (WatchService watch = trial.around().getFileSystem().newWatchService()) {
            trial.around().register(watch, ENTRY_CREATE);
            HeddleProcess bench =
                    HeddleProcess.start("exec \"$@\"", "bench", "export", LARGE, "--scratch", trial.around());
            try {
                String scratch = await(watch, "heddle-bench");
                trial.around().resolve(scratch).register(watch, ENTRY_CREATE);
                await(watch, "round");
                Signal.TERMINATE.send(bench.handle());

                assertThat(bench.finish().exitCode()).isEqualTo(128 + 15);
            } finally {
                bench.handle().destroyForcibly();
            }
        }
        assertThat(FolderContents.names(trial.around())).isEmpty();
    }
}
