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
        if (!report.passed()) {
            return "DIFFERENT: %d of %d checks fail".formatted(report.failures(), report.judged());
        }
        return report.judged() == 1 ? "SAME: 1 check passes" : "SAME: all %d checks pass".formatted(report.judged());
    }

    static String of(Section section) {
        if (section.judged() == 0) {
            return "notes only";
        }
        return section.failures() == 0
                ? section.judged() + (section.judged() == 1 ? " check passes" : " checks pass")
                : section.failures() + " of " + section.judged() + (section.failures() == 1 ? " fails" : " fail");
    }
}
