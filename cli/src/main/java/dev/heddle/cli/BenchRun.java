package dev.heddle.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;

/**
 * One call of {@code heddle bench}: how often, on how many threads, and where to what comes out.
 *
 * @param only part of the titles of the cases that are wanted
 * @param folder for models; removed afterwards
 * @param report takes the figures for {@code --json}
 */
record BenchRun(int rounds, int threads, String only, Path folder, ObjectNode report, PrintWriter out) {

    /** The object of the next case in the report. */
    ObjectNode nextCase(String title) {
        return report.withArray("cases").addObject().put("case", title);
    }

    /** Explains the columns of a table. */
    void explain(String... lines) {
        out.println();
        for (String line : lines) {
            out.println(line);
        }
        out.flush();
    }

    static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
