package dev.heddle.cli;

import dev.heddle.exporter.onnx.StagedFolder;
import dev.heddle.models.decoder.GraphOptions;
import dev.heddle.models.export.ModelExport;
import dev.heddle.models.export.SourceLayout;
import dev.heddle.models.family.Families;
import dev.heddle.models.family.SourceModel;
import dev.heddle.models.preset.Initialization;
import dev.heddle.models.preset.Preset;
import dev.heddle.models.preset.SmallModels;
import dev.heddle.runtime.cache.AttentionMask;
import dev.heddle.runtime.cache.ChunkSizes;
import dev.heddle.runtime.cache.Forward;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.generate.LanguageModel;
import dev.heddle.runtime.generate.Token;
import dev.heddle.runtime.generate.TokenStream;
import dev.heddle.runtime.parity.Precision;
import dev.heddle.runtime.parity.TensorComparer;
import dev.heddle.runtime.parity.TensorComparison;
import dev.heddle.runtime.session.HostTensor;
import dev.heddle.runtime.session.SessionOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One model's way through the demo. */
record DemoCase(Preset preset, SourceLayout layout) {

    private static final int BATCH = 2;
    private static final int LENGTH = 40;
    private static final int NEW_TOKENS = 8;
    private static final ChunkSizes CHUNKS = ChunkSizes.of(5, 1, 1, 3, 7, 1);

    static List<DemoCase> all() {
        return List.of(
                new DemoCase(SmallModels.multiTokenAttention(), SourceLayout.TORCH),
                new DemoCase(SmallModels.firstMultiTokenAttention(), SourceLayout.SAFETENSORS),
                new DemoCase(SmallModels.talkingHeads(), SourceLayout.TORCH),
                new DemoCase(SmallModels.keyValueShift(), SourceLayout.SAFETENSORS),
                new DemoCase(SmallModels.baichuan(), SourceLayout.SHARDED),
                new DemoCase(SmallModels.differential(), SourceLayout.SAFETENSORS),
                new DemoCase(SmallModels.llama(), SourceLayout.SAFETENSORS));
    }

    String name() {
        return preset.name();
    }

    /**
     * What was measured: differences as part of the largest logit.
     *
     * @param whole the sequence in one run
     * @param chunked the sequence in pieces through the cache
     * @param padded one row padded on the left, one on the right
     */
    record Outcome(
            long parameters, double whole, double chunked, double padded, String argmax, boolean same, String tokens) {}

    /** Leaves {@code checkpoint} and {@code model} in the folder. */
    Outcome run(Path folder, SessionOptions options) throws IOException {
        Path checkpoint = Files.createDirectories(folder.resolve("checkpoint"));
        Path model = folder.resolve("model");
        try (SourceModel made = preset.open(Initialization.RANDOM, 1)) {
            layout.write(made, checkpoint);
        }
        try (SourceModel source = SourceModel.open(checkpoint, Families.all())) {
            new ModelExport(GraphOptions.defaults(), Version.current())
                    .write(source, model, StagedFolder.Existing.REFUSE, ModelExport.Listener.silent());
            try (LanguageModel opened = LanguageModel.open(model, options)) {
                return compare(source, opened);
            }
        }
    }

    private static Outcome compare(SourceModel source, LanguageModel model) {
        TokenBlock tokens = TokenInput.random(BATCH, LENGTH, source.decoder().vocabSize(), 1);
        TokenBlock padded = tokens.withMask(AttentionMask.of(HostTensor.ofLongs(leftAndRight(), BATCH, LENGTH)));
        HostTensor expected = ReferenceLogits.of(source, tokens);
        Forward forward = new Forward(model.decoder());
        TensorComparison.Values whole = compared(expected, forward.logits(tokens, ChunkSizes.whole()));
        TensorComparison.Values chunked = compared(expected, forward.logits(tokens, CHUNKS));
        TensorComparison.Values paddedWhole =
                compared(ReferenceLogits.of(source, padded), forward.logits(padded, ChunkSizes.whole()));
        return new Outcome(
                source.decoder().parameterCount(),
                whole.errors().scaleRelative(),
                chunked.errors().scaleRelative(),
                paddedWhole.errors().scaleRelative(),
                whole.logits().argmax().equal() + "/" + whole.logits().rows(),
                whole.passed() && chunked.passed() && paddedWhole.passed(),
                generated(model));
    }

    /** The first row padded on the left, the second on the right, a quarter of the length each. */
    private static long[] leftAndRight() {
        long[] mask = new long[BATCH * LENGTH];
        int padding = LENGTH / 4;
        for (int column = 0; column < LENGTH; column++) {
            mask[column] = column >= padding ? 1 : 0;
            mask[LENGTH + column] = column < LENGTH - padding ? 1 : 0;
        }
        return mask;
    }

    private static TensorComparison.Values compared(HostTensor expected, HostTensor actual) {
        TensorComparison comparison = TensorComparer.of(Precision.FLOAT32).logits("logits", expected, actual);
        if (comparison instanceof TensorComparison.Values values) {
            return values;
        }
        throw new IllegalArgumentException(comparison.line());
    }

    private static String generated(LanguageModel model) {
        List<String> ids = new ArrayList<>();
        try (TokenStream stream = model.stream(new long[] {1, 2, 3}, model.options(NEW_TOKENS))) {
            while (stream.hasNext()) {
                Token token = stream.next();
                ids.add(Long.toString(token.id()));
            }
        }
        return String.join(",", ids);
    }
}
