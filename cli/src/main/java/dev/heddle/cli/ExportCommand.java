package dev.heddle.cli;

import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.exporter.onnx.StagedFolder;
import dev.heddle.exporter.profile.Target;
import dev.heddle.models.attention.KvCache;
import dev.heddle.models.decoder.GraphOptions;
import dev.heddle.models.export.ModelExport;
import dev.heddle.models.family.SourceModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code heddle export}: a checkpoint or preset as a model folder. */
@Command(name = "export", description = "Write a checkpoint as an ONNX model folder.", mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {

    @Mixin
    private SourceArgument source = new SourceArgument();

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "DIR",
            description = "Folder to make.")
    private Path output = Path.of("");

    @Option(
            names = "--cache",
            paramLabel = "KIND",
            description = "none, dynamic or static (default: dynamic); static: of fixed length, written in place.")
    private CacheKind cache = CacheKind.DYNAMIC;

    @Option(names = "--max-len", paramLabel = "N", description = "Tokens that a static cache holds per sequence.")
    private @Nullable Integer maxLen;

    @Mixin
    private NumericsArguments numerics = new NumericsArguments();

    @Option(
            names = "--target",
            paramLabel = "NAME",
            description =
                    "Runtime that the model is for: standard, ort-1.28-cpu or ort-1.28-cuda (default: ort-1.28-cpu).")
    private String target = Target.usual().name();

    @Option(names = "--opset", paramLabel = "N", description = "21 or 23 (default: ${DEFAULT-VALUE}).")
    private int opset = GraphOptions.defaults().opset();

    @Mixin
    private ShardOption shards = new ShardOption();

    @Option(names = "--inline", description = "Expand every custom operator in place: standard operators only.")
    private boolean inline;

    @Option(names = "--force", description = "Replace DIR if it is a model folder without a checkpoint in it.")
    private boolean force;

    @Spec
    private CommandSpec spec;

    /** Caches as the command line spells them. */
    enum CacheKind {
        NONE,
        DYNAMIC,
        STATIC
    }

    @Override
    public Integer call() throws IOException {
        new OptionValue(spec.commandLine(), "--opset", opset)
                .require(GraphOptions.OPSETS.contains(opset), GraphOptions.opsetNames());
        GraphOptions options = new GraphOptions(
                opset,
                inline ? FunctionStyle.INLINE : FunctionStyle.FUNCTION,
                kvCache(),
                numerics.numerics(),
                target());
        Optional<Path> report = numerics.report();
        if (report.isPresent()) {
            OutputFile.check(report.get());
        }
        TargetFolder.check(output, force);
        source.checkApart(output);
        try (SourceModel model = source.open();
                ExportProgress progress = new ExportProgress(spec.commandLine().getErr())) {
            model.warnings().forEach(progress::warn);
            StagedFolder.Existing existing = TargetFolder.isFree(output) && !force
                    ? StagedFolder.Existing.REFUSE
                    : StagedFolder.Existing.REPLACE;
            new ModelExport(options, Version.current(), shards.files()).write(model, output, existing, progress);
            spec.commandLine()
                    .getOut()
                    .println(output + ": " + model.decoder().family() + ", "
                            + model.decoder().layers().size() + " layers, "
                            + Quantity.count(model.decoder().parameterCount()) + " parameters, "
                            + Quantity.bytes(ModelFolderSize.of(output)));
            progress.losses().print(spec.commandLine().getOut());
            new ProductHint(options).text().ifPresent(spec.commandLine().getOut()::println);
            if (report.isPresent()) {
                OutputFile.write(report.get(), progress.losses().json());
            }
        }
        return 0;
    }

    private Target target() {
        return Target.all().stream()
                .filter(known -> known.name().equals(target))
                .findFirst()
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(),
                        "invalid value for option '--target': expected one of " + Target.names() + ", got '" + target
                                + "'"));
    }

    private KvCache kvCache() {
        if ((cache == CacheKind.STATIC) != (maxLen != null)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--cache static and --max-len N: expected both or none, got --cache "
                            + cache.name().toLowerCase(Locale.ROOT)
                            + (maxLen == null ? "" : " --max-len " + maxLen));
        }
        return switch (cache) {
            case NONE -> new KvCache.None();
            case DYNAMIC -> new KvCache.Dynamic();
            case STATIC -> {
                int rows = Objects.requireNonNull(maxLen);
                new OptionValue(spec.commandLine(), "--max-len", rows).requireAtLeast(1);
                yield new KvCache.Static(rows);
            }
        };
    }
}
