package dev.heddle.exporter.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.exporter.graph.GraphException;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.SampleGraphs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

final class ModelReaderPropertyTest {

    private Path folder = Path.of("");
    private Path file = Path.of("");
    private byte[] whole = new byte[0];

    @BeforeProperty
    void writeModel() throws IOException {
        folder = Files.createTempDirectory("heddle-damaged");
        file = folder.resolve("model.onnx");
        new ModelWriter(folder, (name, bytes) -> {}).write(SampleGraphs.scaledLinear(FunctionStyle.FUNCTION));
        whole = Files.readAllBytes(file);
    }

    @AfterProperty
    void removeModel() throws IOException {
        Files.delete(file);
        Files.delete(folder.resolve("model.onnx.data"));
        Files.delete(folder);
    }

    /** What can be read must also be checked and printed without trouble. */
    @Property(tries = 2000)
    void file_withDamagedBytes_isReadOrRefused(@ForAll long seed, @ForAll @IntRange(min = 1, max = 8) int damages)
            throws IOException {
        Random random = new Random(seed);
        byte[] damaged = whole.clone();
        for (int i = 0; i < damages; i++) {
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
        }
        Files.write(file, damaged);

        Optional<Model> model = read();

        model.map(ModelChecker::check).ifPresent(findings -> assertThat(findings)
                .allMatch(finding -> finding.text().indexOf('\n') < 0));
        model.ifPresent(readable -> assertThat(GraphText.of(readable)).isNotEmpty());
    }

    private Optional<Model> read() throws IOException {
        try {
            return Optional.of(ModelReader.read(file));
        } catch (GraphException e) {
            assertThat(e).hasMessageStartingWith("model.onnx: ").message().matches(message -> message.chars()
                    .noneMatch(Character::isISOControl));
            return Optional.empty();
        }
    }
}
