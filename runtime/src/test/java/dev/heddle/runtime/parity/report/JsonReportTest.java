package dev.heddle.runtime.parity.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.runtime.parity.ParityReport;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonReportTest {
    private static JsonNode parsed(ParityReport report) throws JsonProcessingException {
        return new ObjectMapper().readTree(JsonReport.render(report));
    }

    private static List<String> keys(JsonNode node) {
        List<String> keys = new ArrayList<>();
        node.fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    @Test
    void keys_areThoseOfTheSchema() throws JsonProcessingException {
        JsonNode root = parsed(SampleReports.small());
        JsonNode section = root.at("/sections/0");

        assertThat(keys(root))
                .containsExactly(
                        "schema_version",
                        "passed",
                        "verdict",
                        "judged",
                        "failures",
                        "expected",
                        "actual",
                        "inputs",
                        "sections");
        assertThat(root.path("schema_version").asInt()).isOne();
        assertThat(keys(section))
                .containsExactly(
                        "name",
                        "passed",
                        "precision",
                        "tolerances",
                        "passed_tensors",
                        "failed_tensors",
                        "passed_findings",
                        "failed_findings",
                        "notes",
                        "left_out",
                        "tensors",
                        "findings",
                        "illustrations");
        assertThat(keys(section.at("/tensors/0")))
                .containsExactly(
                        "name",
                        "passed",
                        "depth",
                        "of_bound",
                        "line",
                        "shape",
                        "bound",
                        "count",
                        "outside",
                        "broken",
                        "largest_expected",
                        "abs",
                        "rel",
                        "scale_rel",
                        "l2_rel",
                        "cosine",
                        "snr_db",
                        "expected_non_finite",
                        "actual_non_finite",
                        "ulps",
                        "logits",
                        "worst");
        assertThat(keys(section.at("/tensors/0/logits")))
                .containsExactly("rows", "argmax_equal", "near_ties", "top_k", "kl_mean", "kl_max");
    }

    private static String without(JsonNode node, String... keys) {
        ObjectNode copy = node.deepCopy();
        return copy.remove(List.of(keys)).toString();
    }

    @Test
    void head_saysWhatWasComparedAndWhatCameOut() throws JsonProcessingException {
        assertThat(without(parsed(SampleReports.small()), "sections"))
                .isEqualTo("{\"schema_version\":1,\"passed\":false,\"verdict\":\"DIFFERENT: 3 of 5 checks fail\","
                        + "\"judged\":5,\"failures\":3,"
                        + "\"expected\":{\"what\":\"checkpoint\",\"provider\":\"reference\",\"operators\":\"-\","
                        + "\"dtype\":\"float64\"},"
                        + "\"actual\":{\"what\":\"out/model.onnx\",\"provider\":\"ONNX Runtime on CPU\","
                        + "\"operators\":\"operators auto\",\"dtype\":\"float32\"},"
                        + "\"inputs\":{\"origin\":\"random, seed 0\",\"shape\":[1,4],\"tokens\":[5,6,7,8]}}");
    }

    @Test
    void passingReport_saysSo() throws JsonProcessingException {
        JsonNode root = parsed(SampleReports.passing());

        assertThat(without(root, "expected", "actual", "inputs", "sections"))
                .isEqualTo("{\"schema_version\":1,\"passed\":true,\"verdict\":\"SAME: all 30 checks pass\","
                        + "\"judged\":30,\"failures\":0}");
        assertThat(without(root.at("/sections/0"), "tolerances", "tensors"))
                .isEqualTo("{\"name\":\"outputs\",\"passed\":true,\"precision\":\"float32\",\"passed_tensors\":30,"
                        + "\"failed_tensors\":0,\"passed_findings\":0,\"failed_findings\":0,\"notes\":0,"
                        + "\"left_out\":0,\"findings\":[],\"illustrations\":[]}");
    }

    @Test
    void sections_haveTheirCountsAndFindings() throws JsonProcessingException {
        JsonNode sections = parsed(SampleReports.small()).path("sections");

        assertThat(without(sections.get(0), "tolerances", "tensors"))
                .isEqualTo("{\"name\":\"outputs\",\"passed\":false,\"precision\":\"float32\",\"passed_tensors\":1,"
                        + "\"failed_tensors\":2,\"passed_findings\":0,\"failed_findings\":0,\"notes\":0,"
                        + "\"left_out\":0,\"findings\":[],\"illustrations\":[{\"title\":\"|actual - expected| of"
                        + " present.0.key[:]\",\"kind\":\"error_map\",\"errors\":{\"full_rows\":1,"
                        + "\"full_columns\":2,\"cells\":[[0.0,0.5]]}}]}");
        assertThat(sections.at("/0/tolerances/0").asText()).isEqualTo("float32, u = 6e-8");
        assertThat(sections.get(1).toString())
                .isEqualTo("{\"name\":\"causality\",\"passed\":false,\"precision\":\"float32\",\"tolerances\":[],"
                        + "\"passed_tensors\":0,\"failed_tensors\":0,\"passed_findings\":1,\"failed_findings\":1,"
                        + "\"notes\":1,\"left_out\":0,\"tensors\":[],\"findings\":["
                        + "{\"status\":\"note\",\"where\":\"layer 0\",\"text\":\"window 8\"},"
                        + "{\"status\":\"pass\",\"where\":\"token 3\",\"text\":\"no earlier output moved\"},"
                        + "{\"status\":\"fail\",\"where\":\"token 5\",\"text\":\"output 4 moved by 1e-3\"}],"
                        + "\"illustrations\":[]}");
    }

    @Test
    void tensors_haveTheirErrors() throws JsonProcessingException {
        JsonNode tensors = parsed(SampleReports.small()).at("/sections/0/tensors");
        JsonNode key = tensors.get(1);

        // Logarithms and roots may differ in the last place from machine to machine.
        assertThat(without(key, "l2_rel", "cosine", "snr_db", "ulps"))
                .isEqualTo("{\"name\":\"present.0.key\",\"passed\":false,\"depth\":0,\"of_bound\":500.0,"
                        + "\"line\":\"present.0.key: 1 of 2 differ, worst at [1]: expected 2.000000, got 2.500000 (abs"
                        + " 5e-1 > 1e-3)\",\"shape\":[2],\"bound\":\"1e-3\",\"count\":2,\"outside\":1,\"broken\":0,"
                        + "\"largest_expected\":2.0,\"abs\":{\"max\":0.5,\"mean\":0.25,\"p99\":0.5},"
                        + "\"rel\":{\"max\":0.25,\"mean\":0.125,\"p99\":0.25},\"scale_rel\":0.25,"
                        + "\"expected_non_finite\":{\"nans\":0,\"infinities\":0},"
                        + "\"actual_non_finite\":{\"nans\":0,\"infinities\":0},"
                        + "\"worst\":[{\"index\":[1],\"expected\":2.0,\"actual\":2.5},"
                        + "{\"index\":[0],\"expected\":1.0,\"actual\":1.0}]}");
        assertThat(key.path("l2_rel").asDouble()).isCloseTo(0.5 / Math.sqrt(5), within(1e-12));
        assertThat(key.path("cosine").asDouble()).isCloseTo(6 / Math.sqrt(5 * 7.25), within(1e-12));
        assertThat(key.path("snr_db").asDouble()).isCloseTo(10 * Math.log10(20), within(1e-9));
        assertThat(key.path("ulps").path("0").asInt()).isOne();
        assertThat(key.path("ulps").path("more").asInt()).isOne();
        assertThat(without(tensors.at("/0/logits"), "kl_mean", "kl_max"))
                .isEqualTo("{\"rows\":1,\"argmax_equal\":1,\"near_ties\":0,\"top_k\":[{\"k\":4,\"equal_rows\":1,"
                        + "\"mean_jaccard\":1.0,\"min_jaccard\":1.0}]}");
        assertThat(tensors.get(2).toString())
                .isEqualTo("{\"name\":\"present.1.key\",\"passed\":false,\"depth\":0,\"of_bound\":\"Infinity\","
                        + "\"line\":\"present.1.key: expected float32 [2], got nothing\"}");
    }

    @Test
    void whatJsonHasNoNumberFor_isText() throws JsonProcessingException {
        JsonNode tensor = parsed(SampleReports.full()).at("/sections/2/tensors/0");

        assertThat(tensor.path("of_bound").asText()).isEqualTo("Infinity");
        assertThat(tensor.at("/worst/0/actual").asText()).isEqualTo("NaN");
        assertThat(tensor.path("expected_non_finite").toString()).isEqualTo("{\"nans\":0,\"infinities\":0}");
        assertThat(tensor.path("actual_non_finite").toString()).isEqualTo("{\"nans\":1,\"infinities\":0}");
    }

    @Test
    void names_areUnchanged() throws JsonProcessingException {
        JsonNode findings = parsed(SampleReports.full()).at("/sections/2/findings");

        // A lone surrogate is no text and becomes a question mark when it is written as UTF-8.
        assertThat(SampleReports.HOSTILE).allSatisfy(name -> assertThat(findings)
                .anySatisfy(
                        finding -> assertThat(finding.path("where").asText()).isEqualTo(name)));
    }

    @Test
    void illustrations_areData() throws JsonProcessingException {
        JsonNode illustrations = parsed(SampleReports.full()).at("/sections/1/illustrations");

        assertThat(illustrations)
                .extracting(node -> node.path("kind").asText())
                .containsExactly("error_map", "attention_scores", "neighbourhood", "growth");
        assertThat(illustrations.at("/1/expected/cells")).hasSize(32);
        // The judged scores are those of the key before.
        assertThat(illustrations.at("/1/actual/cells/5/4")).isEqualTo(illustrations.at("/1/expected/cells/5/3"));
        assertThat(illustrations.at("/1/actual/cells/5/4")).isNotEqualTo(illustrations.at("/1/expected/cells/5/4"));
        assertThat(illustrations.at("/2/first").asText()).isEqualTo("scores");
        assertThat(illustrations.at("/2/nodes/4").toString())
                .isEqualTo("{\"name\":\"scores\",\"type\":\"Conv\",\"inputs\":[\"q\",\"k\"],\"outputs\":[\"s\"],"
                        + "\"severities\":{\"s\":12.5}}");
        assertThat(illustrations.get(3).toString())
                .isEqualTo("{\"title\":\"decode\",\"kind\":\"growth\",\"step\":\"position\",\"allowed\":1.0E-5,"
                        + "\"errors\":[0.0,1.0E-15,1.0E-6,1.0E-4,\"NaN\"]}");
    }
}
