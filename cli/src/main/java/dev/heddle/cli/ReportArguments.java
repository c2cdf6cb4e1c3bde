package dev.heddle.cli;

import dev.heddle.runtime.parity.ParityReport;
import dev.heddle.runtime.parity.report.HtmlReport;
import dev.heddle.runtime.parity.report.JsonReport;
import dev.heddle.runtime.parity.report.JunitReport;
import dev.heddle.runtime.parity.report.TextReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of every command that gives a {@link ParityReport}. */
final class ReportArguments {

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the report as JSON.")
    private @Nullable Path json;

    @Option(names = "--html", paramLabel = "FILE", description = "Also write the report as one web page.")
    private @Nullable Path html;

    @Option(names = "--junit", paramLabel = "FILE", description = "Also write the report as JUnit XML.")
    private @Nullable Path junit;

    @Option(
            names = "--rows",
            paramLabel = "N",
            description = "Tensors to print of each section, the worst ones (default: ${DEFAULT-VALUE}).")
    private int rows = 20;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /**
     * To be called before anything is computed.
     *
     * @param sides what is compared
     * @throws IOException if one of the files cannot be made
     */
    void check(String... sides) throws IOException {
        new OptionValue(command.commandLine(), "--rows", rows).requireAtLeast(0);
        Set<Path> names = new HashSet<>();
        for (Form form : forms()) {
            Path file = form.target();
            for (String side : sides) {
                OutputFile.checkApart(file, Path.of(side));
            }
            if (!names.add(file.toAbsolutePath().normalize())) {
                throw new ParameterException(
                        command.commandLine(), file + " is given twice; give each form of the report its own file");
            }
        }
    }

    /** Prints the report and writes the files that were asked for. */
    void show(ParityReport report) throws IOException {
        PrintWriter out = command.commandLine().getOut();
        out.print(TextReport.render(report, rows));
        out.flush();
        for (Form form : forms()) {
            OutputFile.write(form.target(), form.render().apply(report).getBytes(StandardCharsets.UTF_8));
        }
    }

    private List<Form> forms() {
        return Stream.of(
                        new Form(json, JsonReport::render),
                        new Form(html, HtmlReport::render),
                        new Form(junit, JunitReport::render))
                .filter(form -> form.file() != null)
                .toList();
    }

    /** A file to write; none if the option was not given. */
    private record Form(@Nullable Path file, Function<ParityReport, String> render) {
        Path target() {
            return Objects.requireNonNull(file);
        }
    }
}
