package dev.heddle.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root command. */
@Command(
        name = "heddle",
        description = "Transformer checkpoints with non-standard attention, as ONNX models that run in the JVM.",
        synopsisSubcommandLabel = "COMMAND",
        versionProvider = Version.class,
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:ok", "1:failed", "2:wrong usage", "3:parity mismatch"})
public final class Heddle implements Runnable {

    /** Exit code of a comparison that found a difference. */
    static final int PARITY_MISMATCH = 3;

    @Option(
            names = "--stacktrace",
            scope = ScopeType.INHERIT,
            description = "Print the stack trace of an error, not only its line.")
    private boolean stacktrace;

    @Spec
    private CommandSpec spec;

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The whole command line, for the process and for tests. */
    static CommandLine commandLine() {
        Heddle root = new Heddle();
        CommandLine commandLine = new CommandLine(root)
                .addSubcommand(new DemoCommand())
                .addSubcommand(new ExportCommand())
                .addSubcommand(new InspectCommand())
                .addSubcommand(new RunCommand())
                .addSubcommand(new GenerateCommand())
                .addSubcommand(new ParityCommand())
                .addSubcommand(new PresetsCommand())
                .addSubcommand(new DoctorCommand())
                .addSubcommand(new BenchCommand());
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setExecutionExceptionHandler(
                (problem, command, parsed) -> ErrorLine.print(problem, command.getErr(), root.stacktrace));
        return commandLine;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
