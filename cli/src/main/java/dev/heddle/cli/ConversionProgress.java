package dev.heddle.cli;

import dev.heddle.models.convert.ModelConversion;
import java.io.PrintWriter;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;

/** Shows a conversion on a terminal and stays quiet in a pipe; warnings are printed in both. */
final class ConversionProgress implements ModelConversion.Listener, AutoCloseable {

    private final PrintWriter err;
    private @Nullable ProgressBar bar;

    ConversionProgress(PrintWriter err) {
        this.err = err;
    }

    void warn(String text) {
        err.println("heddle: warning: " + text);
        err.flush();
    }

    @Override
    public void started(long tensorBytes) {
        if (Ansi.AUTO.enabled()) {
            bar = ExportProgress.bar(tensorBytes).build();
        }
    }

    @Override
    public void written(String tensor, long bytes) {
        if (bar != null) {
            bar.stepBy(bytes);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
