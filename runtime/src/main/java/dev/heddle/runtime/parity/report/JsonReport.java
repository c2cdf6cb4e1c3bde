package dev.heddle.runtime.parity.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.runtime.parity.Finding;
import dev.heddle.runtime.parity.ParityReport;
import dev.heddle.runtime.parity.Section;
import dev.heddle.runtime.parity.Side;
import dev.heddle.runtime.parity.TensorComparison;
import java.util.Locale;

/**
 * A report for programs. Keys are described in docs/parity.md and only added to while the schema version is the same;
 * numbers that JSON does not know are the strings "NaN", "Infinity" and "-Infinity".
 */
public final class JsonReport {
    /** Changes when a key is renamed, removed or given another meaning. */
    public static final int SCHEMA_VERSION = 1;

    private JsonReport() {}

    /** The whole report, indented. */
    public static String render(ParityReport report) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("schema_version", SCHEMA_VERSION);
        root.put("passed", report.passed());
        root.put("verdict", Verdict.of(report));
        root.put("judged", report.judged());
        root.put("failures", report.failures());
        root.set("expected", side(report.expected()));
        root.set("actual", side(report.actual()));
        ObjectNode inputs = root.putObject("inputs");
        inputs.put("origin", report.inputs().origin());
        report.inputs().shape().forEach(inputs.putArray("shape")::add);
        report.inputs().tokens().forEach(inputs.putArray("tokens")::add);
        ArrayNode sections = root.putArray("sections");
        report.sections().forEach(section -> sections.add(section(section)));
        try {
            return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(root) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of plain nodes is always JSON", e);
        }
    }

    private static ObjectNode side(Side side) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("what", side.what())
                .put("provider", side.provider())
                .put("operators", side.operators())
                .put("dtype", side.dtype());
    }

    private static ObjectNode section(Section section) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("name", section.name());
        node.put("passed", section.failures() == 0);
        node.put("precision", section.precision().toString());
        section.tolerances().forEach(node.putArray("tolerances")::add);
        node.put("passed_tensors", section.passedTensors());
        node.put("failed_tensors", section.failedTensors());
        node.put("passed_findings", section.passedFindings());
        node.put("failed_findings", section.failedFindings());
        node.put("notes", section.notes());
        node.put("left_out", section.leftOut());
        ArrayNode tensors = node.putArray("tensors");
        for (TensorComparison comparison : section.comparisons()) {
            tensors.add(JsonTensor.of(comparison));
        }
        ArrayNode findings = node.putArray("findings");
        for (Finding finding : section.findings()) {
            findings.addObject()
                    .put("status", finding.status().toString().toLowerCase(Locale.ROOT))
                    .put("where", finding.where())
                    .put("text", finding.text());
        }
        ArrayNode illustrations = node.putArray("illustrations");
        section.illustrations().forEach(illustration -> illustrations.add(JsonIllustration.of(illustration)));
        return node;
    }
}
