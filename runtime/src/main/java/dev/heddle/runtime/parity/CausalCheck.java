package dev.heddle.runtime.parity;

import dev.heddle.runtime.cache.ChunkSizes;
import dev.heddle.runtime.cache.Forward;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.session.HostTensor;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;

/** Whether logits depend on later tokens: each token is changed in turn, and nothing before it may move by a bit. */
public final class CausalCheck {

    private CausalCheck() {}

    /**
     * A token whose logits changed with a later one.
     *
     * @param row sequence of the batch
     * @param changed position of the token that was changed
     * @param moved first position before it whose logits are others
     */
    public record Leak(int row, int changed, int moved) {
        @Override
        public String toString() {
            return "logits at [%d, %d] change with the token at [%d, %d]".formatted(row, moved, row, changed);
        }
    }

    /** {@link #of} as a section. */
    public static Section section(Forward forward, TokenBlock tokens, int vocabulary) {
        var section = new SectionBuilder("causal", TensorComparer.of(Precision.EXACT));
        List<Leak> leaks = of(forward, tokens, vocabulary);
        leaks.forEach(leak ->
                section.add(Finding.fail("token [%d, %d]".formatted(leak.row(), leak.changed()), leak.toString())));
        if (leaks.isEmpty()) {
            String text = "each changed in turn: nothing before it changes, bit for bit";
            section.add(Finding.pass(tokens.length() + " positions", text));
        }
        return section.build();
    }

    /**
     * Runs the model once for each position.
     *
     * @param tokens fresh sequences
     * @param vocabulary number of tokens to choose others from
     * @return at most one leak for each position and sequence
     */
    public static List<Leak> of(Forward forward, TokenBlock tokens, int vocabulary) {
        HostTensor right = forward.logits(tokens, ChunkSizes.whole());
        List<Leak> leaks = new ArrayList<>();
        for (int position = 0; position < tokens.length(); position++) {
            HostTensor judged = forward.logits(changed(tokens, position, vocabulary), ChunkSizes.whole());
            for (int row = 0; row < tokens.batch(); row++) {
                int moved = firstDifference(right, judged, row, position);
                if (moved < position) {
                    leaks.add(new Leak(row, position, moved));
                }
            }
        }
        return leaks;
    }

    /** Another token in this column of each row. */
    private static TokenBlock changed(TokenBlock tokens, int column, int vocabulary) {
        HostTensor ids = HostTensor.zeros(tokens.ids().dtype(), tokens.ids().shape());
        LongBuffer values = ids.longs();
        values.put(tokens.ids().longs());
        for (int row = 0; row < tokens.batch(); row++) {
            int index = row * tokens.length() + column;
            values.put(index, (values.get(index) + 1) % vocabulary);
        }
        return new TokenBlock(ids, tokens.mask(), tokens.positions());
    }

    /** Position of the first logits with other bits, or {@code end}. */
    private static int firstDifference(HostTensor a, HostTensor b, int row, int end) {
        int bytes = (int) a.dim(2) * a.dtype().bytes();
        ByteBuffer first = a.bytes();
        ByteBuffer second = b.bytes();
        for (int position = 0; position < end; position++) {
            int from = (row * (int) a.dim(1) + position) * bytes;
            if (!first.slice(from, bytes).equals(second.slice(from, bytes))) {
                return position;
            }
        }
        return end;
    }
}
