package dev.heddle.cli;

import dev.heddle.cli.trace.BisectionSection;
import dev.heddle.cli.trace.GraphInputs;
import dev.heddle.cli.trace.OutputSection;
import dev.heddle.cli.trace.Reproduction;
import dev.heddle.cli.trace.SideContract;
import dev.heddle.cli.trace.TracedSide;
import dev.heddle.cli.trace.ValueSections;
import dev.heddle.cli.trace.ValueSource;
import dev.heddle.cli.trace.ValueTrace;
import dev.heddle.cli.trace.WeightAudit;
import dev.heddle.runtime.parity.Inputs;
import dev.heddle.runtime.parity.ParityReport;
import dev.heddle.runtime.parity.Section;
import dev.heddle.runtime.session.HostTensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks into two sides: runs each check that was asked for and collects the sections. */
record TraceRun(TraceOptions wanted, TracedSides sides, TokenArguments tokens, List<Integer> topK) {

    ParityReport report(SideName a, SideName b) throws IOException {
        if (b.isStored() && !wanted.isWanted()) {
            return storedOutputs(a, b);
        }
        try (TracedSide judged = sides.actual(b);
                ValueSource right = sides.expected(a, b)) {
            GraphInputs graph = new GraphInputs(b.toString(), judged.model(), tokens.seed());
            GivenTokens given = tokens(graph, right);
            List<Section> sections = new ArrayList<>();
            if (wanted.weights) {
                try (TracedSide source = sides.unrounded(a, b)) {
                    sections.add(WeightAudit.section(source.model(), judged.model()));
                }
            }
            if (wanted.needsValues() || !wanted.isWanted()) {
                checkContract(a, right, b, judged);
                sections.addAll(values(right, judged, graph.of(given.block(), tokens.tensors())));
            }
            if (wanted.decode || wanted.causal) {
                sections.addAll(new BehaviourRun(wanted, sides).sections(a, right, b, judged, given.block()));
            }
            return new ParityReport(right.side(), judged.side(), inputs(graph, given), sections);
        }
    }

    /** Stored tensors have no graph of their own: they are judged as outputs of A's. */
    private ParityReport storedOutputs(SideName a, SideName b) throws IOException {
        try (TracedSide right = sides.actual(a);
                ValueSource judged = StoredValues.open(b.path())) {
            GraphInputs graph = new GraphInputs(a.toString(), right.model(), tokens.seed());
            GivenTokens given = tokens(graph, judged);
            Map<String, HostTensor> inputs = graph.of(given.block(), tokens.tensors());
            return new ParityReport(
                    right.side(),
                    judged.side(),
                    inputs(graph, given),
                    List.of(OutputSection.of(right, judged, inputs, topK)));
        }
    }

    private List<Section> values(ValueSource right, TracedSide judged, Map<String, HostTensor> inputs)
            throws IOException {
        if (!wanted.needsValues()) {
            return List.of(OutputSection.of(right, judged, inputs, topK));
        }
        List<Section> sections = new ArrayList<>();
        try (ValueTrace trace = ValueTrace.start(right, judged, inputs)) {
            if (wanted.all) {
                sections.add(ValueSections.all(trace));
            }
            if (wanted.replay) {
                sections.add(ValueSections.alone(trace));
            }
            if (wanted.bisect) {
                sections.addAll(BisectionSection.of(trace, (from, node) -> {
                    if (wanted.repro != null) {
                        Reproduction.write(from, node, wanted.repro, TensorFile::write);
                    }
                }));
            }
        }
        return sections;
    }

    private static void checkContract(SideName a, ValueSource right, SideName b, TracedSide judged) {
        if (right instanceof TracedSide traced) {
            SideContract.check(a.toString(), traced.model(), b.toString(), judged.model());
        }
    }

    private GivenTokens tokens(GraphInputs graph, ValueSource stored) {
        if (!graph.takesTokens()) {
            return tokens.none();
        }
        Optional<GivenTokens> given = tokens.given();
        if (given.isPresent()) {
            return given.get();
        }
        if (stored instanceof StoredValues values && values.tokens().isPresent()) {
            return new GivenTokens(values.tokens().get(), values.file().toString());
        }
        return tokens.random(graph.vocabulary()
                .orElseThrow(() -> new IllegalArgumentException(
                        graph.where() + " does not say how many tokens it knows; give tokens with --input")));
    }

    private static Inputs inputs(GraphInputs graph, GivenTokens given) {
        return graph.takesTokens() ? given.inputs() : Inputs.of(given.origin());
    }
}
