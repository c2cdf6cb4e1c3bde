package dev.heddle.cli;

import dev.heddle.exporter.graph.Attribute;
import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.exporter.graph.GraphBuilder;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.exporter.graph.Value;
import dev.heddle.exporter.onnx.ModelWriter;
import dev.heddle.exporter.op.Activations;
import dev.heddle.exporter.op.BlockOps;
import dev.heddle.exporter.op.OnnxOps;
import dev.heddle.exporter.op.StandardOps;
import dev.heddle.runtime.RuntimeFailure;
import dev.heddle.runtime.session.HostTensor;
import dev.heddle.runtime.session.ModelSession;
import dev.heddle.runtime.session.OpsMode;
import dev.heddle.runtime.session.SessionOptions;
import dev.heddle.runtime.session.TensorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** One operator in one element type as a model of its own, for finding out whether ONNX Runtime loads and runs it. */
record OpProbe(String operator, int opset, DType dtype) {

    /** Records the one node, on inputs of the element type that is asked about. */
    private interface Recording {
        Value record(OnnxOps ops, Inputs in);
    }

    /** Makes inputs of the graph. */
    private static final class Inputs {
        private final GraphBuilder graph;
        private final DType dtype;
        private int count;

        Inputs(GraphBuilder graph, DType dtype) {
            this.graph = graph;
            this.dtype = dtype;
        }

        Value real(long... shape) {
            return of(dtype, shape);
        }

        Value of(DType type, long... shape) {
            return graph.input("x" + count++, TensorType.of(type, shape));
        }
    }

    private static final SortedMap<String, Recording> RECORDINGS = new TreeMap<>();

    static {
        RECORDINGS.put("Add", (ops, in) -> ops.add("y", in.real(2, 3), in.real(2, 3)));
        RECORDINGS.put("Sub", (ops, in) -> ops.sub("y", in.real(2, 3), in.real(2, 3)));
        RECORDINGS.put("Mul", (ops, in) -> ops.mul("y", in.real(2, 3), in.real(2, 3)));
        RECORDINGS.put("Div", (ops, in) -> ops.div("y", in.real(2, 3), in.real(2, 3)));
        RECORDINGS.put("Neg", (ops, in) -> ops.neg("y", in.real(2, 3)));
        RECORDINGS.put("Sqrt", (ops, in) -> ops.sqrt("y", in.real(2, 3)));
        RECORDINGS.put("Exp", (ops, in) -> ops.exp("y", in.real(2, 3)));
        RECORDINGS.put("Sigmoid", (ops, in) -> ops.sigmoid("y", in.real(2, 3)));
        RECORDINGS.put("Cos", (ops, in) -> ops.cos("y", in.real(2, 3)));
        RECORDINGS.put("Sin", (ops, in) -> ops.sin("y", in.real(2, 3)));
        RECORDINGS.put("LessOrEqual", (ops, in) -> ops.lessOrEqual("y", in.real(2, 3), in.real(2, 3)));
        RECORDINGS.put("Greater", (ops, in) -> ops.greater("y", in.real(2, 3), in.real(2, 3)));
        RECORDINGS.put("Where", (ops, in) -> ops.where("y", in.of(DType.BOOL, 2, 3), in.real(2, 3), in.real(2, 3)));
        RECORDINGS.put(
                "Cast",
                (ops, in) -> ops.cast("y", in.real(2, 3), in.dtype == DType.FLOAT32 ? DType.FLOAT64 : DType.FLOAT32));
        RECORDINGS.put("Identity", (ops, in) -> ops.scope()
                .node(StandardOps.find("Identity").orElseThrow(), "y", List.of(in.real(2, 3)), Map.of()));
        RECORDINGS.put("DequantizeLinear", OpProbe::dequantized);
        RECORDINGS.put("com.microsoft.MatMulNBits", (ops, in) -> matrixProduct(ops, in, Activations.FLOAT));
        RECORDINGS.put("com.microsoft.MatMulNBits:int8", (ops, in) -> matrixProduct(ops, in, Activations.INT8));
        RECORDINGS.put("com.microsoft.GatherBlockQuantized", OpProbe::rows);
        RECORDINGS.put("Softmax", (ops, in) -> ops.softmaxLast("y", in.real(2, 3)));
        RECORDINGS.put("MatMul", (ops, in) -> ops.matMul("y", in.real(2, 3), in.real(3, 4)));
        RECORDINGS.put("Gemm", (ops, in) -> ops.matMulTransposed("y", in.real(2, 3), in.real(4, 3)));
        RECORDINGS.put(
                "Conv",
                (ops, in) -> ops.conv(
                        "y", in.real(1, 2, 4, 5), in.real(2, 1, 3, 3), new Attribute.Int(2), List.of(1L, 1L, 1L, 1L)));
        RECORDINGS.put("ReduceMean", (ops, in) -> ops.meanLast("y", in.real(2, 3)));
        RECORDINGS.put("ReduceSum", (ops, in) -> ops.sum("y", in.real(2, 3), 1));
        RECORDINGS.put("ReduceMax", (ops, in) -> ops.max("y", in.real(2, 3), 1));
        RECORDINGS.put("Shape", (ops, in) -> ops.length("y", in.real(2, 3), 1));
        RECORDINGS.put("Reshape", (ops, in) -> ops.reshape("y", in.real(2, 3), 3, 2));
        RECORDINGS.put("Transpose", (ops, in) -> ops.transpose("y", in.real(2, 3), 1, 0));
        RECORDINGS.put("Concat", (ops, in) -> ops.concat("y", 1, in.real(2, 3), in.real(2, 3)));
        RECORDINGS.put(
                "Split", (ops, in) -> ops.split(in.real(2, 4), 1, "y", "z").get(0));
        RECORDINGS.put("Unsqueeze", (ops, in) -> ops.unsqueeze("y", in.real(2, 3), 1));
        RECORDINGS.put("Squeeze", (ops, in) -> ops.squeeze("y", in.real(2, 1), 1));
        RECORDINGS.put("Expand", (ops, in) -> ops.expand("y", in.real(2, 1), ops.integers(2, 3)));
        RECORDINGS.put("Pad", (ops, in) -> ops.padFront("y", in.real(2, 3), 1, 1));
        RECORDINGS.put("Slice", (ops, in) -> ops.slice("y", in.real(2, 3), 1, 0, 2));
        RECORDINGS.put("Gather", (ops, in) -> ops.gather("y", in.real(2, 3), in.of(DType.INT64, 2), 0));
        RECORDINGS.put(
                "GatherElements", (ops, in) -> ops.gatherElements("y", in.real(2, 3), in.of(DType.INT64, 2, 3), 0));
        RECORDINGS.put("RMSNormalization", (ops, in) -> ops.rmsNormalization("y", in.real(2, 3), in.real(3), 1e-5f));
        RECORDINGS.put(
                "RotaryEmbedding",
                (ops, in) -> ops.rotaryEmbedding("y", in.real(1, 2, 3, 8), in.real(1, 3, 4), in.real(1, 3, 4), false));
        RECORDINGS.put("Attention", (ops, in) -> ops.attention(
                        List.of("y"),
                        List.of(
                                in.real(1, 2, 3, 8),
                                in.real(1, 2, 3, 8),
                                in.real(1, 2, 3, 8),
                                in.of(DType.BOOL, 1, 1, 3, 3)),
                        1f)
                .get(0));
    }

