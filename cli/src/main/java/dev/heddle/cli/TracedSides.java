package dev.heddle.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heddle.cli.trace.InterpretedSide;
import dev.heddle.cli.trace.OrtSide;
import dev.heddle.cli.trace.TracedSide;
import dev.heddle.cli.trace.ValueSource;
import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.onnx.ModelReader;
import dev.heddle.exporter.profile.Target;
import dev.heddle.exporter.rewrite.Inliner;
import dev.heddle.models.attention.KvCache;
import dev.heddle.models.decoder.GraphOptions;
import dev.heddle.models.decoder.Quantization;
import dev.heddle.models.export.ModelExport;
import dev.heddle.models.family.Families;
import dev.heddle.models.family.SourceModel;
import dev.heddle.runtime.session.ModelFile;
import dev.heddle.runtime.session.OpsMode;
import dev.heddle.runtime.session.SessionOptions;
import java.io.IOException;
import java.nio.file.Path;

/** Opens sides whose inner values can be asked for. */
record TracedSides(PresetOptions presets, SessionOptions session) {

    /**
     * The side that is right. A model is computed in float64 unless its words say how ONNX Runtime is to run it.
     *
     * @param other a checkpoint's graph is made as that side's was
     */
    ValueSource expected(SideName name, SideName other) throws IOException {
        if (name.isStored()) {
            return StoredValues.open(name.path());
        }
        if (!name.isModel()) {
            return checkpoint(name, like(other));
        }
        return expectedModel(name);
    }

    private TracedSide expectedModel(SideName name) throws IOException {
        boolean onOrt = !name.words().isEmpty() && !name.has(SideName.Word.FLOAT64);
        return onOrt ? onnxRuntime(name) : interpreted(name);
    }

    /** The side that is judged. A model runs on ONNX Runtime unless its words say otherwise. */
    TracedSide actual(SideName name) throws IOException {
        if (name.isStored()) {
            throw new IllegalArgumentException(name
                    + ": expected a model or a checkpoint, whose nodes have names, got stored tensors; give them as A");
        }
        if (!name.isModel()) {
            return checkpoint(name, GraphOptions.defaults());
        }
        return name.has(SideName.Word.FLOAT64) ? interpreted(name) : onnxRuntime(name);
    }

    /** The side that is right as {@link #expected} gives it, its weights as the source has them: not rounded. */
    TracedSide unrounded(SideName name, SideName other) throws IOException {
        if (name.isStored()) {
            throw new IllegalArgumentException(name + ": expected a checkpoint or a model, whose weights have the names"
                    + " of a graph, got stored tensors");
        }
        if (name.isModel()) {
            return expectedModel(name);
        }
        GraphOptions like = like(other);
        boolean coded = like.numerics().quantization() instanceof Quantization.Blocks;
        // Codes depend on the type of their scales.
        return checkpoint(
                name, coded ? like : new GraphOptions(like.opset(), like.style(), like.cache(), DType.FLOAT32));
    }

    /** A checkpoint or preset; the caller closes it. */
    SourceModel source(SideName name) {
        return name.isPreset() ? presets.open(name.name()) : SourceModel.open(name.path(), Families.all());
    }

    private TracedSide onnxRuntime(SideName name) throws IOException {
        Path file = ModelFile.at(name.path()).onnx();
        Model written = ModelReader.read(file);
        SessionOptions options = name.session(session);
        boolean whole = options.ops() == OpsMode.NATIVE && !name.has(SideName.Word.INLINED);
        return new OrtSide(file, whole ? written : Inliner.inline(written), options);
    }

    private static TracedSide interpreted(SideName name) throws IOException {
        Path file = ModelFile.at(name.path()).onnx();
        return new InterpretedSide(file.toString(), ModelReader.read(file), () -> {});
    }

    private TracedSide checkpoint(SideName name, GraphOptions options) throws IOException {
        SourceModel source = source(name);
        boolean complete = false;
        try {
            Model graph = new ModelExport(options, Version.current()).graph(source, finding -> {});
            TracedSide side = new InterpretedSide(source.origin(), graph, source::close);
            complete = true;
            return side;
        } finally {
            if (!complete) {
                source.close();
            }
        }
    }

    private static GraphOptions like(SideName other) throws IOException {
        return other.isModel()
                ? options(ModelReader.read(ModelFile.at(other.path()).onnx()))
                : GraphOptions.defaults();
    }

    /** How a model was exported, as it says of itself. */
    static GraphOptions options(Model model) {
        JsonNode description = ModelMetadata.of(model);
        GraphOptions defaults = GraphOptions.defaults();
        KvCache cache =
                switch (description.path("cache").asText()) {
                    case "none" -> new KvCache.None();
                    case "static" ->
                        new KvCache.Static(description.path("max_len").asInt());
                    default -> new KvCache.Dynamic();
                };
        FunctionStyle style = model.functions().isEmpty() ? FunctionStyle.INLINE : FunctionStyle.FUNCTION;
        int opset = model.opsets().getOrDefault("", defaults.opset());
        return new GraphOptions(
                GraphOptions.OPSETS.contains(opset) ? opset : defaults.opset(),
                style,
                cache,
                ModelNumerics.of(description).numerics(),
                Target.of(description.path("target").asText(defaults.target().name())));
    }
}
