package dev.heddle.cli;

import dev.heddle.cli.trace.GraphInputs;
import dev.heddle.cli.trace.SideContract;
import dev.heddle.cli.trace.TracedSide;
import dev.heddle.exporter.graph.GraphException;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.onnx.ModelReader;
import dev.heddle.models.decoder.Quantization;
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
import dev.heddle.runtime.session.OpsMode;
import dev.heddle.runtime.session.SessionOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/** One of the two things that are compared: something that gives logits. */
sealed interface LogitSide extends AutoCloseable {

    String LOGITS = "logits";

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

    private static String text(Optional<ModelNumerics> numerics, DType logits) {
        return numerics.map(ModelNumerics::text).orElse(logits.toString());
    }

    @Override
    void close() throws IOException;

    /** As the user calls it. */
    SideName name();

    /**
     * A preset, stored logits, a model or a checkpoint.
     *
     * @param chunks how a model is fed
     * @param isolated whether a model runs in a process of its own
     * @throws IOException if a file cannot be read
     */
    static LogitSide open(SideName name, TracedSides sides, ChunkSizes chunks, boolean isolated) throws IOException {
        if (name.isStored()) {
            return Stored.open(name);
        }
        if (!name.isModel()) {
            return new Reference(name, sides.source(name));
        }
        if (name.has(SideName.Word.FLOAT64)) {
            return new Interpreted(name, sides.actual(name));
        }
        return isolated ? Isolated.open(name, sides.session(), chunks) : Exported.open(name, sides.session(), chunks);
    }

    /** Whether a side can be asked for logits of tokens. */
    static boolean isDecoder(SideName name) throws IOException {
        if (name.isStored()) {
            return !NpyFile.recognises(name.path())
                    || TensorFile.names(name.path()).contains(LOGITS);
        }
        if (!name.isModel()) {
            return true;
        }
        try {
            return ModelReader.read(ModelFile.at(name.path()).onnx()).graph().outputs().stream()
                    .anyMatch(output -> output.name().equals(LOGITS));
        } catch (GraphException e) {
            // ONNX Runtime may know what our reader does not, and else says what is wrong.
            return true;
        }
    }

    /** A checkpoint, computed in float64. */
    record Reference(SideName name, SourceModel source) implements LogitSide {
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
    record Exported(SideName name, OpenedModel model, Decoder decoder, ChunkSizes chunks, OpsMode ops)
            implements LogitSide {

        static Exported open(SideName name, SessionOptions usual, ChunkSizes chunks) throws IOException {
            OpenedModel model = OpenedModel.open(name, usual);
            boolean complete = false;
            try {
                Decoder decoder = Decoder.of(model.session());
                Exported side = new Exported(
                        name, model, decoder, chunks, name.session(usual).ops());
                complete = true;
                return side;
            } finally {
                if (!complete) {
                    model.close();
                }
            }
        }

        @Override
        public Side describe(DType dtype) {
            String pieces = chunks.isWhole() ? "whole" : "chunks of " + chunks.sizes();
            return new Side(
                    ModelFile.at(name.path()).onnx().toString(),
                    "ONNX Runtime on " + model.session().provider() + ", " + pieces,
                    "operators " + ops.name().toLowerCase(Locale.ROOT)
                            + (name.has(SideName.Word.INLINED) ? ", inlined" : ""),
                    text(numerics(), dtype));
        }

        @Override
        public Optional<ModelNumerics> numerics() {
            return ModelMetadata.numerics(ModelMetadata.of(model.session().metadata()));
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
        public void close() throws IOException {
            model.close();
        }
    }

    /** A model's graph, computed in float64. */
    record Interpreted(SideName name, TracedSide graph) implements LogitSide {
        @Override
        public Side describe(DType dtype) {
            return graph.side();
        }

        @Override
        public OptionalInt vocabulary() {
            return SideContract.vocabulary(graph.model()).stream()
                    .mapToInt(Math::toIntExact)
                    .findFirst();
        }

        @Override
        public HostTensor logits(TokenBlock tokens) {
            Map<String, HostTensor> results = new TreeMap<>();
            try {
                var inputs = new GraphInputs(name.toString(), graph.model(), 0).of(tokens, Map.of());
                graph.trace(inputs, List.of(LOGITS), results::put);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return Objects.requireNonNull(results.get(LOGITS));
        }

        @Override
        public void close() throws IOException {
            graph.close();
        }
    }

    /** A model on ONNX Runtime in a process of its own. */
    record Isolated(
            SideName name,
            Path file,
            SessionOptions options,
            ChunkSizes chunks,
            OptionalInt vocabulary,
            Optional<ModelNumerics> numerics)
            implements LogitSide {

        /** @throws IOException if the model cannot be read */
        static Isolated open(SideName name, SessionOptions usual, ChunkSizes chunks) throws IOException {
            if (name.has(SideName.Word.INLINED)) {
                throw new IllegalArgumentException(
                        name + ": expected a model as its file is for --isolate, got the word inlined");
            }
            Path file = ModelFile.at(name.path()).onnx();
            Model model = ModelReader.read(file);
            OptionalInt vocabulary = SideContract.vocabulary(model).stream()
                    .mapToInt(Math::toIntExact)
                    .findFirst();
            return new Isolated(
                    name,
                    file,
                    name.session(usual),
                    chunks,
                    vocabulary,
                    ModelMetadata.numerics(ModelMetadata.of(model)));
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
                return new IsolatedModel(ChildProcess.thisProgram(), file.toString(), options, chunks).logits(tokens);
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
    record Stored(SideName name, Map<String, HostTensor> tensors) implements LogitSide {

        static Stored open(SideName name) {
            Path file = name.path();
            Map<String, HostTensor> tensors =
                    TensorFile.read(file, LOGITS, TokenInput.IDS, TokenInput.MASK, TokenInput.POSITIONS);
            Stored stored = new Stored(name, tensors);
            if (stored.logits().rank() != 3 || stored.logits().elementCount() == 0) {
                throw new IllegalArgumentException(
                        file + ": expected logits of [batch, len, vocab], got " + stored.logits());
            }
            return stored;
        }

        @Override
        public Side describe(DType dtype) {
            return new Side(name.toString(), "stored", "-", dtype.toString());
        }

        @Override
        public OptionalInt vocabulary() {
            return OptionalInt.empty();
        }

        /** What the logits were computed from, if the file says. */
        Optional<TokenBlock> tokens() {
            return tensors.containsKey(TokenInput.IDS)
                    ? Optional.of(TokenInput.of(tensors, name.path()))
                    : Optional.empty();
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
                throw new IllegalArgumentException(name + ": expected logits of [" + tokens.batch() + ", "
                        + tokens.length() + ", vocab] for the given tokens, got " + logits);
            }
            return logits;
        }

        private HostTensor logits() {
            HostTensor logits = tensors.get(LOGITS);
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
