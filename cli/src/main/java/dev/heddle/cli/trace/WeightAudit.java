package dev.heddle.cli.trace;

import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.models.weight.QuantizedPart;
import dev.heddle.models.weight.WeightRows;
import dev.heddle.runtime.parity.Bound;
import dev.heddle.runtime.parity.Finding;
import dev.heddle.runtime.parity.Precision;
import dev.heddle.runtime.parity.Section;
import dev.heddle.runtime.parity.SectionBuilder;
import dev.heddle.runtime.parity.TensorComparer;
import dev.heddle.runtime.parity.Tolerance;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Whether each weight of a model has the values that the source gives, after whatever transposing, splitting, folding and rounding the export does. Weights are compared
 * by fingerprint; only those that differ are held, one at a time. Weights in blocks of few bits are judged by what they stand for, see {@link BlockJudge}.
 */
public final class WeightAudit {

    /** Weights of more bytes are not shown value by value. */
    private static final long SHOWN_BYTES = 1L << 28;

    private final SectionBuilder section = new SectionBuilder("weights", TensorComparer.of(Precision.EXACT));

    private final Map<String, TensorData> expected = new LinkedHashMap<>();
    private final Map<String, TensorData> judged = new LinkedHashMap<>();

    private WeightAudit(Model expected, Model actual) {
        expected.graph().initializers().forEach(weight -> this.expected.put(weight.name(), weight.data()));
        actual.graph().initializers().forEach(weight -> judged.put(weight.name(), weight.data()));
    }

    /** @param expected the graph that the source gives now */
    public static Section section(Model expected, Model actual) throws IOException {
        var audit = new WeightAudit(expected, actual);
        audit.judgeBlocks(BlockTensors.of(actual.graph()));
        for (Map.Entry<String, TensorData> weight : audit.expected.entrySet()) {
            TensorData data = audit.judged.remove(weight.getKey());
            if (data == null) {
                audit.fail(weight.getKey(), "is missing");
            } else {
                audit.compare(weight.getKey(), weight.getValue(), data);
            }
        }
        audit.judged.keySet().forEach(name -> audit.fail(name, "is not in the source's graph"));
        return audit.section.build();
    }

    /** Those whose source is known. What has been judged here is not judged again. */
    private void judgeBlocks(Set<BlockTensors> stored) throws IOException {
        Set<String> done = new HashSet<>();
        for (BlockTensors tensors : stored) {
            if (expected.get(tensors.codes().name()) instanceof QuantizedPart part) {
                judgeBlocks(tensors, part.source());
                tensors.names().forEach(done::add);
            }
        }
        expected.keySet().removeAll(done);
        judged.keySet().removeAll(done);
    }

    private void judgeBlocks(BlockTensors stored, WeightRows source) throws IOException {
        String name = stored.codes().name();
        BlockAudit audit;
        try {
            audit = BlockAudit.of(source, stored);
        } catch (IllegalArgumentException e) {
            fail(name, String.valueOf(e.getMessage()));
            return;
        }
        if (audit.codesAreRight()) {
            section.add(Finding.pass(
                    name, stored.codes().data().type() + " the nearest codes for their scales, " + audit.loss()));
        } else {
            blame(stored, audit);
        }
        if (!audit.scalesAreRight()) {
            fail(stored.scales().name(), audit.wrongScales());
        } else if (audit.codesAreRight()) {
            section.add(
                    Finding.pass(stored.scales().name(), stored.scales().data().type() + " " + audit.wrongScales()));
        }
    }

    /** Names the tensor at fault: codes, scales or zero points, whichever are other than an export gives. */
    private void blame(BlockTensors stored, BlockAudit audit) throws IOException {
        String codes = stored.codes().name();
        section.add(Finding.note(codes, audit.wrongCodes()));
        boolean known = false;
        for (Initializer part : stored.readWithCodes()) {
            TensorData right = expected.get(part.name());
            if (right != null && WeightPair.of(right, part.data()).differ()) {
                compare(part.name(), right, part.data());
                known = true;
            }
        }
        TensorData right = expected.get(codes);
        if (!known
                || (right != null && WeightPair.of(right, stored.codes().data()).differ())) {
            show(codes, audit);
        }
    }

    private void show(String codes, BlockAudit audit) throws IOException {
        if (audit.bytes() > SHOWN_BYTES) {
            fail(codes, audit.wrongCodes());
            return;
        }
        BlockAudit.Values values = audit.values();
        section.within(new Bound.EachValue(Tolerance.exact()), codes, values.nearest(), values.stored());
    }

    private void fail(String weight, String problem) {
        section.add(Finding.fail(weight, problem));
    }

    private void compare(String name, TensorData right, TensorData actual) throws IOException {
        WeightPair pair = WeightPair.of(right, actual);
        if (!pair.isComparable()) {
            fail(
                    name,
                    "expected " + pair.expected().type() + ", got "
                            + pair.actual().type());
            return;
        }
        Fingerprint judged = pair.judged();
        int difference = pair.right().firstDifference(judged);
        if (difference >= 0) {
            show(name, pair, difference);
        } else if (judged.nans() > 0) {
            fail(name, judged.nans() + " elements are no numbers");
        } else {
            section.add(Finding.pass(name, pair.actual().type() + " equal, " + pair.how()));
        }
    }

    private void show(String name, WeightPair pair, int block) throws IOException {
        if (pair.bytes() > SHOWN_BYTES) {
            fail(
                    name,
                    "%s differs, first in elements %d to %d"
                            .formatted(
                                    pair.actual().type(),
                                    (long) block * Fingerprint.BLOCK,
                                    (block + 1L) * Fingerprint.BLOCK - 1));
            return;
        }
        section.within(new Bound.EachValue(Tolerance.exact()), name, pair.expectedTensor(), pair.actualTensor());
    }
}
