package dev.heddle.cli;

import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;

/** Runs the command line for the process: a result that could not be printed is a failure too. */
final class ProcessExit {

    private ProcessExit() {}

    /** @return the exit code */
    static int of(CommandLine commandLine, OutputStream standardOutput, String... arguments) {
        ProcessOutput output = new ProcessOutput(standardOutput);
        PrintWriter out = new PrintWriter(new OutputStreamWriter(output, charset()), true);
        int code = commandLine.setOut(out).execute(arguments);
        out.flush();
        if (output.isLost()) {
            commandLine.getErr().println("heddle: standard output: cannot be written: " + output.reason());
            commandLine.getErr().flush();
            return code == ExitCode.OK ? ExitCode.SOFTWARE : code;
        }
        return code;
    }

    /** That of the terminal, which later versions of Java no longer take as the default. */
    private static Charset charset() {
        String name = System.getProperty("stdout.encoding", System.getProperty("native.encoding"));
        return name == null ? Charset.defaultCharset() : Charset.forName(name);
    }
}
