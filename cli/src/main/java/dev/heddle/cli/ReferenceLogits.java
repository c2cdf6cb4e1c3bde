package dev.heddle.cli;

import dev.heddle.models.decoder.DecoderReference;
import dev.heddle.models.decoder.Quantization;
import dev.heddle.models.family.SourceModel;
import dev.heddle.models.reference.DoubleTensor;
import dev.heddle.models.weight.WeightReader;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.session.HostTensor;
import java.nio.LongBuffer;

/** The float64 reference, from the runtime's tensors to the runtime's tensors. */
final class ReferenceLogits {

    private ReferenceLogits() {}

    /** FLOAT64 [batch, len, vocab]. */
    static HostTensor of(SourceModel source, TokenBlock tokens) {
        return of(source, new Quantization.None(), tokens);
    }

    /** The same with the weights that are left by a quantisation. */
    static HostTensor of(SourceModel source, Quantization quantization, TokenBlock tokens) {
        checkTokens(tokens, source.decoder().vocabSize());
        DecoderReference reference =
                new DecoderReference(quantization.apply(source.decoder()), new WeightReader(source.checkpoint()));
        DecoderReference.Input input =
                new DecoderReference.Input(rows(tokens.ids()), real(tokens), rows(tokens.positionIds()));
        DoubleTensor logits =
                reference.step(input, reference.fresh(tokens.batch())).logits();
        return HostTensor.ofDoubles(logits.data(), logits.shape()[0], logits.shape()[1], logits.shape()[2]);
    }

    private static void checkTokens(TokenBlock tokens, int vocabulary) {
        LongBuffer ids = tokens.ids().longs();
        for (int i = 0; i < ids.limit(); i++) {
            if (ids.get(i) < 0 || ids.get(i) >= vocabulary) {
                throw new IllegalArgumentException("input_ids: token %d at [%d, %d] is not in the vocabulary of %d"
                        .formatted(ids.get(i), i / tokens.length(), i % tokens.length(), vocabulary));
            }
        }
    }

    private static boolean[][] real(TokenBlock tokens) {
        long[][] mask = rows(tokens.mask().toTensor());
        boolean[][] real = new boolean[mask.length][mask[0].length];
        for (int row = 0; row < mask.length; row++) {
            for (int column = 0; column < mask[row].length; column++) {
                real[row][column] = mask[row][column] == 1;
            }
        }
        return real;
    }

    private static long[][] rows(HostTensor matrix) {
        LongBuffer values = matrix.longs();
        long[][] rows = new long[(int) matrix.dim(0)][(int) matrix.dim(1)];
        for (long[] row : rows) {
            values.get(row);
        }
        return rows;
    }
}
