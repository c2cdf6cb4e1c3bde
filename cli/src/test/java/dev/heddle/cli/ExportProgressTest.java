package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import org.junit.jupiter.api.Test;

final class ExportProgressTest {

    @Test
    void bar_showsBytesTimeLeftAndRate() {
        List<String> shown = new ArrayList<>();
        ProgressBar bar = ExportProgress.bar(8_000_000_000L)
                .setConsumer(new DelegatingProgressBarConsumer(shown::add, 120))
                .startsFrom(2_000_000_000L, Duration.ofSeconds(10))
                .build();

        bar.stepBy(2_000_000_000L);
        bar.refresh();
        bar.close();

        assertThat(shown).last().asString().contains("50%", "4000/8000 MB", "0:00:10 / 0:00:", "MB/s");
    }

    @Test
    void pipe_hearsNothing() {
        StringWriter err = new StringWriter();
        try (ExportProgress progress = new ExportProgress(new PrintWriter(err))) {
            progress.started(1000);
            progress.written("w", 1000);
        }

        assertThat(err.toString()).isEmpty();
    }
}
