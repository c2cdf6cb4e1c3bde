package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.onnx.ModelChecker;
import dev.heddle.exporter.onnx.ModelReader;
import dev.heddle.exporter.onnx.StagedFolder;
import dev.heddle.exporter.op.Activations;
import dev.heddle.exporter.profile.Target;
import dev.heddle.models.attention.KvCache;
import dev.heddle.models.decoder.GraphOptions;
import dev.heddle.models.decoder.Numerics;
import dev.heddle.models.decoder.Quantization;
import dev.heddle.models.export.ModelExport;
import dev.heddle.models.family.Families;
import dev.heddle.models.family.SourceModel;
import dev.heddle.models.weight.BlockFormat;
import dev.heddle.models.weight.Overflow;
import dev.heddle.runtime.cache.ChunkSizes;
import dev.heddle.runtime.cache.Decoder;
import dev.heddle.runtime.cache.Forward;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.parity.TensorComparer;
import dev.heddle.runtime.parity.TensorComparison;
import dev.heddle.runtime.session.HostTensor;
import dev.heddle.runtime.session.ModelSession;
import dev.heddle.runtime.session.SessionOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The samples in every precision on ONNX Runtime, against the float64 reference by the weights that the precision leaves. */
final class SamplePrecisionTest {

    private static final List<String> NAMES =
            List.of("ram-mta-v1", "ram-mta-v2", "baichuan-m1-tiny", "llama-tiny", "diffllama-tiny");

    /** Tensors whose rows are no multiple of a block, in all samples but those of the first family, where the pattern stands for itself. */
    private static String narrow(String sample) {
        return sample.startsWith("ram") ? "*.w2.weight" : "*.down_proj.weight";
    }

    @TempDir
    Path folder;

    /** Precisions by the names that failures are read by. */
    enum Kind {
        FP16(DType.FLOAT16, 0, false),
        BF16(DType.BFLOAT16, 0, false),
        INT8(DType.FLOAT32, 8, false),
        INT8_ASYMMETRIC(DType.FLOAT32, 8, true),
        INT4(DType.FLOAT32, 4, false),
        INT4_ASYMMETRIC(DType.FLOAT32, 4, true),
        INT4_FP16(DType.FLOAT16, 4, false),
        INT4_ASYMMETRIC_BF16(DType.BFLOAT16, 4, true),
        INT8_BOTH(DType.FLOAT32, 8, false, Activations.INT8),
        INT8_BOTH_ASYMMETRIC_FP16(DType.FLOAT16, 8, true, Activations.INT8),
        INT4_BY_INT8(DType.FLOAT32, 4, false, Activations.INT8),
        INT4_ASYMMETRIC_BY_INT8(DType.FLOAT32, 4, true, Activations.INT8);

        private final DType dtype;
        private final int bits;
        private final boolean asymmetric;
        private final Activations activations;

        Kind(DType dtype, int bits, boolean asymmetric) {
            this(dtype, bits, asymmetric, Activations.FLOAT);
        }

        Kind(DType dtype, int bits, boolean asymmetric, Activations activations) {
            this.dtype = dtype;
            this.bits = bits;
            this.asymmetric = asymmetric;
            this.activations = activations;
        }

        Numerics numerics(String exclude) {
            if (bits == 0) {
                return Numerics.of(dtype);
            }
            BlockFormat format = new BlockFormat(
                    bits,
                    32,
                    asymmetric ? BlockFormat.ZeroPoint.ASYMMETRIC : BlockFormat.ZeroPoint.SYMMETRIC,
                    BlockFormat.ScaleChoice.SEARCH,
                    dtype);
            return new Numerics(
                    dtype,
                    Overflow.REFUSE,
                    new Quantization.Blocks(format, Set.of(Quantization.Part.values()), List.of(exclude), activations));
        }
    }

    /** A sample in one form. */
    record Form(String sample, Kind kind, int opset, FunctionStyle style, KvCache cache, String target) {}

    static Stream<Form> forms() {
        return NAMES.stream()
                .flatMap(name -> Stream.of(Kind.values())
                        .flatMap(kind -> Stream.of(
                                new Form(name, kind, 23, FunctionStyle.FUNCTION, new KvCache.Dynamic(), "ort-1.28-cpu"),
                                new Form(name, kind, 21, FunctionStyle.INLINE, new KvCache.Dynamic(), "ort-1.28-cpu"),
                                new Form(
                                        name, kind, 23, FunctionStyle.FUNCTION, new KvCache.Static(40), "ort-1.28-cpu"),
                                new Form(name, kind, 21, FunctionStyle.FUNCTION, new KvCache.None(), "ort-1.28-cpu"),
                                new Form(name, kind, 23, FunctionStyle.INLINE, new KvCache.Dynamic(), "standard"))))
                // Of a standard graph ONNX Runtime runs on a CPU what has its kernels there; none of its operators
                // rounds activations.
                .filter(form -> !form.target().equals("standard")
                        || form.kind().dtype != DType.BFLOAT16 && form.kind().activations == Activations.FLOAT);
    }

    @ParameterizedTest
    @MethodSource("forms")
    void logits_keepTheBoundOfTheirPrecision(Form form) throws IOException {
        Path model = folder.resolve("model");
        GraphOptions options = new GraphOptions(
                form.opset(),
                form.style(),
                form.cache(),
                form.kind().numerics(narrow(form.sample())),
                Target.of(form.target()));
        try (SourceModel source = SourceModel.open(SampleParityTest.SAMPLES.resolve(form.sample()), Families.all())) {
            new ModelExport(options, "test")
                    .write(source, model, StagedFolder.Existing.REFUSE, ModelExport.Listener.silent());
            Model read = ModelReader.read(model.resolve("model.onnx"));
            assertThat(ModelChecker.check(read)).isEmpty();

            TokenBlock tokens = TokenInput.random(2, 12, source.decoder().vocabSize(), 1);
            HostTensor expected = ReferenceLogits.of(source, options.numerics().quantization(), tokens);
            try (ModelSession session = ModelSession.open(model, SessionOptions.defaults())) {
                Forward forward = new Forward(Decoder.of(session));
                ModelNumerics numerics = ModelNumerics.of(ModelMetadata.of(session.metadata()));
                TensorComparer comparer = TensorComparer.of(numerics.values());

                TensorComparison whole =
                        comparer.logits("logits", expected, forward.logits(tokens, ChunkSizes.whole()));
                assertThat(whole.passed()).as(whole.line()).isTrue();
                TensorComparison loss = TensorComparer.of(numerics.whole())
                        .logits("loss", ReferenceLogits.of(source, tokens), forward.logits(tokens, ChunkSizes.whole()));
                assertThat(loss.passed()).as(loss.line()).isTrue();
                if (!(form.cache() instanceof KvCache.None)) {
                    TensorComparison pieces =
                            comparer.logits("logits", expected, forward.logits(tokens, ChunkSizes.of(5, 1, 1, 3, 1)));
                    assertThat(pieces.passed()).as(pieces.line()).isTrue();
                }
            }
        }
    }
}
