package dev.heddle.cli;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Dim;
import dev.heddle.exporter.graph.Graph;
import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.graph.Literal;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.NamedType;
import dev.heddle.exporter.graph.Node;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.exporter.onnx.ModelWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * A model that Heddle did not write: {@code scores = act(pixels x weight)}, [batch, 2] to [batch, 2].
 *
 * @param last operator that gives the scores
 */
record ForeignModel(String input, DType dtype, String last, double... weight) {

    static ForeignModel right() {
        return new ForeignModel("pixels", DType.FLOAT32, "Relu", 1, 2, 3, 4);
    }

    private static NamedType named(String name, DType dtype) {
        return new NamedType(name, new TensorType(dtype, new Shape(List.of(Dim.of("batch"), Dim.of(2)))));
    }

    private static Node node(String type, String output, String... inputs) {
        return new Node(output + "/" + type, "", type, "", List.of(inputs), List.of(output), new TreeMap<>(), "");
    }

    /** @return the model file */
    Path write(Path folder) throws IOException {
        Files.createDirectory(folder);
        var weights = new Initializer("weight", new Literal(TensorType.of(DType.FLOAT32, 2, 2), numbers()));
        Graph graph = new Graph(
                "foreign",
                List.of(named(input, dtype)),
                List.of(named("scores", DType.FLOAT32)),
                List.of(weights),
                List.of(node("MatMul", "hidden", input, "weight"), node(last, "scores", "hidden")),
                List.of());
        var opsets = new TreeMap<String, Integer>();
        opsets.put("", 21);
        new ModelWriter(folder, (name, bytes) -> {})
                .write(new Model(graph, List.of(), opsets, 10, "another program", "1", new TreeMap<>()));
        return folder.resolve(ModelWriter.MODEL_FILE);
    }

    private List<Number> numbers() {
        return Arrays.stream(weight).<Number>mapToObj(value -> (float) value).toList();
    }
}
