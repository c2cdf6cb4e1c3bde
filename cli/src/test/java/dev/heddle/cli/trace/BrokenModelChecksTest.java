package dev.heddle.cli.trace;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.platform.Fp16Conversions;
import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Graph;
import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.graph.Literal;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.exporter.onnx.ModelReader;
import dev.heddle.models.attention.KvCache;
import dev.heddle.models.family.SourceModel;
import dev.heddle.runtime.cache.Decoder;
import dev.heddle.runtime.cache.Forward;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.parity.CausalCheck;
import dev.heddle.runtime.parity.DecodeCheck;
import dev.heddle.runtime.parity.Finding;
import dev.heddle.runtime.parity.Illustration;
import dev.heddle.runtime.parity.Precision;
import dev.heddle.runtime.parity.Section;
import dev.heddle.runtime.parity.TensorComparison;
import dev.heddle.runtime.session.HostTensor;
import dev.heddle.runtime.session.ModelSession;
import dev.heddle.runtime.session.SessionOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks of behaviour and of weights, on models that are right and on models that are wrong in one place. */
final class BrokenModelChecksTest {

    private static final String LAYER = "layers.1.attention.";
    private static final int VOCABULARY = 30;

    @TempDir
    Path folder;

    private static TokenBlock tokens() {
        long[] ids = new long[2 * 9];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = 1 + i * 7 % 29;
        }
        return TokenBlock.of(HostTensor.ofLongs(ids, 2, 9));
    }

    private ModelSession broken(UnaryOperator<GraphEdit> plant) throws IOException {
        Path file = ExportedSample.of("ram-mta-v2").writeBroken(folder, plant);
        return ModelSession.open(file, SessionOptions.defaults());
    }

    private static List<Double> growth(Section decode) {
        return decode.illustrations().stream()
                .filter(Illustration.Growth.class::isInstance)
                .map(Illustration.Growth.class::cast)
                .map(Illustration.Growth::errors)
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ram-mta-v1", "ram-mta-v2", "baichuan-m1-tiny", "llama-tiny", "diffllama-tiny"})
    void rightModel_passesAllChecks(String sample) throws IOException {
        var exported = ExportedSample.of(sample, new KvCache.Static(16));
        Path file = exported.write(folder);
        try (ModelSession session = ModelSession.open(file, SessionOptions.defaults());
                SourceModel source = exported.source()) {
            Forward forward = new Forward(Decoder.of(session));

            Section decode = DecodeCheck.of(forward, tokens(), true, Precision.FLOAT32);
            assertThat(decode.comparisons()).hasSize(7).allMatch(TensorComparison::passed);
            assertThat(growth(decode)).hasSize(9).allMatch(error -> error < 1e-4);
            assertThat(CausalCheck.section(forward, tokens(), VOCABULARY).findings())
                    .containsExactly(Finding.pass(
                            "9 positions", "each changed in turn: nothing before it changes, bit for bit"));
            Section weights = WeightAudit.section(exported.graph(source), ModelReader.read(file));
            assertThat(weights.passedFindings()).isGreaterThan(20);
            assertThat(weights.failures()).isZero();
        }
    }

    @Test
    void cachedQueryTooFew_isWrongOnlyStepByStep() throws IOException {
        try (ModelSession session =
                broken(edit -> edit.constant("nine", Literal.int64s(-9)).reroute("present.1.query", 1, "nine"))) {
            Section result = DecodeCheck.of(new Forward(Decoder.of(session)), tokens(), true, Precision.FLOAT32);

            // Nine rows are enough for the first ten tokens; from then on the oldest is missed.
            assertThat(result.failures()).isZero();
            Section longer = DecodeCheck.of(new Forward(Decoder.of(session)), longTokens(), true, Precision.FLOAT32);
            assertThat(longer.comparisons())
                    .filteredOn(comparison -> !comparison.passed())
                    .extracting(TensorComparison::name)
                    .containsExactly(
                            "one token at a time",
                            "chunks of 5,1,1,3,2",
                            "two halves",
                            "left padding, then one at a time");
            assertThat(growth(longer).get(9)).isLessThan(1e-4);
            assertThat(growth(longer).get(19)).isGreaterThan(1e-4);
        }
    }

    private static TokenBlock longTokens() {
        long[] ids = new long[24];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = 1 + i * 11 % 29;
        }
        return TokenBlock.of(ids);
    }

    @Test
    void keysOfTheFuture_areSeenAtTheirPosition() throws IOException {
        try (ModelSession session = broken(edit ->
                edit.replace(LAYER + "causal", "GreaterOrEqual", Map.of(), LAYER + "key_slots", LAYER + "key_slots"))) {
            List<CausalCheck.Leak> leaks = CausalCheck.of(new Forward(Decoder.of(session)), tokens(), VOCABULARY);

            assertThat(leaks).hasSize(2 * 8);
            assertThat(leaks.get(0)).hasToString("logits at [0, 0] change with the token at [0, 1]");
        }
    }

    private Model right() throws IOException {
        return ModelReader.read(ExportedSample.of("ram-mta-v2").write(folder));
    }

    @Test
    void weightWithAZeroedRow_isNamed() throws IOException {
        Model right = right();
        String name = "layers.1.feed_forward.w2.weight_t";
        Model wrong = GraphEdit.of(right)
                .weight(name, values -> {
                    float[] changed = values.clone();
                    Arrays.fill(changed, 64, 96, 0);
                    return changed;
                })
                .done();

        Section weights = WeightAudit.section(right, wrong);

        assertThat(weights.failures()).isEqualTo(1);
        assertThat(weights.comparisons()).singleElement().satisfies(comparison -> assertThat(comparison.line())
                .startsWith(name + ": 32 of 3072 differ, worst at [2,"));
        assertThat(weights.illustrations()).singleElement().isInstanceOf(Illustration.ErrorMap.class);
    }

    @Test
    void weightThatIsNoNumber_neverPasses() throws IOException {
        Model right = right();
        String name = "layers.1.feed_forward.w2.weight_t";
        Model wrong = GraphEdit.of(right)
                .weight(name, values -> {
                    float[] changed = values.clone();
                    changed[5] = Float.NaN;
                    return changed;
                })
                .done();

        assertThat(WeightAudit.section(wrong, wrong).findings())
                .contains(Finding.fail(name, "1 elements are no numbers"));
    }

    @Test
    void weightsThatOneSideLacks_areNamed() throws IOException {
        Model right = right();
        Model more = GraphEdit.of(right).constant("extra", Literal.int64s(1)).done();

        assertThat(WeightAudit.section(right, more).findings())
                .contains(Finding.fail("extra", "is not in the source's graph"));
        assertThat(WeightAudit.section(more, right).findings()).contains(Finding.fail("extra", "is missing"));
    }

    /** The same graph with one weight stored as another float type, each value rounded to it. */
    private static Model stored(Model model, String name, DType dtype, int wrong) {
        List<Initializer> weights = model.graph().initializers().stream()
                .map(weight -> weight.name().equals(name) ? rounded(weight, dtype, wrong) : weight)
                .toList();
        Graph graph = model.graph();
        return model.withGraph(
                new Graph(graph.name(), graph.inputs(), graph.outputs(), weights, graph.nodes(), List.of()));
    }

    /** @param wrong element that is one place off; -1 for none */
    private static Initializer rounded(Initializer weight, DType dtype, int wrong) {
        HostTensor values = floats(weight);
        ByteBuffer bytes = ByteBuffer.allocate(2 * values.elementCount()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < values.elementCount(); i++) {
            float value = values.floats().get(i);
            short bits =
                    dtype == DType.FLOAT16 ? Fp16Conversions.floatToFp16(value) : Fp16Conversions.floatToBf16(value);
            bytes.putShort((short) (bits + (i == wrong ? 1 : 0)));
        }
        var type = new TensorType(dtype, weight.data().type().shape());
        return new Initializer(weight.name(), new TensorData() {
            @Override
            public TensorType type() {
                return type;
            }

            @Override
            public void writeTo(WritableByteChannel out) throws IOException {
                out.write(bytes.duplicate().flip());
            }
        });
    }

    private static HostTensor floats(Initializer weight) {
        HostTensor values = HostTensor.zeros(
                dev.heddle.runtime.session.DType.FLOAT32,
                weight.data().type().shape().lengths());
        try {
            var bytes = new ByteArrayOutputStream();
            weight.data().writeTo(Channels.newChannel(bytes));
            values.bytes().put(bytes.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return values;
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"FLOAT16", "BFLOAT16"})
    void roundedWeight_mustBeTheNearestOfItsType(DType dtype) throws IOException {
        Model right = right();
        String name = "layers.1.feed_forward.w2.weight_t";

        Section rounded = WeightAudit.section(right, stored(right, name, dtype, -1));
        Section wrong = WeightAudit.section(right, stored(right, name, dtype, 70));

        assertThat(rounded.failures()).isZero();
        assertThat(rounded.findings())
                .contains(Finding.pass(name, dtype.onnxName() + "[96,32] equal, rounded from float"));
        assertThat(wrong.comparisons()).singleElement().satisfies(comparison -> assertThat(comparison.line())
                .startsWith(name + ": 1 of 3072 differ, worst at [2,6]:"));
    }
}
