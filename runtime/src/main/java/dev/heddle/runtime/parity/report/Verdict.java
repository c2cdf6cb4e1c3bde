package dev.heddle.runtime.parity.report;

import dev.heddle.runtime.parity.ParityReport;
import dev.heddle.runtime.parity.Section;

/** Verdicts in words. */
final class Verdict {
    private Verdict() {}

    static String of(ParityReport report) {
        if (report.judged() == 0) {
            return "NOTHING COMPARED";
        }
        return report.passed()
                ? "SAME: all %d checks pass".formatted(report.judged())
                : "DIFFERENT: %d of %d checks fail".formatted(report.failures(), report.judged());
    }

    static String of(Section section) {
        if (section.judged() == 0) {
            return "notes only";
        }
        String count = section.failures() == 0
                ? section.judged() + (section.judged() == 1 ? " check passes" : " checks pass")
                : section.failures() + " of " + section.judged() + (section.failures() == 1 ? " fails" : " fail");
        return count;
    }
}
