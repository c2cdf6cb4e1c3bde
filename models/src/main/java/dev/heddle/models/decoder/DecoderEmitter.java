package dev.heddle.models.decoder;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Dim;
import dev.heddle.exporter.graph.GraphBuilder;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.exporter.graph.Value;
import dev.heddle.exporter.op.OnnxOps;
import dev.heddle.models.attention.AttentionValues;
import dev.heddle.models.attention.AttentionWeight;
import dev.heddle.models.attention.CacheSlot;
import dev.heddle.models.attention.KvCache;
import dev.heddle.models.attention.SequenceValues;
import dev.heddle.models.weight.Weight;
import dev.heddle.models.weight.WeightSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Emits a {@link Decoder} as a model: {@code input_ids}, {@code attention_mask}, {@code position_ids} and the layers' past in; {@code logits} and their present
 * out. Use once.
 */
public final class DecoderEmitter {

    public static final String PRODUCER = "heddle";

    private static final Dim BATCH = Dim.of("batch");
    private static final Dim Q_LEN = Dim.of("q_len");

    private final Decoder decoder;
    private final GraphOptions options;
    private final GraphBuilder graph;
    private final Modules modules;

    /** @param weights gives each weight's contents, when the model is written */
    public DecoderEmitter(Decoder decoder, GraphOptions options, WeightSource weights) {
        this.decoder = options.numerics().quantization().apply(decoder);
        this.options = options;
        this.graph = new GraphBuilder(
                "decoder",
                options.opset(),
                options.style(),
                options.target().kernels(options.opset(), GraphBuilder.IR_VERSION));
        this.modules = new Modules(graph, options, weights);
    }

    /** @param version of the program that writes the model */
    public Model emit(String version) {
        Dim total = !(options.cache() instanceof KvCache.None) ? Dim.of("total_len") : Q_LEN;
        Value inputIds = graph.input("input_ids", new TensorType(DType.INT64, Shape.of(BATCH, Q_LEN)));
        Value mask = graph.input("attention_mask", new TensorType(DType.INT64, Shape.of(BATCH, total)));
        Value positions = graph.input("position_ids", new TensorType(DType.INT64, Shape.of(BATCH, Q_LEN)));
        List<Map<String, Value>> past = new ArrayList<>();
        for (int layer = 0; layer < decoder.layers().size(); layer++) {
            past.add(pastInputs(layer));
        }

        SequenceValues sequence = sequence(mask, positions);
        String embedding = parent(decoder.embedding().stored().name());
        Value hidden = modules.rows(embedding, "hidden", decoder.embedding(), inputIds);
        Map<String, Value> present = new LinkedHashMap<>();
        for (int layer = 0; layer < decoder.layers().size(); layer++) {
            DecoderLayer description = decoder.layers().get(layer);
            hidden = layer(description, layer, hidden, past.get(layer), sequence, present);
        }
        graph.output("logits", logits(hidden, inputIds));
        present.forEach(graph::output);
        return graph.build(PRODUCER, version);
    }

    private Map<String, Value> pastInputs(int layer) {
        Map<String, Value> past = new LinkedHashMap<>();
        for (CacheSlot slot :
                options.cache().slots(decoder.layers().get(layer).attention().variant())) {
            Shape shape = Shape.of(BATCH, Dim.of(slot.heads()), pastLength(slot), Dim.of(slot.size()));
            String name = "past_key_values." + layer + "." + slot.role();
            past.put(slot.role(), graph.input(name, new TensorType(options.dtype(), shape)));
        }
        return past;
    }

    /** One symbol for each limit, since tensors with different limits have different lengths at run time. */
    private static Dim pastLength(CacheSlot slot) {
        if (slot.length() instanceof CacheSlot.Length.Exactly exactly) {
            return Dim.of(exactly.count());
        }
        if (slot.length() instanceof CacheSlot.Length.AtMost limit) {
            return Dim.of("past_rows_" + limit.count());
        }
        if (slot.length() instanceof CacheSlot.Length.Window window) {
            return Dim.of("past_len_" + window.count());
        }
        return Dim.of("past_len");
    }

    private SequenceValues sequence(Value mask, Value positions) {
        OnnxOps ops = new OnnxOps(graph.root().child("mask"));
        return new SequenceValues(graph.root(), ops.cast("real", mask, DType.BOOL), positions);
    }

    private Value layer(
            DecoderLayer layer,
            int index,
            Value hidden,
            Map<String, Value> past,
            SequenceValues sequence,
            Map<String, Value> present) {
        Value normed = modules.rmsNorm(layer.attentionNorm(), hidden);
        AttentionBlock block = layer.attention();
        Map<AttentionWeight, Value> weights = new EnumMap<>(AttentionWeight.class);
        block.weights().forEach((weight, source) -> weights.put(weight, modules.weight(source)));
        AttentionValues values = new AttentionValues(
                modules.linear(block.query(), "q", normed),
                modules.linear(block.key(), "k", normed),
                modules.linear(block.value(), "v", normed),
                weights,
                options.cache(),
                past,
                sequence);
        AttentionValues.Result result = block.variant().emit(modules.scope(block.path()), values);
        past.keySet()
                .forEach(role -> present.put(
                        "present." + index + "." + role, result.present().get(role)));

        OnnxOps ops = new OnnxOps(modules.scope(layer.path()));
        Value attended = ops.add("attention_residual", hidden, modules.linear(block.output(), "out", result.context()));
        Value fed = modules.feedForward(layer.feedForward(), modules.rmsNorm(layer.feedForwardNorm(), attended));
        return ops.add("hidden", attended, fed);
    }

    /** In float32. A tied head multiplies by the embedding as it is stored, so that the file holds it once. */
    private Value logits(Value hidden, Value inputIds) {
        OnnxOps ops = new OnnxOps(modules.scope(decoder.head().path()));
        Value normed = ops.cast("normed", modules.rmsNorm(decoder.norm(), hidden), DType.FLOAT32);
        if (!decoder.isTied() || decoder.embedding() instanceof Weight.Quantized) {
            return modules.linear(decoder.head(), "logits", normed);
        }
        Value rows = ops.reshape("rows", normed, -1, decoder.hiddenSize());
        Value table = ops.cast("weight", modules.weight(decoder.embedding()), DType.FLOAT32);
        Value product = ops.matMulTransposed("product", rows, table);
        Value tokens = ops.lengths("tokens_shape", inputIds, 0, 2);
        Value shape = ops.concat("logits_shape", 0, tokens, ops.integers(decoder.vocabSize()));
        return ops.reshapeTo("logits", product, shape);
    }

    private static String parent(String weight) {
        int dot = weight.lastIndexOf('.');
        return dot < 0 ? weight : weight.substring(0, dot);
    }
}
