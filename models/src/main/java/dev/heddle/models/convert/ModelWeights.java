package dev.heddle.models.convert;

import dev.heddle.exporter.graph.DType;
import dev.heddle.models.checkpoint.ModelFormatException;
import dev.heddle.models.checkpoint.StoredTensor;
import dev.heddle.models.decoder.Quantization;
import dev.heddle.models.weight.BlockFormat;
import dev.heddle.models.weight.BlockLayout;
import dev.heddle.models.weight.BlockPart;
import dev.heddle.models.weight.Weight;
import java.util.Map;
import java.util.Objects;

/** Finds the weights of a decoder among the constants of its model. */
final class ModelWeights {

    private static final int RANK_OF_BYTES = 3;

    private final Map<String, StoredTensor> constants;
    private final Quantization quantization;
    private final ModelConversion.Rounded rounded;

    ModelWeights(ExportedModel model, ModelConversion.Rounded rounded) {
        this.constants = model.weights().tensors();
        this.quantization = model.quantization();
        this.rounded = rounded;
    }

    /**
     * The weight as the graph has it: under its own name, turned for a product, or in codes of few bits.
     *
     * @throws ModelFormatException if it is not there, or in codes that are not to be dequantised
     */
    Weight contents(Weight weight) {
        Weight turned = weight.shape().rank() < 2 ? weight : new Weight.Transposed(weight);
        if (constants.containsKey(weight.name())) {
            return new Weight.Stored(weight.name(), weight.shape());
        }
        if (constants.containsKey(turned.name())) {
            return new Weight.Transposed(new Weight.Stored(turned.name(), turned.shape()));
        }
        for (int bits : BlockFormat.BITS) {
            StoredTensor codes = constants.get(weight.name() + "_q" + bits);
            if (codes != null) {
                return dequantized(weight, codes);
            }
        }
        throw new ModelFormatException("tensor " + weight.stored().name() + ": expected a constant " + weight.name()
                + " or " + turned.name() + " in the model, got none");
    }

    private Weight dequantized(Weight weight, StoredTensor codes) {
        if (rounded == ModelConversion.Rounded.AS_STORED) {
            throw new ModelFormatException("tensor " + weight.stored().name()
                    + ": expected its numbers in the model, got codes of few bits, from which nobody can tell the"
                    + " source's; write the values that codes stand for with --dequantize, or convert an export without"
                    + " --weights");
        }
        if (!(quantization instanceof Quantization.Blocks blocks)) {
            throw new ModelFormatException("tensor " + weight.stored().name() + ": expected numbers, as the model's"
                    + " metadata says nothing of codes, got " + codes.name() + "; export the source again");
        }
        BlockLayout layout = codes.shape().rank() == RANK_OF_BYTES ? BlockLayout.BYTES : BlockLayout.INTEGERS;
        Weight.Quantized quantized = new Weight.Quantized(weight, blocks.format());
        StoredTensor scales = constants.get(new Weight.Part(quantized, BlockPart.SCALES, layout).name());
        // Tables have scales of another type than layers.
        DType scaleType = scales == null ? blocks.format().scaleType() : scales.dtype();
        return new Weight.Dequantized(
                new Weight.Quantized(weight, blocks.format().withScaleType(scaleType)), layout);
    }

    /** The type in which the model holds numbers; codes count as what holds all their values. */
    DType dtype(Weight contents) {
        return contents instanceof Weight.Dequantized
                ? DType.FLOAT64
                : Objects.requireNonNull(constants.get(contents.stored().name()), contents.name())
                        .dtype();
    }
}
