package dev.heddle.models.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.heddle.models.checkpoint.Checkpoint;
import dev.heddle.models.checkpoint.StoredTensor;
import dev.heddle.models.weight.Weight;
import dev.heddle.models.weight.WeightReader;
import java.util.Objects;

/** Tensors of a checkpoint, as they are stored, as arrays of PyTorch in float64. */
record StoredWeights(NDManager manager, Checkpoint checkpoint) {

    NDArray get(String name) {
        StoredTensor tensor = Objects.requireNonNull(checkpoint.tensors().get(name), name);
        return TorchArrays.of(manager, new WeightReader(checkpoint).doubles(new Weight.Stored(name, tensor.shape())));
    }
}
