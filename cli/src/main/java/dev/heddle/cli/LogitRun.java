package dev.heddle.cli;

import dev.heddle.runtime.parity.ParityReport;
import dev.heddle.runtime.parity.Precision;
import dev.heddle.runtime.parity.SectionBuilder;
import dev.heddle.runtime.parity.TensorComparer;
import dev.heddle.runtime.session.HostTensor;
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
        HostTensor right = a.logits(given.block());
        HostTensor judged = b.logits(given.block());
        var comparer = new TensorComparer(Precision.coarser(right.dtype(), judged.dtype()), topK, WORST);
        var outputs = new SectionBuilder("outputs", comparer);
        outputs.logits("logits", right, judged);
        return new ParityReport(
                a.describe(right.dtype()), b.describe(judged.dtype()), given.inputs(), List.of(outputs.build()));
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
