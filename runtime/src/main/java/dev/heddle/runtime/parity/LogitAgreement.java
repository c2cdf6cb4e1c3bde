package dev.heddle.runtime.parity;

import java.util.List;

/**
 * What choosing a next token would notice; each slice along the last axis is one row of logits.
 *
 * @param topK in the order of the wanted k
 */
public record LogitAgreement(ArgmaxAgreement argmax, List<TopKAgreement> topK, KlDivergence kl) {
    /** Of tensors that are not logits: no rows. */
    public static final LogitAgreement NONE =
            new LogitAgreement(new ArgmaxAgreement(0, 0, 0), List.of(), new KlDivergence(0, 0));

    public LogitAgreement {
        topK = List.copyOf(topK);
    }

    public long rows() {
        return argmax.rows();
    }
}
