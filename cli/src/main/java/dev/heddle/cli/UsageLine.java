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
        String message = String.valueOf(problem.getMessage()).replaceFirst("^Error: ", "");
        command.getErr()
                .println("heddle: " + message.substring(0, 1).toLowerCase(Locale.ROOT)
                        + ErrorLine.oneLine(message.substring(1)) + suggestion(problem) + "; see "
                        + command.getCommandSpec().qualifiedName() + " --help");
        command.getErr().flush();
        return ExitCode.USAGE;
    }

    private static String suggestion(ParameterException problem) {
        List<String> known =
                problem instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
        return known.isEmpty() ? "" : ", did you mean " + String.join(" or ", known) + "?";
    }
}
