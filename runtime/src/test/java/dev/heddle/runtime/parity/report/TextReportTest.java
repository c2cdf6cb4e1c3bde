package dev.heddle.runtime.parity.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.runtime.parity.Finding;
import dev.heddle.runtime.parity.Inputs;
import dev.heddle.runtime.parity.ParityReport;
import dev.heddle.runtime.parity.Precision;
import dev.heddle.runtime.parity.SectionBuilder;
import dev.heddle.runtime.parity.Side;
import dev.heddle.runtime.parity.TensorComparer;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextReportTest {
    @Test
    void report_isATableWorstFirst() {
        assertThat(TextReport.render(SampleReports.small(), 20)).isEqualTo("""
                expected   checkpoint, reference, float64
                actual     out/model.onnx, ONNX Runtime on CPU, operators auto, float32
                inputs     random, seed 0, [1, 4]: 5 6 7 8

                outputs: 2 of 3 fail
                    tensor         of bound  max abs  p99 abs  max rel  L2 rel  SNR dB  0-1 ulp       cosine  worst at   expected     actual
                !!  present.1.key  Infinity        -        -        -       -       -        -            -         -          -          -
                !!  present.0.key       5e2     5e-1     5e-1   2.5e-1  2.2e-1    13.0    50.0%  0.996545758       [1]   2.000000   2.500000
                    logits           1.2e-1     1e-5   9.9e-6     2e-5  2.6e-6   111.5    75.0%  1.000000000     [0,3]  0.5000000  0.5000100
                  logits: argmax 1 of 1; top-4 Jaccard mean 1.000 min 1.000, KL mean 2.5e-12 max 2.5e-12
                  present.1.key: expected float32 [2], got nothing
                  present.0.key: 1 of 2 differ, worst at [1]: expected 2.000000, got 2.500000 (abs 5e-1 > 1e-3)

                causality: 1 of 2 fails
                  fail  token 5: output 4 moved by 1e-3
                  note  layer 0: window 8
                  pass  token 3: no earlier output moved

                tolerance  float32, u = 6e-8
                tolerance  logits: 1e-5*largest + 1e-4*|expected|
                tolerance  values: 10 u sqrt(roundings); after 1 layer 3.3e-6*largest + 3.3e-6*|expected|; after 32 layers 1.8e-5*largest + 1.8e-5*|expected|
                tolerance  tie margin: 1e-2
                tolerance  origin: measured, exported models of 1 to 64 layers: at most 3.3 u sqrt(nodes); logits 8e-7 to 8e-6
                tolerance  given: 1e-3
                DIFFERENT: 3 of 5 checks fail
                """);
    }

    @Test
    void rowsBeyondTheLimit_areCounted() {
        assertThat(TextReport.render(SampleReports.passing(), 2))
                .contains("  and 28 more pass\n")
                .contains("    y1 ")
                .doesNotContain("    y2 ")
                .endsWith("SAME: all 30 checks pass\n");
        assertThat(TextReport.render(SampleReports.small(), 1))
                .contains("  and 1 more fail, 1 more pass\n")
                .contains("  and 2 more findings\n");
        assertThat(TextReport.render(SampleReports.small(), 0)).contains("  and 2 more fail, 1 more pass\n");
    }

    @Test
    void notesAlone_areNoPass() {
        var notes = new SectionBuilder("notes", TensorComparer.of(Precision.FLOAT32)).add(Finding.note("x", "y"));
        var report = new ParityReport(Side.of("a"), Side.of("b"), Inputs.of("-"), List.of(notes.build()));

        assertThat(TextReport.render(report, 5)).contains("notes: notes only\n").endsWith("NOTHING COMPARED\n");
    }

    @Test
    void hostileNames_stayOnTheirLine() {
        String text = TextReport.render(SampleReports.full(), 50);

        assertThat(text.chars().filter(Character::isISOControl)).containsOnly((int) '\n');
        assertThat(text).doesNotContain("\u202e").contains("line\\nbreak");
        assertThat(text.lines().mapToInt(String::length)).allMatch(length -> length < 600);
    }
}
