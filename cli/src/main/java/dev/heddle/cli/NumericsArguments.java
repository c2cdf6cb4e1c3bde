package dev.heddle.cli;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.op.Activations;
import dev.heddle.models.decoder.Numerics;
import dev.heddle.models.decoder.Quantization;
import dev.heddle.models.weight.BlockFormat;
import dev.heddle.models.weight.Overflow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of {@code heddle export} that say what numbers are stored in. */
final class NumericsArguments {

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            description =
                    "fp32, fp16 or bf16, for weights, activations and state (default: fp32). Softmax, RoPE, statistics of norms and logits stay fp32.")
    private WeightType dtype = WeightType.FP32;

    @Option(
            names = "--clip",
            description = "Cut weights that the type cannot hold to its largest value; without it they are an error.")
    private boolean clip;

    @Option(
            names = "--weights",
            paramLabel = "CODES",
            description = "int8 or int4: matrices in blocks of so few bits (default: as --dtype).")
    private @Nullable CodeType weights;

    @Option(names = "--block", paramLabel = "N", description = "Elements of a block: 32, 64 or 128 (default: 32).")
    private @Nullable Integer block;

    @Option(names = "--asymmetric", description = "Give each block a zero point of its own.")
    private boolean asymmetric;

    @Option(
            names = "--scales",
            paramLabel = "HOW",
            description =
                    "search: for each block the scale with the least error; nearest: that of its largest value (default: search).")
    private @Nullable ScaleType scales;

    @Option(
            names = "--exclude",
            paramLabel = "PATTERN",
            description = "Leave tensors of such names as they are; * is any text. Can be given again.")
    private List<String> exclude = new ArrayList<>();

    @Option(
            names = "--parts",
            paramLabel = "PART",
            split = ",",
            description = "What --weights cuts: layers, head, embedding (default: layers,head).")
    private @Nullable List<PartName> parts;

    @Option(
            names = "--activations",
            paramLabel = "TYPE",
            description =
                    "int8: products with --weights round their other side to 8 bits in blocks, which is faster on a CPU, for int8 twenty times, and has an error of its own (default: float).")
    private @Nullable ActivationType activations;

    @Option(names = "--report", paramLabel = "FILE", description = "Write what each tensor lost to --weights, as JSON.")
    private @Nullable Path report;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /** Element types as the command line spells them. */
    enum WeightType {
        FP32(DType.FLOAT32),
        FP16(DType.FLOAT16),
        BF16(DType.BFLOAT16);

        private final DType dtype;

        WeightType(DType dtype) {
            this.dtype = dtype;
        }

        DType dtype() {
            return dtype;
        }
    }

    /** Codes as the command line spells them. */
    enum CodeType {
        INT8(8),
        INT4(4);

        private final int bits;

        CodeType(int bits) {
            this.bits = bits;
        }
    }

    /** How scales are found, as the command line spells it. */
    enum ScaleType {
        SEARCH(BlockFormat.ScaleChoice.SEARCH),
        NEAREST(BlockFormat.ScaleChoice.NEAREST);

        private final BlockFormat.ScaleChoice choice;

        ScaleType(BlockFormat.ScaleChoice choice) {
            this.choice = choice;
        }
    }

    /** Activations as the command line spells them. */
    enum ActivationType {
        FLOAT(Activations.FLOAT),
        INT8(Activations.INT8);

        private final Activations activations;

        ActivationType(Activations activations) {
            this.activations = activations;
        }
    }

    /** Parts as the command line spells them. */
    enum PartName {
        LAYERS(Quantization.Part.LAYERS),
        HEAD(Quantization.Part.HEAD),
        EMBEDDING(Quantization.Part.EMBEDDING);

        private final Quantization.Part part;

        PartName(Quantization.Part part) {
            this.part = part;
        }
    }

    /** @throws ParameterException if options do not fit together */
    Numerics numerics() {
        return new Numerics(dtype.dtype, clip ? Overflow.CLIP : Overflow.REFUSE, quantization());
    }

    /** Where the losses are to be written. */
    Optional<Path> report() {
        return Optional.ofNullable(report);
    }

    private Quantization quantization() {
        if (weights == null) {
            requireNone("--block", block != null);
            requireNone("--asymmetric", asymmetric);
            requireNone("--scales", scales != null);
            requireNone("--exclude", !exclude.isEmpty());
            requireNone("--parts", parts != null);
            requireNone("--activations", activations != null);
            requireNone("--report", report != null);
            return new Quantization.None();
        }
        int size = block == null ? BlockFormat.BLOCKS.get(0) : block;
        new OptionValue(command.commandLine(), "--block", size)
                .require(BlockFormat.BLOCKS.contains(size), "32, 64 or 128");
        BlockFormat format = new BlockFormat(
                weights.bits,
                size,
                asymmetric ? BlockFormat.ZeroPoint.ASYMMETRIC : BlockFormat.ZeroPoint.SYMMETRIC,
                scales == null ? BlockFormat.ScaleChoice.SEARCH : scales.choice,
                dtype.dtype);
        Set<Quantization.Part> chosen = new LinkedHashSet<>();
        List<PartName> wanted = parts == null ? List.of(PartName.LAYERS, PartName.HEAD) : parts;
        wanted.forEach(name -> chosen.add(name.part));
        return new Quantization.Blocks(
                format, chosen, exclude, activations == null ? Activations.FLOAT : activations.activations);
    }

    private void requireNone(String option, boolean given) {
        if (given) {
            throw new ParameterException(
                    command.commandLine(), option + ": expected --weights int8 or int4 with it, got none");
        }
    }
}
