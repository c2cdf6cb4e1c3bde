package dev.heddle.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.cli.file.TemporaryFolder;
import dev.heddle.exporter.graph.DType;
import dev.heddle.models.decoder.GraphOptions;
import dev.heddle.models.export.ModelExport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heddle bench}: what is measured and what it is measured against, in turn, in one process. */
@Command(
        name = "bench",
        description = {
            "Time native kernels against function bodies, whole models, and exports against copying.",
            "The two sides take turns, and in the same rounds it is measured what the machine can do at best."
                    + " With the environment variable HEDDLE_INSTRUCTION_SET=portable|avx2|avx512 the kernels use another"
                    + " instruction set than the best one here."
        },
        mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {

    private static final String INSTRUCTION_SET = "HEDDLE_INSTRUCTION_SET";
    private static final int PROMPT = 512;

    /** What can be measured. */
    enum Subject {
        ATTENTION,
        DECODE,
        SHIFT,
        LENGTH,
        MODEL,
        EXPORT
    }

    private static final Set<Subject> CASES = EnumSet.of(Subject.ATTENTION, Subject.DECODE, Subject.LENGTH);

    @Parameters(
            index = "0",
            paramLabel = "SUBJECT",
            description =
                    "attention (many rows), decode (few rows at a long past), shift (KVShift against copying), "
                            + "length (time and memory of long prompts), model (all of a model, with its DIR), or export (SOURCE against copying).")
    private Subject subject = Subject.ATTENTION;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "DIR",
            description = "Model folder, for model; checkpoint folder or preset:NAME, for export.")
    private @Nullable Path place;

    @Option(names = "--rounds", paramLabel = "N", description = "Runs of each form (default: 15, for export 3).")
    private @Nullable Integer givenRounds;

    @Option(names = "--threads", paramLabel = "N", description = "Threads (default: ${DEFAULT-VALUE}).")
    private int threads = 2;

    @Option(
            names = "--case",
            paramLabel = "TEXT",
            description = "Only cases whose title contains this, for attention, decode and length.")
    private @Nullable String only;

    @Option(names = "--prompt", paramLabel = "N", description = "Tokens of the prompt, for model (default: 512).")
    private @Nullable Integer prompt;

    @Option(
            names = "--scratch",
            paramLabel = "DIR",
            description = "Folder to write in, for export: on the disk that is to be measured (default: the system's).")
    private @Nullable Path scratch;

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            description = "fp32, fp16 or bf16, for export: what weights are written in (default: fp32).")
    private NumericsArguments.@Nullable WeightType dtype;

    @Mixin
    private PresetOptions presets = new PresetOptions();

    @Mixin
    private ShardOption shards = new ShardOption();

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures to this file as well.")
    private @Nullable Path json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        int rounds = givenRounds == null ? defaultRounds() : givenRounds;
        new OptionValue(spec.commandLine(), "--rounds", rounds).requireAtLeast(1);
        new OptionValue(spec.commandLine(), "--threads", threads)
                .require(
                        threads >= 1 && threads <= SessionArguments.MOST_THREADS,
                        "1 to " + SessionArguments.MOST_THREADS);
        BenchSubject measured = measured();
        if (json != null) {
            OutputFile.check(json);
        }
        if (scratch != null && !Files.isDirectory(scratch)) {
            throw new NotDirectoryException(scratch.toString());
        }
        PrintWriter out = spec.commandLine().getOut();
        String set = System.getenv().getOrDefault(INSTRUCTION_SET, "best");
        ObjectNode report = JsonNodeFactory.instance.objectNode();
        report.put("threads", threads).put("rounds", rounds).put("instruction_set", set);
        if (!set.equals("best")) {
            out.println("native: " + INSTRUCTION_SET + "=" + set);
        }
        try (TemporaryFolder folder = scratch == null
                ? TemporaryFolder.create("heddle-bench")
                : TemporaryFolder.in(scratch, "heddle-bench")) {
            measured.measure(new BenchRun(rounds, threads, only == null ? "" : only, folder.path(), report, out));
        }
        if (json != null) {
            OutputFile.write(
                    json, new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(report));
        }
        return 0;
    }

    private int defaultRounds() {
        return subject == Subject.EXPORT ? 3 : 15;
    }

    private BenchSubject measured() {
        boolean hasPlace = subject == Subject.MODEL || subject == Subject.EXPORT;
        if (hasPlace != (place != null)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "invalid value for DIR: expected one with the subjects model and export, and only with them");
        }
        boolean exports = subject == Subject.EXPORT;
        belongs("--dtype", dtype != null, exports, "export");
        belongs("--scratch", scratch != null, exports, "export");
        belongs("--shard-size", shards.isGiven(), exports, "export");
        belongs("--init and --seed", presets.areGiven(), exports, "export");
        belongs("--prompt", prompt != null, subject == Subject.MODEL, "model");
        belongs("--case", only != null, CASES.contains(subject), "attention, decode or length");
        int tokens = prompt == null ? PROMPT : prompt;
        new OptionValue(spec.commandLine(), "--prompt", tokens).requireAtLeast(1);
        return switch (subject) {
            case ATTENTION -> new AttentionBench(BenchCase.Subject.ATTENTION);
            case DECODE -> new AttentionBench(BenchCase.Subject.DECODE);
            case SHIFT -> new ShiftBench();
            case LENGTH -> new LengthBench();
            case MODEL -> new ModelBench(Objects.requireNonNull(place), tokens);
            case EXPORT -> exported(Objects.requireNonNull(place).toString());
        };
    }

    private void belongs(String option, boolean given, boolean fits, String subjects) {
        if (given && !fits) {
            throw new ParameterException(
                    spec.commandLine(), option + ": expected with the subject " + subjects + ", and only with it");
        }
    }

    private BenchSubject exported(String source) {
        GraphOptions usual = GraphOptions.defaults();
        DType type = dtype == null ? usual.dtype() : dtype.dtype();
        return new ExportBench(
                source,
                () -> presets.openAny(source, spec.commandLine()),
                new ModelExport(
                        new GraphOptions(usual.opset(), usual.style(), usual.cache(), type),
                        Version.current(),
                        shards.files().withThreads(threads)));
    }
}
