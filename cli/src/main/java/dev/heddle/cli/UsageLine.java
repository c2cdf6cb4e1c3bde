package dev.heddle.cli;

import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns wrong usage into one line: what is wrong, and where the options are explained. */
final class UsageLine {

    private UsageLine() {}

    /** @return the exit code */
    static int print(ParameterException problem) {
        CommandLine command = problem.getCommandLine();
        String message = message(problem);
        command.getErr()
                .println("heddle: " + message.substring(0, 1).toLowerCase(Locale.ROOT)
                        + ErrorLine.oneLine(message.substring(1)) + suggestion(problem) + "; see "
                        + command.getCommandSpec().qualifiedName() + " --help");
        command.getErr().flush();
        return ExitCode.USAGE;
    }

    /** Picocli's own words, but for what does not belong there: those count arguments from the first word of the line. */
    private static String message(ParameterException problem) {
        if (problem instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()) {
            boolean command = problem.getCommandLine().getParent() == null;
            return (command ? "unknown command '" : "unexpected argument '")
                    + unmatched.getUnmatched().get(0) + "'";
        }
        return String.valueOf(problem.getMessage()).replaceFirst("^Error: ", "");
    }

    private static String suggestion(ParameterException problem) {
        List<String> known =
                problem instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
        return known.isEmpty() ? "" : ", did you mean " + String.join(" or ", known) + "?";
    }
}
