package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The files that an export makes: always the same ones, in as many pieces as asked for. */
final class ExportFilesTest {

    private static final Path SAMPLES = Path.of("../models/src/test/resources/samples");

    @TempDir
    private Path folder;

    private Path export(String sample, String name, Object... options) throws IOException {
        return Files.move(
                ExportedModels.export(sample, Files.createDirectory(folder.resolve("in-" + name)), options),
                folder.resolve(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ram-mta-v1", "ram-mta-v2", "baichuan-m1-tiny", "llama-tiny", "diffllama-tiny"})
    void export_ofTheSameSource_givesTheSameFiles(String sample) throws IOException {
        Path first = export(sample, "first", "--shard-size", "20KiB");
        Path second = export(sample, "second", "--shard-size", "20KiB");

        Map<String, String> files = FolderContents.of(first);
        assertThat(files.keySet()).anyMatch(name -> name.startsWith("model-00002-of-"));
        assertThat(FolderContents.of(second)).isEqualTo(files);
    }

    @Test
    void shards_areNoLargerThanAskedFor() throws IOException {
        Path model = export("llama-tiny", "model", "--shard-size", "20KiB");

        assertThat(FolderContents.names(model))
                .contains("model-00001-of-00005.onnx.data")
                .doesNotContain("model.onnx.data");
        for (String name : FolderContents.names(model)) {
            assertThat(Files.size(model.resolve(name)))
                    .as(name)
                    .isLessThanOrEqualTo(name.endsWith(".data") ? 20 << 10 : Long.MAX_VALUE);
        }
    }

    @Test
    @Tag("ort")
    void shards_computeWhatOneFileComputes() throws IOException {
        Path whole = export("llama-tiny", "whole");
        Path shards = export("llama-tiny", "shards", "--shard-size", "20KiB");

        CommandRun run = CommandRun.of("parity", whole, shards);

        run.assertDone();
    }

    @Test
    void inspect_ofShards_namesThemAll() throws IOException {
        Path model = export("llama-tiny", "model", "--shard-size", "20KiB");

        CommandRun run = CommandRun.of("inspect", model);

        run.assertDone();
        assertThat(run.out())
                .contains("weights     " + model.resolve("model-00001-of-00005.onnx.data") + ", ")
                .contains("weights     " + model.resolve("model-00005-of-00005.onnx.data") + ", ");
    }

    @ParameterizedTest
    @CsvSource({"0", "-1", "4Gib", "many", "1e9", "99999999999TB", "''"})
    void shardSize_thatIsNoSize_isRefused(String size) {
        CommandRun.of("export", SAMPLES.resolve("llama-tiny"), "-o", folder.resolve("model"), "--shard-size", size)
                .assertMisused(
                        "invalid value for option '--shard-size': expected a number of bytes as 4GiB or 500MB, got '"
                                + size + "'; see heddle export --help");
    }

    @ParameterizedTest
    @CsvSource({"4096, 4096", "500MB, 500000000", "4GiB, 4294967296", "1.5 KB, 1500", "0.25B, 1", "2TiB, 2199023255552"
    })
    void shardSize_isReadAsPeopleWriteIt(String size, long bytes) {
        assertThat(new ByteSizeConverter().convert(size)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"preset:mta-toy", "../models/src/test/resources/samples/ram-mta-v2"})
    void bench_measuresExportAgainstCopy(String source) throws IOException {
        Path json = folder.resolve("report.json");
        Path scratch = Files.createDirectory(folder.resolve("scratch"));

        CommandRun run = CommandRun.of(
                "bench",
                "export",
                source,
                "--rounds",
                1,
                "--scratch",
                scratch,
                "--shard-size",
                "100KB",
                "--json",
                json);

        run.assertDone();
        JsonNode measured =
                new ObjectMapper().readTree(json.toFile()).path("cases").path(0);
        assertThat(measured.path("ratio").asDouble())
                .isEqualTo(measured.path("export_mb_per_s").asDouble()
                        / measured.path("copy_mb_per_s").asDouble());
        assertThat(measured.path("bytes").asLong()).isGreaterThan(100_000);
        assertThat(measured.path("copied_bytes").asDouble())
                .isBetween(
                        0.5 * measured.path("bytes").asLong(),
                        1.5 * measured.path("bytes").asLong());
        assertThat(measured.path("peak_heap_bytes").asLong())
                .isBetween(1L << 20, measured.path("heap_limit_bytes").asLong());
        assertThat(measured.path("peak_anonymous_bytes").asLong()).isGreaterThan(10L << 20);
        assertThat(run.out()).contains(source);
        assertThat(FolderContents.names(scratch)).isEmpty();
    }
}
