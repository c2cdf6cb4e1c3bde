package dev.heddle.cli;

import dev.heddle.runtime.RuntimeFailure;
import dev.heddle.runtime.parity.Finding;
import dev.heddle.runtime.parity.ParityReport;
import dev.heddle.runtime.parity.Precision;
import dev.heddle.runtime.parity.Section;
import dev.heddle.runtime.parity.SectionBuilder;
import dev.heddle.runtime.parity.Side;
import dev.heddle.runtime.parity.TensorComparer;
import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** Compares the logits of two sides. */
record LogitRun(TokenArguments tokens, List<Integer> topK) {

    /** Places that are named. */
    private static final int WORST = 8;

    ParityReport report(LogitSide a, LogitSide b) {
        checkVocabularies(a, b);
        GivenTokens given = tokens(a, b);
        List<Finding> crashes = new ArrayList<>();
        Optional<HostTensor> right = logits(a, given, crashes);
        Optional<HostTensor> judged = logits(b, given, crashes);
        List<Section> sections = new ArrayList<>();
        if (crashes.isEmpty()
                && a instanceof LogitSide.Reference reference
                && b.numerics().filter(ModelNumerics::isQuantized).isPresent()) {
            ModelNumerics numerics = b.numerics().get();
            HostTensor left =
                    reference.logits(given.block(), numerics.numerics().quantization());
            sections.add(section("outputs, by the weights that are left", numerics.values(), left, judged.get()));
            sections.add(section("loss of the quantisation", numerics.whole(), right.get(), judged.get()));
        } else {
            Precision precision = precision(a, right).coarser(precision(b, judged));
            var outputs = new SectionBuilder("outputs", new TensorComparer(precision, topK, WORST));
            crashes.forEach(outputs::add);
            if (right.isPresent() && judged.isPresent()) {
                outputs.logits("logits", right.get(), judged.get());
            }
            sections.add(outputs.build());
        }
        return new ParityReport(described(a, right), described(b, judged), given.inputs(), sections);
    }

    private Section section(String name, Precision precision, HostTensor right, HostTensor judged) {
        var section = new SectionBuilder(name, new TensorComparer(precision, topK, WORST));
        section.logits("logits", right, judged);
        return section.build();
    }

    private static Precision precision(LogitSide side, Optional<HostTensor> logits) {
        return side.precision(logits.map(HostTensor::dtype).orElse(DType.FLOAT64));
    }

    /** Empty if the side runs in a process of its own and that did not end well, which is a finding. */
    private static Optional<HostTensor> logits(LogitSide side, GivenTokens given, List<Finding> crashes) {
        if (!(side instanceof LogitSide.Isolated)) {
            return Optional.of(side.logits(given.block()));
        }
        try {
            return Optional.of(side.logits(given.block()));
        } catch (RuntimeFailure e) {
            crashes.add(Finding.fail(side.name().toString(), String.valueOf(e.getMessage())));
            return Optional.empty();
        }
    }

    private static Side described(LogitSide side, Optional<HostTensor> logits) {
        return side.describe(logits.map(HostTensor::dtype).orElse(DType.FLOAT32));
    }

    private static void checkVocabularies(LogitSide a, LogitSide b) {
        boolean known = a.vocabulary().isPresent() && b.vocabulary().isPresent();
        if (known && a.vocabulary().getAsInt() != b.vocabulary().getAsInt()) {
            throw new IllegalArgumentException(
                    a.name() + " has a vocabulary of " + a.vocabulary().getAsInt() + " tokens, " + b.name() + " one of "
                            + b.vocabulary().getAsInt() + "; compare two sides of one model");
        }
    }

    private GivenTokens tokens(LogitSide a, LogitSide b) {
        Optional<GivenTokens> given = tokens.given();
        if (given.isPresent()) {
            return given.get();
        }
        List<LogitSide.Stored> stored = Stream.of(a, b)
                .filter(LogitSide.Stored.class::isInstance)
                .map(LogitSide.Stored.class::cast)
                .toList();
        for (LogitSide.Stored side : stored) {
            if (side.tokens().isPresent()) {
                return new GivenTokens(side.tokens().get(), side.name().toString());
            }
        }
        return switch (stored.size()) {
            case 0 -> random(a, b);
            case 1 ->
                throw new IllegalArgumentException(stored.get(0).name()
                        + ": expected a tensor input_ids beside logits, got none; give the tokens with --input");
            default -> new GivenTokens(stored.get(0).anyTokens(), "not known");
        };
    }

    private GivenTokens random(LogitSide a, LogitSide b) {
        OptionalInt vocabulary = a.vocabulary().isPresent() ? a.vocabulary() : b.vocabulary();
        return tokens.random(vocabulary.orElseThrow(() ->
                new IllegalArgumentException("neither side says how many tokens it knows; give tokens with --input")));
    }
}
