package dev.heddle.cli;

import dev.heddle.runtime.doctor.Check;
import dev.heddle.runtime.doctor.RuntimeDoctor;
import dev.heddle.runtime.parity.report.TextTable;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code heddle doctor}: can models run here? */
@Command(
        name = "doctor",
        description = "Check this machine; exit code 1 if models cannot run on it.",
        mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        List<Check> checks = RuntimeDoctor.ofThisProcess().examine();
        TextTable table = new TextTable("", "check", "found");
        for (Check check : checks) {
            table.row(check.status().name().toLowerCase(Locale.ROOT), check.name(), check.detail());
            if (!check.fix().isEmpty()) {
                table.row("", "", "-> " + check.fix());
            }
        }
        table.print(out);
        boolean failed = checks.stream().anyMatch(check -> check.status() == Check.Status.FAIL);
        return failed ? 1 : 0;
    }
}
