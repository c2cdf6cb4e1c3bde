package dev.heddle.cli;

import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.onnx.ModelReader;
import dev.heddle.models.decoder.Quantization;
import dev.heddle.models.family.Families;
import dev.heddle.models.family.SourceModel;
import dev.heddle.runtime.cache.ChunkSizes;
import dev.heddle.runtime.cache.Decoder;
import dev.heddle.runtime.cache.Forward;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.parity.Precision;
import dev.heddle.runtime.parity.Side;
import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.HostTensor;
import dev.heddle.runtime.session.ModelFile;
import dev.heddle.runtime.session.ModelSession;
import dev.heddle.runtime.session.OpsMode;
import dev.heddle.runtime.session.SessionOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** One of the two things that are compared: something that gives logits. */
sealed interface LogitSide extends AutoCloseable {

    /**
     * What it is, for people.
     *
     * @param dtype of its logits
     */
    Side describe(DType dtype);

    /** Number of token ids it can be given; empty if the file leaves it open, or it is not given any. */
    OptionalInt vocabulary();

    /** [batch, len, vocab]. */
    HostTensor logits(TokenBlock tokens);

    /** What it computes in; empty if its logits say all there is to know. */
    default Optional<ModelNumerics> numerics() {
        return Optional.empty();
    }

    /** What it computes in, beside the source. */
    default Precision precision(DType logits) {
        Precision stored = Precision.of(logits);
        return numerics().map(numerics -> stored.coarser(numerics.whole())).orElse(stored);
    }

    @Override
    void close();

    /**
     * A preset, a stored result (a safetensors file), a model (a folder with a model file, or the file), or a checkpoint (any other folder).
     *
     * @param chunks how a model is fed
     * @param isolated whether a model runs in a process of its own
     * @throws IOException if a file cannot be read
     */
    static LogitSide open(
            String name, PresetOptions presets, SessionOptions options, ChunkSizes chunks, boolean isolated)
            throws IOException {
        if (PresetOptions.isPreset(name)) {
            return new Reference(presets.open(name));
        }
        Path path = Path.of(name);
        if (name.endsWith(".safetensors")) {
            return Stored.open(path);
        }
        if (isModel(name)) {
            return isolated ? Isolated.open(path, options, chunks) : Exported.open(path, options, chunks);
        }
        return new Reference(SourceModel.open(path, Families.all()));
    }

    /** Whether a name means an exported model: its folder or its file. */
    static boolean isModel(String name) {
        return !PresetOptions.isPreset(name)
                && (name.endsWith(".onnx") || Files.isRegularFile(Path.of(name).resolve("model.onnx")));
    }

    private static String text(Optional<ModelNumerics> numerics, DType logits) {
        return numerics.map(ModelNumerics::text).orElse(logits.toString());
    }

    /** A checkpoint, computed in float64. */
    record Reference(SourceModel source) implements LogitSide {
        @Override
        public Side describe(DType dtype) {
            return new Side(source.origin(), "reference of " + source.decoder().family(), "-", dtype.toString());
        }

        @Override
        public OptionalInt vocabulary() {
            return OptionalInt.of(source.decoder().vocabSize());
        }

        @Override
        public HostTensor logits(TokenBlock tokens) {
            return ReferenceLogits.of(source, tokens);
        }

        /** With the weights that are left by a quantisation. */
        HostTensor logits(TokenBlock tokens, Quantization quantization) {
            return ReferenceLogits.of(source, quantization, tokens);
        }

        @Override
        public void close() {
            source.close();
        }
    }

    /** A model on ONNX Runtime. */
    record Exported(ModelSession session, Decoder decoder, ChunkSizes chunks, OpsMode ops) implements LogitSide {

        static Exported open(Path path, SessionOptions options, ChunkSizes chunks) {
            ModelSession session = ModelSession.open(path, options);
            boolean complete = false;
            try {
                Exported side = new Exported(session, Decoder.of(session), chunks, options.ops());
                complete = true;
                return side;
            } finally {
                if (!complete) {
                    session.close();
                }
            }
        }

