package dev.heddle.runtime.parity.report;

import static org.assertj.core.api.Assertions.assertThat;

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
import dev.heddle.runtime.session.HostTensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Geometry of what is drawn. */
class PagePartsTest {
    private static final ParityReport FULL = SampleReports.full();

    @Test
    void failedTensor_isAboveItsTolerance() {
        DepthChart chart = DepthChart.of(FULL.sections().get(1)).orElseThrow();
        List<Double> limits = List.of(chart.limit().split(" ")).stream()
                .map(point -> Double.parseDouble(point.split(",")[1]))
                .toList();

        assertThat(chart.dots()).hasSize(60).allSatisfy(dot -> {
            int depth = Integer.parseInt(dot.label().replaceAll(".*depth (\\d+):.*", "$1"));
            // Downwards is smaller.
            assertThat(Double.parseDouble(dot.y()) > limits.get(depth - 1)).isEqualTo(dot.passed());
        });
        assertThat(chart.rows()).extracting(LogAxis.Tick::label).first().isEqualTo("1e-2");
    }

    @Test
    void tensorsWithoutDepth_haveNoChart() {
        assertThat(DepthChart.of(FULL.sections().get(0))).isEmpty();
    }

    @Test
    void errorMap_paintsEqualNeighboursAsOne() {
        Grid grid = Grid.of(2, 3, (row, column) -> row == 0 ? 0 : column < 2 ? 10 : Double.NaN);

        HeatMap map = HeatMap.of(new Illustration.ErrorMap("errors", grid)).get(0);

        assertThat(map.levels().get(0).path()).isEqualTo("M0 0h3v1h-3z");
        assertThat(map.levels().get(10).path()).isEqualTo("M0 1h2v1h-2z");
        assertThat(map.bad()).isEqualTo("M2 1h1v1h-1z");
        assertThat(map.cells()).isEqualTo("0 0 0 1e1 1e1 NaN");
        assertThat(map.least()).isEqualTo("1e-4");
    }

    @Test
    void attentionScores_shareOneScale() {
        Grid half = Grid.of(1, 1, (row, column) -> 0.5);
        Grid whole = Grid.of(1, 1, (row, column) -> 1);

        List<HeatMap> maps = HeatMap.of(new Illustration.AttentionScores("head", half, whole));

        assertThat(maps)
                .extracting(HeatMap::title)
                .containsExactly("head, expected", "head, actual", "head, |actual - expected|");
        assertThat(maps.get(0).levels().get(5).path()).isEqualTo("M0 0h1v1h-1z");
        assertThat(maps.get(1).levels().get(10).path()).isEqualTo("M0 0h1v1h-1z");
        assertThat(maps.get(0).most()).isEqualTo("1e0");
    }

    @Test
    void node_isBelowAllThatFeedIt() {
        var drawing = GraphDrawing.of(neighbourhood(
                node("c", List.of("b", "a"), "c"), node("b", List.of("a"), "b"), node("a", List.of("x"), "a")));

        assertThat(drawing.boxes()).extracting(GraphDrawing.Box::y).containsExactly(170, 90, 10);
        assertThat(drawing.wires()).hasSize(3);
        assertThat(drawing.boxes())
                .extracting(GraphDrawing.Box::style)
                .containsExactly("wrong", "wrong first", "wrong");
        assertThat(drawing.height()).isEqualTo(224);
    }

    @Test
    void circle_ends() {
        var drawing = GraphDrawing.of(neighbourhood(node("a", List.of("b", "a"), "a"), node("b", List.of("a"), "b")));

        assertThat(drawing.boxes()).hasSize(2);
        assertThat(drawing.height()).isLessThan(1000);
    }

    private static Illustration.Neighbourhood neighbourhood(Illustration.Node... nodes) {
        return new Illustration.Neighbourhood("around b", List.of(nodes), "b");
    }

    private static Illustration.Node node(String name, List<String> inputs, String output) {
        return new Illustration.Node(name, "Add", inputs, List.of(output), Map.of(output, 2.0));
    }

    @Test
    void growth_marksTheStepsBeyondWhatIsAllowed() {
        GrowthChart chart = GrowthChart.of(SampleReports.growth());

        assertThat(chart.dots()).extracting(GrowthChart.Dot::passed).containsExactly(true, true, true, false, false);
        assertThat(chart.dots().get(3).label()).isEqualTo("position 3: 1e-4, allowed 1e-5");
        double limit = Double.parseDouble(chart.limitAt());
        assertThat(chart.dots()).allSatisfy(dot -> assertThat(Double.parseDouble(dot.y()) >= limit)
                .isEqualTo(dot.passed()));
    }

    @Test
    void growthOfManySteps_keepsTheWorstOfNeighbours() {
        List<Double> errors = new ArrayList<>(Collections.nCopies(10_000, 1e-8));
        errors.set(7_123, 1e-3);

        GrowthChart chart = GrowthChart.of(new Illustration.Growth("decode", "position", errors, 1e-5));

        assertThat(chart.dots())
                .hasSize(400)
                .filteredOn(dot -> !dot.passed())
                .singleElement()
                .satisfies(dot -> assertThat(dot.label()).startsWith("position 7123:"));
    }

    @Test
    void growthLine_hasABarForEachDecadeBelowTheLimit() {
        assertThat(GrowthLine.of(SampleReports.growth())).isEqualTo("decode by position: ▁▁▆██ 0 to NaN, allowed 1e-5");
    }

    @Test
    void maskBesideValues_doesNotStretchTheChart() {
        var section = new SectionBuilder("values", TensorComparer.of(Precision.FLOAT32));
        for (int depth = 1; depth < 4; depth++) {
            HostTensor right = HostTensor.ofDoubles(new double[] {-3.4e38, 1, 2}, 3);
            HostTensor judged = HostTensor.ofDoubles(new double[] {-3.4e38, 1, 2 + 1e-7}, 3);
            section.values("masked" + depth, Depth.nodes(depth), right, judged);
            section.values("hidden" + depth, Depth.nodes(depth), right, right);
        }

        DepthChart chart = DepthChart.of(section.build()).orElseThrow();

        assertThat(chart.rows().get(0).label()).isIn("1e-5", "1e-6");
    }

    @Test
    void equalWholeNumbers_areNotInTheChart() {
        var section = new SectionBuilder("values", TensorComparer.of(Precision.FLOAT32));
        HostTensor whole = HostTensor.ofLongs(new long[] {1, 2}, 2);
        section.values("positions", Depth.nodes(1), whole, whole);
        section.values("lengths", Depth.nodes(2), whole, whole);
        section.values("wrong", Depth.nodes(3), whole, HostTensor.ofLongs(new long[] {1, 3}, 2));

        Section built = section.build();

        assertThat(built.failedTensors()).isEqualTo(1);
        assertThat(DepthChart.of(built)).isEmpty();
    }

    @Test
    void manyPassedFindings_areFolded() {
        var section = new SectionBuilder("weights", TensorComparer.of(Precision.EXACT));
        for (int i = 0; i < 10; i++) {
            section.add(Finding.pass("weight" + i, "equal"));
        }
        section.add(Finding.fail("weight10", "is missing"));
        var report = new ParityReport(Side.of("a"), Side.of("b"), Inputs.of("-"), List.of(section.build()));

        assertThat(HtmlReport.render(report))
                .containsSubsequence(
                        "weight10", "<details><summary><span class=\"pass\">pass</span> 10 findings", "weight0");
        assertThat(TextReport.render(report, 20))
                .contains("  fail  weight10: is missing\n  pass  10 findings\n")
                .doesNotContain("weight0");
    }
}
