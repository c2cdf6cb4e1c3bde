package dev.heddle.runtime.parity.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.runtime.parity.ErrorStatistics;
import dev.heddle.runtime.parity.ErrorSummary;
import dev.heddle.runtime.parity.LogitAgreement;
import dev.heddle.runtime.parity.NonFinite;
import dev.heddle.runtime.parity.TensorComparison;
import dev.heddle.runtime.parity.UlpHistogram;

/** The object of a comparison in {@link JsonReport}; Jackson writes what is no number as text. */
final class JsonTensor {
    private JsonTensor() {}

    static ObjectNode of(TensorComparison comparison) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("name", comparison.name());
        node.put("passed", comparison.passed());
        node.put("depth", comparison.depth());
        node.put("of_bound", comparison.severity());
        node.put("line", comparison.line());
        if (comparison instanceof TensorComparison.Values values) {
            values(node, values);
        }
        return node;
    }

    private static void values(ObjectNode node, TensorComparison.Values values) {
        values.shape().forEach(node.putArray("shape")::add);
        node.put("bound", values.bound().toString());
        errors(node, values.errors());
        if (values.logits().rows() > 0) {
            node.set("logits", logits(values.logits()));
        }
        ArrayNode worst = node.putArray("worst");
        values.worst().forEach(element -> {
            ObjectNode place = worst.addObject();
            element.index().forEach(place.putArray("index")::add);
            place.put("expected", element.expected());
            place.put("actual", element.actual());
        });
    }

    private static void errors(ObjectNode node, ErrorStatistics errors) {
        node.put("count", errors.count());
        node.put("outside", errors.outside());
        node.put("broken", errors.broken());
        node.put("largest_expected", errors.largestExpected());
        node.set("abs", summary(errors.absolute()));
        node.set("rel", summary(errors.relative()));
        node.put("scale_rel", errors.scaleRelative());
        node.put("l2_rel", errors.l2Relative());
        node.put("cosine", errors.cosine());
        node.put("snr_db", errors.snrDecibels());
        node.set("expected_non_finite", nonFinite(errors.expectedNonFinite()));
        node.set("actual_non_finite", nonFinite(errors.actualNonFinite()));
        ObjectNode ulps = node.putObject("ulps");
        for (int bin = 0; bin < UlpHistogram.BINS; bin++) {
            ulps.put(UlpHistogram.label(bin), errors.ulps().counts().get(bin));
        }
    }

    private static ObjectNode summary(ErrorSummary summary) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("max", summary.max());
        node.put("mean", summary.mean());
        node.put("p99", summary.p99());
        return node;
    }

    private static ObjectNode nonFinite(NonFinite counts) {
        return JsonNodeFactory.instance.objectNode().put("nans", counts.nans()).put("infinities", counts.infinities());
    }

    private static ObjectNode logits(LogitAgreement logits) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("rows", logits.rows());
        node.put("argmax_equal", logits.argmax().equal());
        node.put("near_ties", logits.argmax().nearTies());
        ArrayNode topK = node.putArray("top_k");
        logits.topK().forEach(top -> topK.addObject()
                .put("k", top.k())
                .put("equal_rows", top.equalRows())
                .put("mean_jaccard", top.meanJaccard())
                .put("min_jaccard", top.minJaccard()));
        node.put("kl_mean", logits.kl().mean());
        node.put("kl_max", logits.kl().max());
        return node;
    }
}
