package dev.heddle.models.checkpoint;

import java.util.Map;
import net.razorvine.pickle.PickleException;

/**
 * What a pickle says of a tensor: a view of a storage. Sizes and strides stay as the pickle gave them until the tensor
 * is wanted, so an optimizer's state costs nothing.
 *
 * @param size tuple of integers if the file is sound
 * @param stride as {@code size}
 */
record TorchTensor(TorchStorage storage, Object offset, Object size, Object stride) {

    /**
     * Arguments of {@code torch._utils._rebuild_tensor_v2}: storage, offset, size, stride, requires_grad, hooks[,
     * metadata].
     */
    static TorchTensor rebuild(Object[] arguments) {
        if (arguments.length < 6 || arguments.length > 7 || !(arguments[0] instanceof TorchStorage storage)) {
            throw new PickleException("_rebuild_tensor_v2 expects a storage and 5 or 6 more arguments");
        }
        // The metadata hold torch's lazy conjugate and negative bits, which change the values.
        boolean plain = arguments.length == 6 || !(arguments[6] instanceof Map<?, ?> bits) || bits.isEmpty();
        if (!plain) {
            throw new PickleException("a tensor has conjugate or negative bits, expected plain values");
        }
        return new TorchTensor(storage, arguments[1], arguments[2], arguments[3]);
    }
}
