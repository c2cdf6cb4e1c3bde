package dev.heddle.runtime.parity.report;

import dev.heddle.runtime.parity.Bound;
import dev.heddle.runtime.parity.Depth;
import dev.heddle.runtime.parity.Finding;
import dev.heddle.runtime.parity.Grid;
import dev.heddle.runtime.parity.Illustration;
import dev.heddle.runtime.parity.Inputs;
import dev.heddle.runtime.parity.ParityReport;
import dev.heddle.runtime.parity.Precision;
import dev.heddle.runtime.parity.Section;
import dev.heddle.runtime.parity.SectionBuilder;
import dev.heddle.runtime.parity.Side;
import dev.heddle.runtime.parity.TensorComparer;
import dev.heddle.runtime.parity.TensorComparison;
import dev.heddle.runtime.parity.Tolerance;
import dev.heddle.runtime.session.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;

/** Reports for renderers: a small one whose text is known by heart, and one with everything in it. */
final class SampleReports {
    /** What files may call things: markup, quotes, ends of lines and comments, terminal codes, turned directions. */
    static final List<String> HOSTILE = List.of(
            "<script>document.documentElement.dataset.attacked = 'yes'</script>",
            "\"><img src=x onerror=alert(1)>",
            "' onload='alert(1)",
            "]]></failure></testsuite>-->",
            "line\nbreak\ttab\rreturn \0 \u001b[31mred\u001b[0m \u202eesrever \ud800",
            "&lt;&amp;${1+1}@if(true)</style></svg>",
            "n".repeat(2_000) + "end");

    private static final Random RANDOM = new Random(1);

    private SampleReports() {}

    static ParityReport small() {
        var outputs = new SectionBuilder("outputs", TensorComparer.of(Precision.FLOAT32));
        outputs.logits("logits", logits(3, 1, 2, 0.5), logits(3, 1, 2, 0.50001));
        outputs.within(
                new Bound.EachValue(Tolerance.absolute(1e-3)),
                "present.0.key",
                HostTensor.ofDoubles(new double[] {1, 2}, 2),
                HostTensor.ofFloats(new float[] {1, 2.5f}, 2));
        outputs.add(new TensorComparison.Incomparable("present.1.key", "float32 [2]", "nothing"));
        var checks = new SectionBuilder("causality", TensorComparer.of(Precision.FLOAT32))
                .add(Finding.note("layer 0", "window 8"))
                .add(Finding.pass("token 3", "no earlier output moved"))
                .add(Finding.fail("token 5", "output 4 moved by 1e-3"));
        return new ParityReport(
                new Side("checkpoint", "reference", "-", "float64"),
                new Side("out/model.onnx", "ONNX Runtime on CPU", "operators auto", "float32"),
                new Inputs("random, seed 0", List.of(1L, 4L), List.of(5L, 6L, 7L, 8L)),
                List.of(outputs.build(), checks.build()));
    }

    static ParityReport passing() {
        var outputs = new SectionBuilder("outputs", TensorComparer.of(Precision.FLOAT32));
        LongStream.range(0, 30).forEach(i -> outputs.logits("y" + i, logits(1, i), logits(1, i)));
        return new ParityReport(Side.of("a"), Side.of("b"), Inputs.of("-"), List.of(outputs.build()));
    }

    /** Two layers of values whose error grows, the last one wrong; hostile names everywhere; all illustrations. */
    static ParityReport full() {
        var values = new SectionBuilder("all values", TensorComparer.of(Precision.FLOAT32));
        for (int node = 1; node <= 60; node++) {
            double error = node > 55 ? 1e-3 : 3e-8 * Math.sqrt(node);
            double[] right = RANDOM.doubles(200, -2, 2).toArray();
            double[] judged = LongStream.range(0, 200)
                    .mapToDouble(i -> right[(int) i] + error * RANDOM.nextGaussian())
                    .toArray();
            values.values(
                    "model.layers." + node / 30 + ".node" + node,
                    Depth.nodes(node),
                    HostTensor.ofDoubles(right, 10, 20),
                    HostTensor.ofDoubles(judged, 10, 20));
        }
        values.add(attention()).add(neighbourhood()).add(growth());
        return new ParityReport(
                new Side("models/samples/ram-mta-v2", "reference of lingua-mta", "-", "float64"),
                new Side("out/mta/model.onnx", "ONNX Runtime on CPU, whole", "operators auto", "float32"),
                new Inputs(
                        "random, seed 0",
                        List.of(2L, 32L),
                        LongStream.range(0, 64).boxed().toList()),
                List.of(small().sections().get(0), values.build(), hostile()));
    }

    static Section hostile() {
        var section = new SectionBuilder(HOSTILE.get(0), TensorComparer.of(Precision.INT4_WEIGHTS));
        for (String name : HOSTILE) {
            section.logits(name, logits(1, 2, 3), logits(1, 2, Double.NaN));
            section.add(new TensorComparison.Incomparable(name, name, name));
            section.add(Finding.fail(name, name)).add(Finding.note(name, name)).add(Finding.pass(name, name));
            section.add(new Illustration.Growth(name, name, List.of(1.0, 2.0), 3));
            section.add(new Illustration.Neighbourhood(
                    name,
                    List.of(new Illustration.Node(name, name, List.of(name), List.of(name), Map.of(name, 2.0))),
                    name));
        }
        return section.build();
    }

    private static Illustration attention() {
        Grid right = Grid.of(32, 32, SampleReports::probability);
        Grid judged = Grid.of(32, 32, (row, column) -> probability(row, Math.max(0, column - 1)));
        return new Illustration.AttentionScores("layer 0, head 0", right, judged);
    }

    /** Ten decades below what is allowed, then beyond it, then no number. */
    static Illustration.Growth growth() {
        return new Illustration.Growth("decode", "position", List.of(0.0, 1e-15, 1e-6, 1e-4, Double.NaN), 1e-5);
    }

    private static double probability(long row, long column) {
        return column > row ? 0 : Math.exp(-(row - column) / 4.0) / 4.5;
    }

    private static Illustration neighbourhood() {
        return new Illustration.Neighbourhood(
                "around model.layers.1.self_attn.scores",
                List.of(
                        node("norm", "RMSNormalization", List.of("hidden"), "x", 0.1),
                        node("q_proj", "MatMul", List.of("x", "q.weight"), "q", 0.2),
                        node("k_proj", "MatMul", List.of("x", "k.weight"), "k", 0.2),
                        node("v_proj", "MatMul", List.of("x", "v.weight"), "v", 0.1),
                        node("scores", "Conv", List.of("q", "k"), "s", 12.5),
                        new Illustration.Node("softmax", "Softmax", List.of("s"), List.of("p"), Map.of()),
                        node("context", "MatMul", List.of("p", "v"), "c", 9)),
                "scores");
    }

    private static Illustration.Node node(String name, String type, List<String> in, String out, double severity) {
        return new Illustration.Node(name, type, in, List.of(out), Map.of(out, severity));
    }

    private static HostTensor logits(double... row) {
        return HostTensor.ofDoubles(row, 1, row.length);
    }
}
