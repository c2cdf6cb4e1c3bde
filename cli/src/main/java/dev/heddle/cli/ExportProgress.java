package dev.heddle.cli;

import dev.heddle.models.export.ModelExport;
import dev.heddle.models.weight.QuantizationError;
import dev.heddle.models.weight.WeightFinding;
import java.io.PrintWriter;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;

/** Shows an export on a terminal and stays quiet in a pipe; warnings are printed in both. */
final class ExportProgress implements ModelExport.Listener, AutoCloseable {

    private static final long MEGABYTE = 1_000_000;

    private final PrintWriter err;
    private final QuantizationReport losses = new QuantizationReport();
    private @Nullable ProgressBar bar;

    ExportProgress(PrintWriter err) {
        this.err = err;
    }

    void warn(String text) {
        err.println("heddle: warning: " + text);
        err.flush();
    }

    @Override
    public void started(long weightBytes) {
        if (Ansi.AUTO.enabled()) {
            bar = bar(weightBytes).build();
        }
    }

    /** Bytes, time gone and left, and rate. */
    static ProgressBarBuilder bar(long weightBytes) {
        return new ProgressBarBuilder()
                .setTaskName("weights")
                .setInitialMax(weightBytes)
                .setUnit(" MB", MEGABYTE)
                .setStyle(ProgressBarStyle.ASCII)
                .showSpeed();
    }

    @Override
    public void written(String weight, long bytes) {
        if (bar != null) {
            bar.stepBy(bytes);
        }
    }

    @Override
    public void found(WeightFinding finding) {
        warn(finding.toString());
    }

    @Override
    public void quantized(QuantizationError error) {
        losses.add(error);
    }

    /** What weights lost so far. */
    QuantizationReport losses() {
        return losses;
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