    private static Value matrixProduct(OnnxOps ops, Inputs in, Activations activations) {
        BlockOps.Matrix matrix =
                new BlockOps.Matrix(in.of(DType.UINT8, 4, 1, 16), in.real(4, 1), in.of(DType.UINT8, 4, 1), 4, 32);
        return new BlockOps(ops.scope()).matMulTransposed("y", in.real(2, 32), matrix, 4, activations);
    }

    private static Value rows(OnnxOps ops, Inputs in) {
        BlockOps.Matrix matrix = new BlockOps.Matrix(in.of(DType.UINT8, 4, 32), in.real(4, 1), Value.ABSENT, 8, 32);
        return new BlockOps(ops.scope()).gather("y", matrix, in.of(DType.INT64, 3));
    }

    private static Value dequantized(OnnxOps ops, Inputs in) {
        BlockOps.Matrix matrix = new BlockOps.Matrix(in.of(DType.INT8, 4, 32), in.real(4, 1), Value.ABSENT, 8, 32);
        return new BlockOps(ops.scope()).dequantized("y", matrix);
    }

    /** Opset 23 brought some. */
    boolean exists() {
        return opset >= 23
                || !Set.of("Attention", "RMSNormalization", "RotaryEmbedding").contains(operator);
    }

    static List<String> operators() {
        return List.copyOf(RECORDINGS.keySet());
    }

    /** Why it does not work, in ONNX Runtime's words; empty if it does. */
    String problem(Path folder) throws IOException {
        return problem(folder, opset, GraphBuilder.IR_VERSION);
    }

    /** The same in a file that says it is of another opset and format. */
    String problem(Path folder, int statedOpset, int statedFormat) throws IOException {
        Files.createDirectories(folder);
        GraphBuilder graph = new GraphBuilder("probe", opset, FunctionStyle.INLINE);
        graph.output("out", RECORDINGS.get(operator).record(new OnnxOps(graph.root()), new Inputs(graph, dtype)));
        Model built = graph.build("probe", "1");
        SortedMap<String, Integer> opsets = new TreeMap<>(built.opsets());
        opsets.put("", statedOpset);
        Model model = new Model(built.graph(), built.functions(), opsets, statedFormat, "probe", "1", built.metadata());
        new ModelWriter(folder, (weight, bytes) -> {}).write(model);
        SessionOptions options = SessionOptions.builder().ops(OpsMode.PORTABLE).build();
        try (ModelSession session = ModelSession.open(folder, options)) {
            Map<String, HostTensor> inputs = new HashMap<>();
            for (TensorSpec input : session.inputs()) {
                long[] shape = input.dims().stream()
                        .mapToLong(dim -> Long.parseLong(dim.toString()))
                        .toArray();
                inputs.put(input.name(), HostTensor.zeros(input.dtype(), shape));
            }
            session.run(inputs);
            return "";
        } catch (RuntimeFailure e) {
            return e.getMessage();
        }
    }
}
