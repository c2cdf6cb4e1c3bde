package dev.heddle.models.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.types.DataType;
import dev.heddle.models.attention.Mask;

/**
 * Which cells of the score matrix are visible, bool [B, 1, T, T]. Golovneva et al. 2025 (arXiv 2504.00927), section
 * 3.1: the two masks differ only in what they write into the other cells.
 *
 * @param visible true where query row i may see key column j
 */
record TorchMask(NDArray visible) {

    /**
     * @param real bool [B, T]; a row or column of padding is masked like a future key
     */
    static TorchMask of(Mask mask, NDArray real) {
        NDArray slots = real.getManager().arange((int) real.getShape().get(1));
        NDArray distance = slots.expandDims(1).sub(slots.expandDims(0));
        NDArray seen = distance.gte(0);
        if (mask instanceof Mask.SlidingWindow window) {
            seen = seen.logicalAnd(distance.lt(window.size()));
        }
        NDArray cells = real.expandDims(2).logicalAnd(real.expandDims(1)).logicalAnd(seen);
        return new TorchMask(cells.expandDims(1));
    }

    /** Mask0: 0 in the masked cells. */
    NDArray zero(NDArray scores) {
        return NDArrays.where(visible.broadcast(scores.getShape()), scores, scores.zerosLike());
    }

    /** Mask-inf, then softmax over the keys; a row without any visible key gives zeros instead of NaN. */
    NDArray softmax(NDArray scores) {
        NDArray hidden = scores.getManager().full(scores.getShape(), Float.NEGATIVE_INFINITY, DataType.FLOAT64);
        return zero(NDArrays.where(visible.broadcast(scores.getShape()), scores, hidden)
                .softmax(3));
    }
}
