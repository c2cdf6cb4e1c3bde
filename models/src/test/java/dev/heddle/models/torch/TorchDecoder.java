package dev.heddle.models.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Linear;
import java.util.List;

/**
 * A whole decoder on PyTorch: pre-norm blocks, h = x + attention(norm(x)), out = h + ffn(norm(h)); logits =
 * head(norm(out)).
 *
 * @param embedding [vocab, hidden]
 * @param head [vocab, hidden]
 */
record TorchDecoder(NDArray embedding, List<Layer> layers, Norm norm, NDArray head) {

    /** RMSNorm with its weight [features]. */
    record Norm(NDArray weight, double epsilon) {
        NDArray apply(NDArray x) {
            return TorchNorm.rms(x, epsilon).mul(weight);
        }
    }

    /** Projections [out, in] around an attention. */
    record Attention(NDArray query, NDArray key, NDArray value, NDArray output, TorchAttention core) {
        NDArray apply(NDArray x, NDArray real, NDArray positions) {
            NDArray context = core.context(
                    new TorchAttention.Input(linear(x, query), linear(x, key), linear(x, value), real, positions));
            return linear(context, output);
        }
    }

    /** SwiGLU: down(silu(gate(x)) * up(x)). Shazeer 2020 (arXiv 2002.05202), eq. 6. */
    record FeedForward(NDArray gate, NDArray up, NDArray down) {
        NDArray apply(NDArray x) {
            return linear(Activation.swish(linear(x, gate), 1).mul(linear(x, up)), down);
        }
    }

    record Layer(Norm attentionNorm, Attention attention, Norm feedForwardNorm, FeedForward feedForward) {
        NDArray apply(NDArray x, NDArray real, NDArray positions) {
            NDArray attended = x.add(attention.apply(attentionNorm.apply(x), real, positions));
            return attended.add(feedForward.apply(feedForwardNorm.apply(attended)));
        }
    }

    /**
     * [B, T, vocab].
     *
     * @param ids int64 [B, T]
     * @param real bool [B, T]
     * @param positions int64 [B, T]
     */
    NDArray logits(NDArray ids, NDArray real, NDArray positions) {
        NDArray hidden = embedding
                .getNDArrayInternal()
                .embedding(ids, embedding, SparseFormat.DENSE)
                .singletonOrThrow();
        for (Layer layer : layers) {
            hidden = layer.apply(hidden, real, positions);
        }
        return linear(norm.apply(hidden), head);
    }

    private static NDArray linear(NDArray x, NDArray weight) {
        return Linear.linear(x, weight).singletonOrThrow();
    }
}
