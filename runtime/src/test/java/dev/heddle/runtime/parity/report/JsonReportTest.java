package dev.heddle.runtime.parity.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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

    @Test
    void values_areThoseOfTheReport() throws JsonProcessingException {
        JsonNode root = parsed(SampleReports.small());

        assertThat(root.path("passed").asBoolean(true)).isFalse();
        assertThat(root.path("verdict").asText()).isEqualTo("DIFFERENT: 3 of 5 checks fail");
        assertThat(root.at("/actual/provider").asText()).isEqualTo("ONNX Runtime on CPU");
        assertThat(root.at("/inputs/tokens").toString()).isEqualTo("[5,6,7,8]");
        assertThat(root.at("/sections/0/tensors/1/worst/0").toString())
                .isEqualTo("{\"index\":[1],\"expected\":2.0,\"actual\":2.5}");
        assertThat(root.at("/sections/0/tensors/1/ulps/0").asInt()).isOne();
        assertThat(root.at("/sections/0/tensors/1/abs").toString())
                .isEqualTo("{\"max\":0.5,\"mean\":0.25,\"p99\":0.5}");
        assertThat(root.at("/sections/1/findings/0").toString())
                .isEqualTo("{\"status\":\"note\",\"where\":\"layer 0\",\"text\":\"window 8\"}");
    }

    @Test
    void whatJsonHasNoNumberFor_isText() throws JsonProcessingException {
        JsonNode tensor = parsed(SampleReports.full()).at("/sections/2/tensors/0");

        assertThat(tensor.path("of_bound").asText()).isEqualTo("Infinity");
        assertThat(tensor.at("/worst/0/actual").asText()).isEqualTo("NaN");
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
        assertThat(illustrations.at("/2/nodes/4/severities/s").asDouble()).isEqualTo(12.5);
    }
}
