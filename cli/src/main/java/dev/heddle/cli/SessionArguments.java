package dev.heddle.cli;

import dev.heddle.runtime.session.OpsMode;
import dev.heddle.runtime.session.Provider;
import dev.heddle.runtime.session.SessionOptions;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of every command that runs a model. */
final class SessionArguments {

    /** ONNX Runtime makes as many as it is told, all of them spinning, and a machine with far too many is as good as dead. */
    static final int MOST_THREADS = 1024;

    @Option(names = "--provider", paramLabel = "NAME", description = "cpu or cuda (default: cpu).")
    private Provider provider = Provider.CPU;

    @Option(
            names = "--ops",
            paramLabel = "MODE",
            description = "auto: native kernels if the library is there; native: fail without it; "
                    + "portable: never load it (default: auto).")
    private OpsMode ops = OpsMode.AUTO;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads inside one operator; 0 = all cores (default: 0).")
    private int threads;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    SessionOptions options() {
        new OptionValue(command.commandLine(), "--threads", threads)
                .require(threads >= 0 && threads <= MOST_THREADS, "0 to " + MOST_THREADS);
        return SessionOptions.builder()
                .provider(provider)
                .ops(ops)
                .intraOpThreads(threads)
                .build();
    }
}
