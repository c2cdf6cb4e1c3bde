package dev.heddle.models.decoder;

import dev.heddle.models.reference.DoubleTensor;
import java.util.List;
import java.util.Map;

/**
 * What a decoder keeps between steps.
 *
 * @param layers for each layer, role to tensor, as {@link dev.heddle.models.attention.AttentionVariant#state} lists
 *     them
 */
public record DecoderState(List<Map<String, DoubleTensor>> layers) {

    public DecoderState {
        layers = List.copyOf(layers);
    }
}