        @Override
        public Side describe(DType dtype) {
            String pieces = chunks.isWhole() ? "whole" : "chunks of " + chunks.sizes();
            return new Side(
                    session.file().onnx().toString(),
                    "ONNX Runtime on " + session.provider() + ", " + pieces,
                    "operators " + ops.name().toLowerCase(Locale.ROOT),
                    text(numerics(), dtype));
        }

        @Override
        public Optional<ModelNumerics> numerics() {
            return ModelMetadata.numerics(ModelMetadata.of(session.metadata()));
        }

        @Override
        public OptionalInt vocabulary() {
            return decoder.vocabulary();
        }

        @Override
        public HostTensor logits(TokenBlock tokens) {
            return new Forward(decoder).logits(tokens, chunks);
        }

        @Override
        public void close() {
            session.close();
        }
    }

    /** A model on ONNX Runtime in a process of its own. */
    record Isolated(
            Path file,
            SessionOptions options,
            ChunkSizes chunks,
            OptionalInt vocabulary,
            Optional<ModelNumerics> numerics)
            implements LogitSide {

        /** @throws IOException if the model cannot be read */
        static Isolated open(Path path, SessionOptions options, ChunkSizes chunks) throws IOException {
            Path file = ModelFile.at(path).onnx();
            Model model = ModelReader.read(file);
            return new Isolated(
                    file, options, chunks, TraceRun.vocabulary(model), ModelMetadata.numerics(ModelMetadata.of(model)));
        }

        @Override
        public Side describe(DType dtype) {
            return new Side(
                    file.toString(),
                    "ONNX Runtime on " + options.provider() + ", a process of its own",
                    "operators " + options.ops().name().toLowerCase(Locale.ROOT),
                    text(numerics, dtype));
        }

        @Override
        public HostTensor logits(TokenBlock tokens) {
            try {
                return new IsolatedModel(IsolatedModel.thisProgram(), file.toString(), options, chunks).logits(tokens);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            // the process has ended
        }
    }

    /** Logits in a file. */
    record Stored(Path file, Map<String, HostTensor> tensors) implements LogitSide {

        static Stored open(Path file) {
            Map<String, HostTensor> tensors =
                    TensorFile.read(file, "logits", TokenInput.IDS, TokenInput.MASK, TokenInput.POSITIONS);
            Stored stored = new Stored(file, tensors);
            if (stored.logits().rank() != 3) {
                throw new IllegalArgumentException(
                        file + ": expected logits of [batch, len, vocab], got " + stored.logits());
            }
            return stored;
        }

        @Override
        public Side describe(DType dtype) {
            return new Side(file.toString(), "stored", "-", dtype.toString());
        }

        @Override
        public OptionalInt vocabulary() {
            return OptionalInt.empty();
        }

        /** What the logits were computed from, if the file says. */
        Optional<TokenBlock> tokens() {
            return tensors.containsKey(TokenInput.IDS) ? Optional.of(TokenInput.of(tensors, file)) : Optional.empty();
        }

        /** Tokens of the right number, for a comparison that needs only that. */
        TokenBlock anyTokens() {
            return TokenBlock.of(HostTensor.zeros(DType.INT64, logits().dim(0), logits().dim(1)));
        }

        /** The stored logits; they must be of as many tokens. */
        @Override
        public HostTensor logits(TokenBlock tokens) {
            HostTensor logits = logits();
            boolean fits = logits.dim(0) == tokens.batch() && logits.dim(1) == tokens.length();
            if (!fits) {
                throw new IllegalArgumentException(file + ": expected logits of [" + tokens.batch() + ", "
                        + tokens.length() + ", vocab] for the given tokens, got " + logits);
            }
            return logits;
        }

        private HostTensor logits() {
            HostTensor logits = tensors.get("logits");
            if (logits == null) {
                throw new IllegalStateException("checked when it was opened");
            }
            return logits;
        }

        @Override
        public void close() {
            // nothing is held open
        }
    }
}
