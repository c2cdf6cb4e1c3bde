package dev.heddle.cli.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.onnx.ModelReader;
import dev.heddle.exporter.profile.Target;
import dev.heddle.models.attention.KvCache;
import dev.heddle.models.decoder.GraphOptions;
import dev.heddle.models.decoder.Numerics;
import dev.heddle.models.decoder.Quantization;
import dev.heddle.models.family.SourceModel;
import dev.heddle.models.weight.BlockFormat;
import dev.heddle.models.weight.BlockFormat.ScaleChoice;
import dev.heddle.models.weight.BlockFormat.ZeroPoint;
import dev.heddle.models.weight.Overflow;
import dev.heddle.runtime.parity.Finding;
import dev.heddle.runtime.parity.Section;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights of few bits, judged by what they stand for: of right models and of models that are wrong in one tensor. */
final class BlockAuditTest {

    /** One has codes in bytes, the other in small integers. */
    private static final List<String> TARGETS = List.of("ort-1.28-cpu", "standard");

    @TempDir
    Path folder;

    private static ExportedSample sample(BlockFormat format, String target) {
        Quantization blocks = new Quantization.Blocks(format, Set.of(Quantization.Part.values()), List.of());
        return new ExportedSample(
                "ram-mta-v2",
                new GraphOptions(
                        21,
                        FunctionStyle.INLINE,
                        new KvCache.None(),
                        new Numerics(format.scaleType(), Overflow.REFUSE, blocks),
                        Target.of(target)));
    }

    private static BlockFormat format(int bits, ZeroPoint zero, ScaleChoice scales, DType scaleType) {
        return new BlockFormat(bits, 32, zero, scales, scaleType);
    }

    static Stream<Arguments> rightModels() {
        return BlockFormat.BITS.stream()
                .flatMap(bits -> Stream.of(ZeroPoint.values()).flatMap(zero -> Stream.of(ScaleChoice.values())
                        .flatMap(scales -> Stream.of(DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16)
                                .flatMap(type -> TARGETS.stream()
                                        .map(target -> Arguments.of(format(bits, zero, scales, type), target))))));
    }

    /** The search must be allowed all that it does, in every way of storing; each weight of the model is judged. */
    @ParameterizedTest
    @MethodSource
    void rightModels(BlockFormat format, String target) throws IOException {
        ExportedSample sample = sample(format, target);
        try (SourceModel source = sample.source()) {
            Model written = ModelReader.read(sample.write(folder));

            Section section = WeightAudit.section(sample.graph(source), written);

            assertThat(section.failures()).as("%s", section.findings()).isZero();
            assertThat(section.findings())
                    .filteredOn(
                            finding -> finding.text().contains("the nearest codes for their scales, relative error "))
                    .hasSize(count(written, "_scale"));
            assertThat(section.passedFindings() + count(written, "_zero"))
                    .isEqualTo(written.graph().initializers().size());
        }
    }

    /** Another way to the scales is as good if it loses no more. */
    @ParameterizedTest
    @ValueSource(strings = {"ort-1.28-cpu", "standard"})
    void otherScalesThanTheExports_passByTheirValues(String target) throws IOException {
        BlockFormat plain = format(4, ZeroPoint.ASYMMETRIC, ScaleChoice.NEAREST, DType.FLOAT32);
        BlockFormat searched = format(4, ZeroPoint.ASYMMETRIC, ScaleChoice.SEARCH, DType.FLOAT32);
        ExportedSample sample = sample(plain, target);
        try (SourceModel source = sample.source()) {
            Model written = ModelReader.read(sample.write(folder));

            Section section = WeightAudit.section(sample(searched, target).graph(source), written);

            assertThat(section.failures()).isZero();
            assertThat(section.findings())
                    .filteredOn(finding -> finding.text().contains("relative error"))
                    .isNotEmpty()
                    .allMatch(finding ->
                            finding.text().matches(".* relative error (\\S+) \\(Frobenius\\), by plain rounding \\1"));
        }
    }

    private static int count(Model model, String suffix) {
        return (int) model.graph().initializers().stream()
                .filter(weight -> weight.name().endsWith(suffix))
                .count();
    }

    static Stream<Arguments> faults() {
        return Arrays.stream(PlantedCodeFault.values())
                .flatMap(fault -> TARGETS.stream().map(target -> Arguments.of(fault, target)));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void plantedFault_isNamedAtItsTensor(PlantedCodeFault fault, String target) throws IOException {
        ExportedSample sample = sample(format(fault.bits(), fault.zero(), ScaleChoice.SEARCH, DType.FLOAT32), target);
        try (SourceModel source = sample.source()) {
            Model broken =
                    ModelReader.read(sample.writeBroken(folder, edit -> edit.bytes(fault.place(), fault.plant())));

            Section section = WeightAudit.section(sample.graph(source), broken);

            assertThat(section.failures()).isEqualTo(1);
            assertThat(section.comparisons()).singleElement().satisfies(comparison -> {
                assertThat(comparison.name()).isEqualTo(fault.place());
                assertThat(comparison.passed()).isFalse();
            });
            assertThat(section.findings())
                    .filteredOn(finding -> finding.status() == Finding.Status.NOTE)
                    .singleElement()
                    .satisfies(note -> {
                        assertThat(note.where()).isEqualTo(fault.codes());
                        assertThat(note.text()).contains(" codes are not the nearest for their scale, worst at [");
                        if (fault.place().equals(fault.codes())) {
                            String wrong = note.text().substring(0, note.text().indexOf(' '));
                            assertThat(section.comparisons().get(0).line()).contains(": " + wrong + " of 3072 differ");
                        }
                    });
        }
    }
}
