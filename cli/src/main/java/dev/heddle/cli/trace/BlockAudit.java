package dev.heddle.cli.trace;

import dev.heddle.models.weight.WeightRows;
import dev.heddle.runtime.parity.Figures;
import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.HostTensor;
import java.io.IOException;
import java.util.Locale;

/** A quantised weight of a model beside the matrix that it was made from; both are read row by row. */
final class BlockAudit {

    private final WeightRows source;
    private final StoredBlocks stored;
    private final BlockJudge judge;

    private BlockAudit(WeightRows source, StoredBlocks stored) {
        this.source = source;
        this.stored = stored;
        this.judge = new BlockJudge(stored);
    }

    /** @throws IllegalArgumentException if the stored tensors are not of the matrix's size */
    static BlockAudit of(WeightRows source, BlockTensors tensors) throws IOException {
        var audit =
                new BlockAudit(source, new StoredBlocks(tensors, source.shape().lengths()));
        double[] values = new double[audit.stored.columns()];
        audit.stored.read((row, codes) -> {
            source.read(row, values);
            audit.judge.row(row, values, codes);
        });
        return audit;
    }

    boolean codesAreRight() {
        return judge.wrongCodes() == 0;
    }

    boolean scalesAreRight() {
        return judge.lossyBlocks() == 0;
    }

    /** What was lost, for people. */
    String loss() {
        return "relative error %s (Frobenius), by plain rounding %s"
                .formatted(figure(judge.relative()), figure(judge.plainRelative()));
    }

    private static String figure(double error) {
        return String.format(Locale.ROOT, "%.2e", error);
    }

    String wrongCodes() {
        return judge.worstCode()
                .map(worst ->
                        "%d codes are not the nearest for their scale, worst at [%d,%d]: %s is stored as (%d - %d) * %s = %s; %s"
                                .formatted(
                                        judge.wrongCodes(),
                                        worst.row(),
                                        worst.column(),
                                        Figures.value(worst.source()),
                                        worst.code(),
                                        worst.zero(),
                                        Figures.value(worst.scale()),
                                        Figures.value(worst.value()),
                                        loss()))
                .orElse("no code is wrong");
    }

    String wrongScales() {
        return judge.worstBlock()
                .map(worst ->
                        "%d blocks lose more than by plain rounding, worst [%d,%d]: scale %s, relative error %s, by plain rounding %s"
                                .formatted(
                                        judge.lossyBlocks(),
                                        worst.row(),
                                        worst.block(),
                                        Figures.value(worst.scale()),
                                        figure(worst.relative()),
                                        figure(worst.plain())))
                .orElse("no block loses more than by plain rounding");
    }

    /**
     * Values as float32.
     *
     * @param nearest of the nearest codes for the stored scales
     * @param stored of the stored codes
     */
    record Values(HostTensor nearest, HostTensor stored) {}

    /** Of all values on one side. */
    long bytes() {
        return source.shape().elements() * Float.BYTES;
    }

    /** The whole matrix. */
    Values values() throws IOException {
        long[] shape = source.shape().lengths();
        HostTensor nearest = HostTensor.zeros(DType.FLOAT32, shape);
        HostTensor found = HostTensor.zeros(DType.FLOAT32, shape);
        double[] values = new double[stored.columns()];
        stored.read((row, codes) -> {
            source.read(row, values);
            for (int column = 0; column < values.length; column++) {
                int block = stored.block(column);
                double scale = stored.scale(row, block);
                int zero = stored.zero(row, block);
                int at = row * values.length + column;
                int code = codes.at(column);
                int best = BlockJudge.isNearest(values[column], code, zero, scale, codes)
                        ? code
                        : BlockJudge.nearest(values[column], zero, scale, codes);
                nearest.floats().put(at, (float) ((best - zero) * scale));
                found.floats().put(at, (float) ((code - zero) * scale));
            }
        });
        return new Values(nearest, found);
    }
}
