package dev.heddle.cli;

import dev.heddle.models.preset.Initialization;
import dev.heddle.runtime.session.OpsMode;
import dev.heddle.runtime.session.Provider;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
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
public final class Heddle implements Callable<Integer> {

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
        System.exit(ProcessExit.of(commandLine(), new FileOutputStream(FileDescriptor.out), arguments));
    }

    /** The whole command line, for the process and for tests. */
    static CommandLine commandLine() {
        Heddle root = new Heddle();
        CommandLine commandLine = new CommandLine(root)
                .addSubcommand(new DemoCommand())
                .addSubcommand(new ExportCommand())
                .addSubcommand(new ConvertCommand())
                .addSubcommand(new InspectCommand())
                .addSubcommand(new RunCommand())
                .addSubcommand(new GenerateCommand())
                .addSubcommand(new ParityCommand())
                .addSubcommand(new PresetsCommand())
                .addSubcommand(new DoctorCommand())
                .addSubcommand(new BenchCommand());
        registerConverters(commandLine);
        commandLine.setParameterExceptionHandler((problem, arguments) -> UsageLine.print(problem));
        commandLine.setExecutionExceptionHandler(
                (problem, command, parsed) -> ErrorLine.print(problem, command.getErr(), root.stacktrace));
        commandLine.setExecutionStrategy(root::execute);
        return commandLine;
    }

    private static void registerConverters(CommandLine commandLine) {
        commandLine.registerConverter(Path.class, new PathConverter());
        commandLine.registerConverter(int.class, NumberConverter.INT);
        commandLine.registerConverter(Integer.class, NumberConverter.INT);
        commandLine.registerConverter(long.class, NumberConverter.LONG);
        commandLine.registerConverter(Long.class, NumberConverter.LONG);
        commandLine.registerConverter(double.class, NumberConverter.DOUBLE);
        register(commandLine, BenchCommand.Subject.class);
        register(commandLine, NumericsArguments.WeightType.class);
        register(commandLine, NumericsArguments.CodeType.class);
        register(commandLine, NumericsArguments.ScaleType.class);
        register(commandLine, NumericsArguments.PartName.class);
        register(commandLine, NumericsArguments.ActivationType.class);
        register(commandLine, Initialization.class);
        register(commandLine, ExportCommand.CacheKind.class);
        register(commandLine, OpsMode.class);
        register(commandLine, Provider.class);
    }

    private static <E extends Enum<E>> void register(CommandLine commandLine, Class<E> type) {
        commandLine.registerConverter(type, new ChoiceConverter<>(type));
    }

    /** Runs the command; errors of the JVM, which picocli lets pass, get their line too. */
    private int execute(ParseResult parsed) {
        try {
            return new RunLast().execute(parsed);
        } catch (Error e) {
            // Here the program ends in any case: out of memory, a library that does not load, or a bug.
            return ErrorLine.print(e, spec.commandLine().getErr(), stacktrace);
        }
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitCode.USAGE;
    }
}
